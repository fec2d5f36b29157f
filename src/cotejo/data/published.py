"""Files as they were published: their names, sizes and checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PublishedFile", "digest_of_bytes", "digest_of_file"]


@dataclass(frozen=True)
class PublishedFile:
    """A file as it was published.

    Attributes:
        name: its file name.
        size: its size in bytes.
        digest: its checksum, ``"md5:…"`` or ``"sha256:…"``.
    """

    name: str
    size: int
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
