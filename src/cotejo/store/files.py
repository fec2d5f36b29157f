"""Files of each format: written whole or not at all, read without running what is in them."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import isfinite
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store.archives import read_archive
from cotejo.store.layout import FORMAT, RUN_FILES, TEMPORARY
from cotejo.store.seals import SEAL, array_seal, json_seal

__all__ = [
    "csv_content",
    "damaged",
    "is_temporary_of_here",
    "is_there",
    "json_content",
    "make_folder",
    "move_folder",
    "npz_content",
    "parse_csv",
    "parse_json",
    "parse_npz",
    "read_bytes",
    "read_csv",
    "read_json",
    "read_npz",
    "temporary_path",
    "write_atomically",
    "write_csv",
    "write_file",
    "write_json",
    "write_npz",
    "writing",
]

_START = secrets.token_hex(4)
"""What the names of this process's temporary files have in common, and no other process's."""

_MOST_TEXT = 64 * 2**20
"""Bytes of a text file, far above what a study writes: more would only fill the memory."""


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write ``path`` through ``write(file)`` so that it is there whole or not at all.

    Raises:
        OutputError: it can't be written: no permission, a full disk, a folder in its place.
    """
    temporary = temporary_path(path)
    try:
        # Not `tempfile`, whose files are private: what a study leaves has the user's permissions.
        with writing(path), temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with writing(path):
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def temporary_path(path: Path) -> Path:
    """Return a path beside ``path`` that nothing has yet, to write to before it is renamed.

    The number in its name is that of this process. A file that a killed process left behind is
    recognised by it, and deleted (`cotejo.study.place`).
    """
    return path.with_name(f"{TEMPORARY}{os.getpid()}-{_START}{secrets.token_hex(4)}")


def is_temporary_of_here(name: str) -> bool:
    """Return whether this very process gave a temporary file its name, by `temporary_path`."""
    return name.startswith(f"{TEMPORARY}{os.getpid()}-{_START}")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an `OSError` in this block into the error that ``path`` can't be written.

    Raises:
        OutputError: in place of the `OSError`.

    Example:
        >>> with writing(Path("results")):  # doctest: +ELLIPSIS
        ...     raise OSError(errno.ENOSPC, "No space left on device")
        Traceback (most recent call last):
        cotejo.errors.OutputError: can't write results: No space left on device. ...
    """
    try:
        yield
    except OSError as error:
        raise OutputError("cannot_write", path=path, reason=error.strerror or error) from error


def write_file(path: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes as they are."""
    data = content.encode() if isinstance(content, str) else content
    write_atomically(path, lambda file: file.write(data))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write ``content``, sealed, as indented JSON; a number that is not finite is refused."""
    write_file(path, json_content(content))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one line per row under the line of ``columns``, in UTF-8; None is an empty cell."""
    write_file(path, csv_content(columns, rows))


def write_npz(path: Path, **arrays: NDArray[Any]) -> None:
    """Write named arrays, compressed and sealed: as `npz_content`."""
    write_file(path, npz_content(arrays))


