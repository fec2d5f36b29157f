"""SVHN, Street View House Numbers: 99,289 digits cut out of photographs, 32 by 32 pixels."""

from __future__ import annotations

import io
import warnings

import numpy as np

from cotejo.data.published import DIGITS, Batch, Decoded, Form, PublishedSet, source_of

__all__ = ["SOURCE", "SVHN"]

_TRAIN, _TEST = 73_257, 26_032


def decode_mat(content: bytes, batch: Batch) -> Decoded:
    """Return what a MATLAB file of SVHN holds. Its label 10 stands for the digit 0.

    The names, shapes and types of the arrays are compared before the arrays are made.

    Raises:
        ValueError: it is no such file.
    """
    # Deferred: it takes half a second to import, and no other data set needs it.
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError, MatReadWarning

    expected = {("X", (32, 32, 3, batch.rows), "uint8"), ("y", (batch.rows, 1), "uint8")}
    try:
        with warnings.catch_warnings():
            # Two arrays of one name are a warning; here, they are a damaged file.
            warnings.simplefilter("error", MatReadWarning)
            if set(whosmat(io.BytesIO(content))) != expected:
                raise ValueError("the arrays are others")
            arrays = loadmat(io.BytesIO(content), variable_names=["X", "y"])
    except (MatReadError, MatReadWarning) as error:
        raise ValueError("no MATLAB file") from error
    images = arrays["X"].transpose(3, 0, 1, 2)
    numbers = arrays["y"][:, 0].astype(np.int32)
    if not ((numbers >= 1) & (numbers <= 10)).all():
        raise ValueError("labels go from 1 to 10")
    return images, numbers % 10


SVHN = PublishedSet(
    name="svhn",
    title="SVHN",
    forms=(
        # The md5 are from torchvision (torchvision/datasets/svhn.py), the numbers of images from
        # http://ufldl.stanford.edu/housenumbers/, the sizes those that downloads show.
        Form(
            batches=(
                Batch(
                    "train_32x32.mat",
                    182_040_794,
                    "md5:e26dedcc434d2e4c54c9b2d4a06d8373",
                    0,
                    _TRAIN,
                ),
                Batch(
                    "test_32x32.mat",
                    64_275_384,
                    "md5:eb5a983be6a315427106f1b164d9cef3",
                    _TRAIN,
                    _TEST,
                ),
            ),
            decode=decode_mat,
        ),
    ),
    image_shape=(32, 32, 3),
    classes=10,
    valid=10_000,
    test=_TEST,
    inside=("", "data", "datasets", "svhn", "SVHN", "data/SVHN"),
    # No host but the publisher's is known to have the files; other programs ask it by https too.
    addresses=(
        "http://ufldl.stanford.edu/housenumbers/",
        "https://ufldl.stanford.edu/housenumbers/",
    ),
    mirror="COTEJO_SVHN_URL",
    cache="svhn",
    names=DIGITS,
)

SOURCE = source_of(SVHN, mirroring_keeps_class=False, looks_alike_upside_down=True)
