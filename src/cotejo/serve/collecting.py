"""Corrections that people make, kept as a data set: a folder per class, a file per picture.

A file is called by the hash of what is in it, so that a picture that was sent twice is kept once,
and one that is corrected again moves to its new class. The names that clients gave are not kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from cotejo.pictures.reading import file_ending
from cotejo.serve.uploads import Content
from cotejo.store import folder_names, make_folder, write_file, writing

__all__ = ["keep"]

_keeping = threading.Lock()
"""Held while a picture finds its place: two people may correct the same one at a time."""


def keep(folder: Path, names: Sequence[str], label: int, content: Content) -> Path:
    """Keep a picture in the folder of its class and return its path.

    Args:
        folder: of all classes.
        names: of all classes, in label order: no two of them get the same folder.
        label: the picture's class.
        content: the file's, which can be decoded.

    Raises:
        OutputError: it can't be written.
    """
    place = make_folder(folder / folder_names(names)[label])
    path = place / (hashlib.sha256(content).hexdigest()[:32] + file_ending(content))
    with _keeping:
        if not path.exists():
            write_file(path, bytes(content))
        for other in folder.glob(f"*/{path.name}"):
            if other.parent != place:
                with writing(other):
                    other.unlink()
    return path
