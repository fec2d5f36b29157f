"""Seals: they show whether a file is whole and unchanged since Cotejo wrote it.

A JSON file holds its own seal, the SHA-256 of its content, and so does an ``.npz`` archive. CSV
files, models and logs hold none; the sealed file that belongs to them lists their size and
SHA-256: ``run.json`` for a run, ``audit.json`` for an audit.

A seal shows damage, mix-ups and edits by hand. It does not stop a forger, who can compute a new
one; ``cotejo verify --rerun`` is for that. Files of earlier versions, without seals, are read too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEAL", "array_seal", "described_content", "described_files", "json_seal"]

SEAL = "seal"
"""The key of a JSON object, and the name in an archive, under which the seal stands."""


def json_seal(content: Mapping[str, Any]) -> str:
    """Return the seal of a JSON object, 64 hexadecimal digits; its own entry is left out.

    Raises:
        ValueError: a number in it is not finite.

    Example:
        >>> json_seal({"a": 1, "b": 2.5}) == json_seal({"b": 2.5, "a": 1, "seal": "old"})
        True
    """
    unsealed = {key: value for key, value in content.items() if key != SEAL}
    text = json.dumps(unsealed, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def array_seal(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the seal of named arrays: over their names, types, shapes and values.

    Example:
        >>> array_seal({"a": np.zeros(2)}) == array_seal({"a": np.zeros((1, 2))})
        False
    """
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def described_content(content: bytes) -> dict[str, Any]:
    """Return the ``bytes`` and the ``sha256`` of a file's content.

    Example:
        >>> described_content(b"")["bytes"]
        0
    """
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def described_files(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the ``bytes`` and the ``sha256`` of those files of ``folder`` that are there."""
    paths = ((name, folder / name) for name in sorted(names))
    return {name: described_content(path.read_bytes()) for name, path in paths if path.is_file()}
