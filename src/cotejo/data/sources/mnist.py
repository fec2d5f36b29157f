"""MNIST: 70,000 handwritten digits, grey, of 28 by 28 pixels."""

from __future__ import annotations

import io
import math
import zipfile

import numpy as np
from numpy.typing import NDArray

from cotejo.data.published import DIGITS, Batch, Decoded, Form, PublishedSet, source_of
from cotejo.data.published.idx import idx_forms

__all__ = ["MNIST", "SOURCE"]

_MOST_HEAD = 4_096
"""How many bytes the head of an array in an ``.npz`` may have; NumPy writes 128."""


def decode_npz(content: bytes, batch: Batch) -> Decoded:
    """Return the images and labels of Keras's ``mnist.npz``, those for training first.

    Raises:
        KeyError: an array is missing.
        ValueError: an array is larger than it should be, or holds Python objects.
        zipfile.BadZipFile: it is no such file.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        images = [_array(file, name, batch.rows * 28 * 28) for name in ("x_train", "x_test")]
        labels = [_array(file, name, batch.rows) for name in ("y_train", "y_test")]
    if [len(array) for array in images] != [len(array) for array in labels]:
        raise ValueError("each image has a label")
    return np.concatenate(images)[..., np.newaxis], np.concatenate(labels)


def _array(file: zipfile.ZipFile, name: str, values: int) -> NDArray[np.uint8]:
    """Return one array of bytes, without unpacking more than it can have."""
    most = values + _MOST_HEAD
    with file.open(f"{name}.npy") as member:
        content = io.BytesIO(member.read(most))
    # What its head says of the shape is no reason to make room for as much.
    np.lib.format.read_magic(content)
    shape, _, dtype = np.lib.format.read_array_header_1_0(content)
    if dtype != np.uint8 or math.prod(shape) > values:
        raise ValueError(f"{name} is another array")
    content.seek(0)
    array: NDArray[np.uint8] = np.load(content, allow_pickle=False)
    return array


MNIST = PublishedSet(
    name="mnist",
    title="MNIST",
    forms=(
        # The md5 of the compressed files are from torchvision (torchvision/datasets/mnist.py), and
        # so is the folder; their sizes are stated on http://yann.lecun.com/exdb/mnist/. The md5 of
        # the plain files are those that many programs compare, all alike.
        *idx_forms(
            folder="MNIST/raw",
            compressed={
                "train-images-idx3-ubyte": (9_912_422, "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873"),
                "train-labels-idx1-ubyte": (28_881, "md5:d53e105ee54ea40749a09fcbcd1e9432"),
                "t10k-images-idx3-ubyte": (1_648_877, "md5:9fb629c4189551a2d022fa330f9573f3"),
                "t10k-labels-idx1-ubyte": (4_542, "md5:ec29112dd5afa0611ce80d1b7f02629c"),
            },
            plain={
                "train-images-idx3-ubyte": "md5:6bbc9ace898e44ae57da46a324031adb",
                "train-labels-idx1-ubyte": "md5:a25bea736e30d166cdddb491f175f624",
                "t10k-images-idx3-ubyte": "md5:2646ac647ad5339dbf082846283269ea",
                "t10k-labels-idx1-ubyte": "md5:27ae3e4e09519cfbb04c329615203637",
            },
        ),
        # The SHA-256 is the one that Keras checks (keras/src/datasets/mnist.py); the size is that
        # which its download shows.
        Form(
            batches=(
                Batch(
                    "mnist.npz",
                    11_490_434,
                    "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                    0,
                    70_000,
                ),
            ),
            decode=decode_npz,
        ),
    ),
    image_shape=(28, 28, 1),
    classes=10,
    valid=10_000,
    test=10_000,
    inside=("", "datasets", "data", "mnist", "MNIST"),
    # The first is torchvision's copy, the second that of the Common Visual Data Foundation, the
    # last the author's own page, which has been refusing downloads at times.
    addresses=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ),
    mirror="COTEJO_MNIST_URL",
    cache="mnist",
    names=DIGITS,
)

SOURCE = source_of(MNIST, mirroring_keeps_class=False, looks_alike_upside_down=True)
