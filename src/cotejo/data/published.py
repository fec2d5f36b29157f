"""CIFAR-10 as it was published: the files of each form, their sizes and their checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["BINARY", "PUBLISHED", "PYTHON", "Batch", "Form", "digest_of_bytes", "digest_of_file"]


@dataclass(frozen=True)
class Batch:
    """A file of images and labels.

    Attributes:
        name: its file name.
        size: its size in bytes.
        digest: its checksum, ``"md5:…"`` or ``"sha256:…"``.
    """

    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class Form:
    """One of the forms in which CIFAR-10 is published.

    Attributes:
        encoding: how a batch is written: a Python pickle, or rows of a label and 3,072 pixels.
        folder: the folder that the archive unpacks to.
        archive: the archive's file name.
        archive_size: its size in bytes.
        archive_digest: its checksum, ``"md5:…"`` or ``"sha256:…"``.
        batches: the training batches in order, then the test batch.
        rows: how many images each batch holds.
    """

    encoding: Literal["python", "binary"]
    folder: str
    archive: str
    archive_size: int
    archive_digest: str
    batches: tuple[Batch, ...]
    rows: int


# The md5 of the archives are those of https://www.cs.toronto.edu/~kriz/cifar.html; those of
# the Python batches are the ones that torchvision and others check too.
PYTHON = Form(
    encoding="python",
    folder="cifar-10-batches-py",
    archive="cifar-10-python.tar.gz",
    archive_size=170_498_071,
    archive_digest="md5:c58f30108f718f92721af3b95e74349a",
    batches=(
        Batch("data_batch_1", 31_035_704, "md5:c99cafc152244af753f735de768cd75f"),
        Batch("data_batch_2", 31_035_320, "md5:d4bba439e000b95fd0a9bffe97cbabec"),
        Batch("data_batch_3", 31_035_999, "md5:54ebc095f3ab1f0389bbae665268c751"),
        Batch("data_batch_4", 31_035_696, "md5:634d18415352ddfa80567beed471001a"),
        Batch("data_batch_5", 31_035_623, "md5:482c414d41f54cd18b22e5b47cb7c3cb"),
        Batch("test_batch", 31_035_526, "md5:40351d587109b95175f43aff81a1287e"),
    ),
    rows=10_000,
)

# The SHA-256 of the binary batches were taken from the Python batches, written in the binary
# layout: both hold the same images in the same order. A test derives them again.
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
    archive="cifar-10-binary.tar.gz",
    archive_size=170_052_171,
    archive_digest="md5:c32a1d4ab5d03f1284b67883e8d87530",
    batches=tuple(
        Batch(name, 10_000 * 3_073, f"sha256:{digest}") for name, digest in _BINARY_DIGESTS.items()
    ),
    rows=10_000,
)

PUBLISHED = (PYTHON, BINARY)


def digest_of_bytes(content: bytes, like: str) -> str:
    """Return ``content``'s checksum by the algorithm that ``like`` names before its colon.

    Example:
        >>> digest_of_bytes(b"", like="md5:?")
        'md5:d41d8cd98f00b204e9800998ecf8427e'
    """
    algorithm = like.partition(":")[0]
    # The md5 says whose the bytes are, as the publisher states it; it is no secret.
    return f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"


def digest_of_file(path: Path, like: str) -> str:
    """Return a file's checksum by the algorithm that ``like`` names before its colon.

    Raises:
        OSError: the file can't be read.
    """
    algorithm = like.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return f"{algorithm}:{digest.hexdigest()}"