def json_content(content: Mapping[str, Any]) -> bytes:
    """Return what `write_json` writes."""
    sealed = {**content, SEAL: json_seal(content)}
    return (json.dumps(sealed, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def csv_content(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return what `write_csv` writes."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row[column] is None else row[column] for column in columns])
    return file.getvalue().encode()


def npz_content(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return what `write_npz` writes.

    Raises:
        ValueError: an array holds Python objects, which only a pickle could hold.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ValueError(f"`{name}` must hold numbers; it holds Python objects")
    sealed: dict[str, Any] = {**arrays, SEAL: np.array(array_seal(arrays))}
    file = io.BytesIO()
    np.savez_compressed(file, **sealed)
    return file.getvalue()


def is_there(path: Path) -> bool:
    """Return whether a file is there; yes also where that can't be told, which reading it says."""
    try:
        return path.is_file()
    except OSError:  # a folder that can't be entered, or a network's file system
        return True


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """Read a whole file, of at most ``most`` bytes.

    Raises:
        OutputError: it is missing, can't be read, is no regular file, or is larger.
    """
    try:
        # Opening a pipe would wait for whoever writes into it, so the kind is looked at first.
        if path.exists() and not path.is_file():
            reason = os.strerror(errno.EISDIR if path.is_dir() else errno.EINVAL)
            raise OutputError("cannot_read", path=path, reason=reason)
        if most is not None and path.stat().st_size > most:
            raise damaged(path)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise OutputError("missing_file", path=path) from error
    except OSError as error:
        raise OutputError("cannot_read", path=path, reason=error.strerror or error) from error


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file. Its seal is checked and left out.

    Raises:
        OutputError: it is missing, damaged, not as it was written, or of a newer format than
            this Cotejo's.
    """
    return parse_json(read_bytes(path, _MOST_TEXT), path)


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Return the JSON object in the content of the file at ``path``: as `read_json`."""
    try:
        parsed = json.loads(content, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(parsed, dict):
        raise damaged(path)
    version = parsed.get("format", 1)
    if type(version) is not int or version < 1:
        raise damaged(path, "format", version)
    if version > FORMAT:
        raise OutputError("newer_format", path=path, found=version, known=FORMAT)
    seal = parsed.pop(SEAL, None)
    # The first format had no seals, and files without a format may be as old.
    if seal is None and version < FORMAT:
        return parsed
    if seal != json_seal(parsed):
        raise damaged(path)
    return parsed


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV file's rows, each a dict of strings by column."""
    return parse_csv(read_bytes(path, _MOST_TEXT), path)


def parse_csv(content: bytes, path: Path) -> list[dict[str, str]]:
    """Return the rows in the content of the file at ``path``: as `read_csv`.

    Raises:
        OutputError: it is no CSV file, or a row has more or fewer cells than there are columns.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise damaged(path) from error
    # `DictReader` has None for the name of a cell too many, and for a cell too few.
    if any(None in row or None in row.values() for row in rows):
        raise damaged(path)
    return rows


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file. Its seal is checked and left out.

    Raises:
        OutputError: it is missing, damaged, not as it was written, or holds a pickle.
    """
    return parse_npz(read_bytes(path), path)


def parse_npz(content: bytes, path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays in the content of the file at ``path``: as `read_npz`."""
    try:
        arrays = read_archive(content)
    except ValueError as error:
        raise damaged(path) from error
    seal = arrays.pop(SEAL, None)
    if seal is not None and str(seal) != array_seal(arrays):
        raise damaged(path)
    return arrays


def damaged(path: Path, field: str = "", received: Any = "") -> OutputError:
    """Return the error that the file at ``path`` is not what Cotejo writes there.

    The message says what to do: a run of which a file is damaged is trained again; a damaged file
    of the study itself is written anew.

    Args:
        path: the file.
        field: what in it is wrong, where that is known, such as ``"test.accuracy"``.
        received: what stands there.
    """
    shown = str(received)[:60]
    part = f" (`{field}`{': ' if shown else ''}{shown})" if field else ""
    of_run = path.name in RUN_FILES
    return OutputError("damaged_file" if of_run else "damaged_study_file", path=path, part=part)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number that Cotejo writes")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is too large a number")
    return value


def make_folder(path: Path) -> Path:
    """Make ``path`` and its parents where missing, and return it.

    Raises:
        OutputError: it can't be made or written to.
    """
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputError("cannot_write", path=path, reason=os.strerror(errno.EACCES))
    return path


def move_folder(source: Path, target: Path) -> None:
    """Move a folder, to another disk too: there it is copied first, and deleted when that is done.

    Args:
        source: the folder.
        target: its new path, where nothing is yet. Missing parents are made.

    Raises:
        OutputError: it can't be moved; ``source`` is then still whole.
    """
    make_folder(target.parent)
    with writing(target):
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_and_delete(source, target)


def _copy_and_delete(source: Path, target: Path) -> None:
    # Copied under a temporary name, so that `target` is there whole or not at all.
    copy = temporary_path(target)
    try:
        shutil.copytree(source, copy)
        copy.rename(target)
    except shutil.Error as error:  # a list of what went wrong, file by file
        raise OSError(errno.EIO, os.strerror(errno.EIO)) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    shutil.rmtree(source, ignore_errors=True)
