"""What tells a file from the one that was there before, without reading it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

__all__ = ["Stamp", "stamp"]

Stamp: TypeAlias = tuple[int, int, int] | None


def stamp(path: Path) -> Stamp:
    """Return what changes when a file is written anew; None where there is none.

    Files are replaced whole, so that the file itself is another one, too.
    """
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, about.st_ino
