"""CIFAR-100: 60,000 small photographs of a hundred classes."""

from __future__ import annotations

from functools import partial

from cotejo.data.published import Batch, Form, PublishedFile, PublishedSet, source_of
from cotejo.data.published.cifar import decode_pickle, decode_rows

__all__ = ["CIFAR100", "SOURCE", "forms"]

_TRAIN, _TEST = 50_000, 10_000


def forms(labels: bytes, label: int) -> tuple[Form, Form]:
    """Return the forms of CIFAR-100, with one of the two labels that each image has.

    Args:
        labels: the key of the labels in the Python files.
        label: which label of a row in the binary files it is: 0, coarse, or 1, fine.
    """
    # The md5 of the archives are from https://www.cs.toronto.edu/~kriz/cifar.html, those of the two
    # Python files from torchvision (torchvision/datasets/cifar.py). The sizes are those that
    # downloads show; none could be found for the Python file `test`.
    python = Form(
        batches=(
            Batch("train", 155_249_918, "md5:16019d7e3df5f24257cddd939b257f8d", 0, _TRAIN),
            Batch("test", None, "md5:f0ef6b0ae62326f3e7ffdfab6717acfc", _TRAIN, _TEST),
        ),
        decode=partial(decode_pickle, labels=labels),
        folder="cifar-100-python",
        archive=PublishedFile(
            "cifar-100-python.tar.gz", 169_001_437, "md5:eb9058c3a382ffc7106e4002c42a8d85"
        ),
        # Names that Keras has given the archive over the years.
        archive_names=("cifar-100-python-target.tar.gz", "cifar-100-python-target_archive"),
    )
    # The md5 of the two files are those that the Go package rai-project/dldataset checks. Those
    # that it has for CIFAR-10's binary batches are right: they were compared with the data.
    binary = Form(
        batches=(
            Batch("train.bin", _TRAIN * 3_074, "md5:6172c7755cfe09b2fe270c85cebc1b15", 0, _TRAIN),
            Batch("test.bin", _TEST * 3_074, "md5:4499cfba6c016c1be1438163640a0898", _TRAIN, _TEST),
        ),
        decode=partial(decode_rows, labels=2, label=label),
        folder="cifar-100-binary",
        archive=PublishedFile(
            "cifar-100-binary.tar.gz", 168_513_733, "md5:03b5dce01913d631647c71ecec9e9cb8"
        ),
    )
    return python, binary


CIFAR100 = PublishedSet(
    name="cifar100",
    title="CIFAR-100",
    forms=forms(b"fine_labels", 1),
    image_shape=(32, 32, 3),
    classes=100,
    valid=10_000,
    test=_TEST,
    # Keras unpacks to `cifar-100-python-target/cifar-100-python`, older versions to
    # `cifar-100-python`; torchvision uses the root it is given.
    inside=(
        "",
        "cifar-100-python-target",
        "datasets",
        "datasets/cifar-100-python-target",
        "data",
        "cifar100",
        "CIFAR100",
    ),
    # The second is where the first has been redirecting to.
    addresses=(
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        "https://cave.cs.toronto.edu/kriz/cifar-100-python.tar.gz",
    ),
    mirror="COTEJO_CIFAR100_URL",
)

SOURCE = source_of(CIFAR100)
