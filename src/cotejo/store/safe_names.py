"""Names of folders and files, from what people call things: safe on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count

__all__ = ["folder_names", "numbered"]

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\:*?"<>|]')
"""What some system can't have in the name of a file."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names of devices on Windows."""

_LONGEST = 100
"""Bytes of a folder's name, so that there is room for a number and for the paths around it."""


def folder_names(names: Iterable[str]) -> list[str]:
    """Return a name for a folder of each class: safe on every system, and no two the same.

    Example:
        >>> folder_names(["cat", "Cat", "a/b", "a:b", "..", "nul", ""])
        ['cat', 'Cat-2', 'a_b', 'a_b-2', '_', '_nul', '_-2']
    """
    taken: set[str] = set()
    folders = []
    for name in names:
        safe = _safe(name)
        free = next(each for each in numbered(safe) if each.casefold() not in taken)
        taken.add(free.casefold())
        folders.append(free)
    return folders


def numbered(name: str, ending: str = "") -> Iterator[str]:
    """Yield a name, and then the same with each number from 2 on."""
    yield f"{name}{ending}"
    for number in count(2):
        yield f"{name}-{number}{ending}"


def _safe(name: str) -> str:
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name))
    safe = safe.encode()[:_LONGEST].decode(errors="ignore").strip(" ").strip(".").strip(" ") or "_"
    return f"_{safe}" if _RESERVED.match(safe) else safe
