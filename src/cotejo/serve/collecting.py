"""Corrections that people make, kept as a data set: a folder per class, a file per picture.

A file is called by the hash of what is in it, so that a picture that was sent twice is kept once,
and one that is corrected again moves to its new class. The names that clients gave are not kept.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from cotejo.store import make_folder, write_file, writing

__all__ = ["folder_name", "keep"]

_ENDINGS = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tiff"),
    (b"MM\0*", ".tiff"),
    (b"RIFF", ".webp"),
)
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""The names that Windows keeps for itself."""


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Keep a picture in the folder of its class and return its path.

    Args:
        folder: of all classes.
        name: the class's.
        content: the file's, which can be decoded.

    Raises:
        OutputError: it can't be written.
    """
    place = make_folder(folder / folder_name(name))
    path = place / (hashlib.sha256(content).hexdigest()[:32] + _ending(content))
    if not path.exists():
        write_file(path, content)
    for other in folder.glob(f"*/{path.name}"):
        if other.parent != place:
            with writing(other):
                other.unlink()
    return path


def folder_name(name: str) -> str:
    """Return what a class's folder is called, on any system.

    Example:
        >>> folder_name("aquarium fish"), folder_name("../up"), folder_name("nul")
        ('aquarium fish', '_up', 'nul_')
    """
    safe = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "_", name).strip(" .") or "_"
    return f"{safe}_" if _RESERVED.fullmatch(safe) else safe


def _ending(content: bytes) -> str:
    known = (ending for start, ending in _ENDINGS if content.startswith(start))
    return next(known, ".avif" if content[4:12] in (b"ftypavif", b"ftypavis") else ".heic")
