"""Files of each format: written whole or not at all, read without running what is in them."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError

__all__ = [
    "FORMAT",
    "TEMPORARY",
    "append_csv",
    "make_folder",
    "read_csv",
    "read_json",
    "read_npz",
    "write_atomically",
    "write_csv",
    "write_file",
    "write_json",
    "write_npz",
]

TEMPORARY = ".tmp-"
"""How the name of a file begins that is being written; what begins so is nobody's."""

FORMAT = 1
"""The version of the files' layout; a folder of a newer one is refused."""


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write ``path`` through ``write(file)`` so that it is there whole or not at all.

    Raises:
        OutputError: it can't be written: no permission, a full disk, a folder in its place.
    """
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
    try:
        # Not `tempfile`, whose files are private: what a study leaves has the user's permissions.
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OutputError("cannot_write", path=path, reason=error.strerror or error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_file(path: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes as they are."""
    data = content.encode() if isinstance(content, str) else content
    write_atomically(path, lambda file: file.write(data))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write ``content`` as indented JSON; a number that is not finite is refused."""
    write_file(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows under ``columns``, UTF-8, a line each; None becomes an empty cell."""

    def write(file: IO[bytes]) -> None:
        file.write((_csv_line(columns)).encode())
        for row in rows:
            file.write(_csv_line([row[column] for column in columns]).encode())

    write_atomically(path, write)


def append_csv(path: Path, columns: Sequence[str], row: Mapping[str, Any]) -> None:
    """Add a row at the end of a short file, made where it is missing; as whole as `write_csv`."""
    before = read_csv(path) if path.is_file() else []
    write_csv(path, columns, [*before, row])


def write_npz(path: Path, **arrays: NDArray[Any]) -> None:
    """Write named arrays, compressed.

    Raises:
        ValueError: an array holds Python objects, which only a pickle could hold.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ValueError(f"`{name}` must hold numbers; it holds Python objects")
    # NumPy's types take every keyword for its own `allow_pickle`.
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))  # type: ignore[arg-type]


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        OutputError: it is missing, damaged, or of a newer format than this Cotejo's.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        raise OutputError(_damaged_key(path), path=path) from error
    if not isinstance(content, dict):
        raise OutputError(_damaged_key(path), path=path)
    if content.get("format", FORMAT) != FORMAT:
        raise OutputError("newer_format", path=path, found=content["format"], known=FORMAT)
    return content


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV file's rows, each a dict of strings by column."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise OutputError(_damaged_key(path), path=path) from error


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Read every array of an ``.npz`` file; one that holds a pickle is refused."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise _unreadable(path, error) from error
    except Exception as error:  # zipfile, zlib and numpy each have their own for a damaged file
        raise OutputError(_damaged_key(path), path=path) from error


def _unreadable(path: Path, error: OSError) -> OutputError:
    if isinstance(error, FileNotFoundError):
        return OutputError("missing_file", path=path)
    return OutputError("cannot_read", path=path, reason=error.strerror or error)


def _damaged_key(path: Path) -> str:
    # A run's folder can go and be made again; the study's holds every run.
    return "damaged_file" if path.parent.name.startswith("seed-") else "damaged_study_file"


def make_folder(path: Path) -> Path:
    """Make ``path`` and its parents where missing, and return it.

    Raises:
        OutputError: it can't be made or written to.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("cannot_write", path=path, reason=error.strerror or error) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputError("cannot_write", path=path, reason=os.strerror(13))
    return path


def _csv_line(cells: Sequence[Any]) -> str:
    # csv.writer wants a text file; atomically written ones are binary.
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
