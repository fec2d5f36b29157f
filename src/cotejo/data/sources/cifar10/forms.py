"""CIFAR-10 as it was published: the files of each form, their sizes and their checksums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cotejo.data.published import PublishedFile

__all__ = ["BINARY", "PUBLISHED", "PYTHON", "Form"]


@dataclass(frozen=True)
class Form:
    """One of the forms in which CIFAR-10 is published.

    Attributes:
        encoding: how a batch is written: a Python pickle, or rows of a label and 3,072 pixels.
        folder: the folder that the archive unpacks to.
        archive: the archive, as it was published.
        batches: the training batches in order, then the test batch.
        rows: how many images each batch holds.
    """

    encoding: Literal["python", "binary"]
    folder: str
    archive: PublishedFile
    batches: tuple[PublishedFile, ...]
    rows: int


# The md5 of the archives are from https://www.cs.toronto.edu/~kriz/cifar.html. Those of the
# Python batches are the ones that torchvision and others check, too.
PYTHON = Form(
    encoding="python",
    folder="cifar-10-batches-py",
    archive=PublishedFile(
        "cifar-10-python.tar.gz", 170_498_071, "md5:c58f30108f718f92721af3b95e74349a"
    ),
    batches=(
        PublishedFile("data_batch_1", 31_035_704, "md5:c99cafc152244af753f735de768cd75f"),
        PublishedFile("data_batch_2", 31_035_320, "md5:d4bba439e000b95fd0a9bffe97cbabec"),
        PublishedFile("data_batch_3", 31_035_999, "md5:54ebc095f3ab1f0389bbae665268c751"),
        PublishedFile("data_batch_4", 31_035_696, "md5:634d18415352ddfa80567beed471001a"),
        PublishedFile("data_batch_5", 31_035_623, "md5:482c414d41f54cd18b22e5b47cb7c3cb"),
        PublishedFile("test_batch", 31_035_526, "md5:40351d587109b95175f43aff81a1287e"),
    ),
    rows=10_000,
)

# The SHA-256 of the binary batches were computed from the Python batches, rewritten in the
# binary layout: both hold the same images in the same order. A test computes them again.
_BINARY_DIGESTS = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}

BINARY = Form(
    encoding="binary",
    folder="cifar-10-batches-bin",
    archive=PublishedFile(
        "cifar-10-binary.tar.gz", 170_052_171, "md5:c32a1d4ab5d03f1284b67883e8d87530"
    ),
    batches=tuple(
        PublishedFile(name, 10_000 * 3_073, f"sha256:{digest}")
        for name, digest in _BINARY_DIGESTS.items()
    ),
    rows=10_000,
)

PUBLISHED = (PYTHON, BINARY)
