"""What a ``.keras`` file carries beside the network: how it is used, so that it can travel alone.

Keras reads its own members of the archive by their names, and passes this one by.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cotejo.store import json_content
from cotejo.store.files import parse_json

__all__ = ["read_note", "with_note"]

_NOTE = "cotejo.json"

_MOST_NOTE = 16 * 2**20
"""Bytes, far above what the names of classes and layers take."""


def with_note(model: bytes, note: Mapping[str, Any]) -> bytes:
    """Return the content of a ``.keras`` file with a note in it, sealed as all JSON of Cotejo's.

    Args:
        model: the content of the file.
        note: what goes with the network.
    """
    file = io.BytesIO(model)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(_NOTE, json_content(note))
    return file.getvalue()


def read_note(path: Path) -> dict[str, Any] | None:
    """Return the note in a ``.keras`` file; None if there is none.

    Args:
        path: the file, which a stranger could have made.

    Raises:
        OutputError: the note is not as it was written.
        OSError: the file can't be read.
        ValueError: it is no archive, or the note is far too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if _NOTE not in archive.namelist():
                return None
            if archive.getinfo(_NOTE).file_size > _MOST_NOTE:
                raise ValueError("the note is far too large")
            return parse_json(archive.read(_NOTE), path)
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
