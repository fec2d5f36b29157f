"""Files as they were published: their names, sizes and checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cotejo.errors import DataError

__all__ = ["PublishedFile", "digest_of_bytes", "digest_of_file", "read_checked"]


@dataclass(frozen=True)
class PublishedFile:
    """A file as it was published.

    Attributes:
        name: its file name.
        size: its size in bytes; None where no source states it, so that the checksum alone tells.
        digest: its checksum, ``"md5:…"`` or ``"sha256:…"``.
    """

    name: str
    size: int | None
    digest: str


def digest_of_bytes(content: bytes, like: str) -> str:
    """Return ``content``'s checksum by the algorithm that ``like`` names before its colon.

    Example:
        >>> digest_of_bytes(b"", like="md5:?")
        'md5:d41d8cd98f00b204e9800998ecf8427e'
    """
    algorithm = like.partition(":")[0]
    # The publisher states an md5. It tells accidents; it keeps no secret.
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


def read_checked(path: Path, expected: PublishedFile) -> bytes:
    """Return the content of a file, if its size and checksum are the published ones.

    Raises:
        DataError: the size or the checksum is another one.
        OSError: the file can't be read.
    """
    size = path.stat().st_size
    if expected.size is None:
        # Nothing bounds the size, so the file is compared piece by piece before it is read whole.
        _compare(path, digest_of_file(path, like=expected.digest), expected)
    elif size != expected.size:
        raise DataError("data_wrong_size", path=path, found=size, expected=expected.size)
    content = path.read_bytes()
    _compare(path, digest_of_bytes(content, like=expected.digest), expected)
    return content


def _compare(path: Path, digest: str, expected: PublishedFile) -> None:
    if digest != expected.digest:
        raise DataError("data_wrong_checksum", path=path, found=digest, expected=expected.digest)
