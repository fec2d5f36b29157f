"""Checkpoints: the state of a training in a file, plain values and arrays, without pickles.

The last two are kept. A file is there whole or not at all, since it is written under another name
first; one that is damaged all the same is passed over for the one before it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store.archives import read_archive
from cotejo.store.files import damaged, is_there, read_bytes, write_atomically, writing
from cotejo.store.layout import CHECKPOINTS, checkpoint_name
from cotejo.store.seals import SEAL, array_seal

__all__ = [
    "NotPlainError",
    "checkpoint_files",
    "delete_checkpoints",
    "keep_checkpoint",
    "last_checkpoints",
    "read_checkpoint",
    "write_checkpoint",
]

_STATE = "state"
"""The array that holds all but the arrays, as JSON."""

_MOST_ARRAYS = 2**16


class NotPlainError(TypeError):
    """A value that is no number, text, array, or list or dict of such can't be in a checkpoint."""


def write_checkpoint(folder: Path, network: int, state: Mapping[str, Any]) -> None:
    """Write a checkpoint, and keep the one before it.

    Args:
        folder: the run's.
        network: which of the run's networks it is of, from 1.
        state: None, booleans, numbers, text, arrays of numbers, and lists, tuples and dicts of
            these; the keys of a dict are text.

    Raises:
        NotPlainError: the state holds something else.
        OutputError: it can't be written; the one before it is still there.
    """
    arrays: dict[str, NDArray[Any]] = {}
    text = json.dumps(_packed(dict(state), arrays))
    arrays[_STATE] = np.frombuffer(text.encode(), np.uint8)
    arrays[SEAL] = np.array(array_seal(arrays))
    _write_newest(folder, network, lambda file: _write_archive(file, arrays))


def keep_checkpoint(folder: Path, network: int, content: bytes) -> None:
    """Write the bytes of a checkpoint from elsewhere as `write_checkpoint` writes one of here.

    Whether they are whole is seen by whoever reads them.

    Raises:
        OutputError: it can't be written; the one before it is still there.
    """
    _write_newest(folder, network, lambda file: file.write(content))


def last_checkpoints(folder: Path) -> dict[int, bytes]:
    """Return the last checkpoint that is whole of each of a run's networks, as bytes."""
    found: dict[int, bytes] = {}
    for network in sorted(_networks(folder)):
        for path in checkpoint_files(folder, network):
            # One that is damaged, deleted meanwhile, or too large for this machine's memory is
            # passed over for the one before it.
            with suppress(OutputError, MemoryError):
                read_checkpoint(path)
                found[network] = read_bytes(path)
                break
    return found


def _networks(folder: Path) -> set[int]:
    numbers = (path.stem.split("-")[1] for path in checkpoint_files(folder))
    return {int(number) for number in numbers if number.isdecimal()}


def _write_newest(folder: Path, network: int, write: Callable[[IO[bytes]], Any]) -> None:
    newest, before = (folder / checkpoint_name(network, old) for old in (False, True))

    def write_and_turn(file: IO[bytes]) -> None:
        write(file)
        if newest.exists():
            newest.replace(before)

    write_atomically(newest, write_and_turn)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return the state that `write_checkpoint` wrote.

    Raises:
        OutputError: it is missing, can't be read, is damaged, or not as it was written.
    """
    try:
        arrays = read_archive(read_bytes(path), most_arrays=_MOST_ARRAYS, packed=False)
        seal = arrays.pop(SEAL)
        if str(seal) != array_seal(arrays):
            raise damaged(path)
        state = _unpacked(json.loads(arrays[_STATE].tobytes()), arrays)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(state, dict):
        raise damaged(path)
    return state


def checkpoint_files(folder: Path, network: int | None = None) -> Iterator[Path]:
    """Yield the checkpoints that are in a run's folder: of one network the newest first, or all."""
    if network is None:
        yield from sorted(folder.glob(CHECKPOINTS))
        return
    for old in (False, True):
        path = folder / checkpoint_name(network, old)
        if is_there(path):
            yield path


def delete_checkpoints(folder: Path) -> None:
    """Delete all checkpoints of a run.

    Raises:
        OutputError: one can't be deleted.
    """
    for path in checkpoint_files(folder):
        with writing(path), suppress(FileNotFoundError):
            path.unlink()


def _write_archive(file: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as `numpy.savez` does, but undated, so that no clock can be in the way."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)


def _packed(value: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    """Return a value as JSON has it; arrays are put aside under names."""
    match value:
        case None | bool() | str():
            return value
        case np.ndarray() | np.generic():
            if value.dtype.kind not in "biufc":
                raise NotPlainError(f"an array of {value.dtype}")
            name = f"array-{len(arrays)}"
            arrays[name] = np.asarray(value)
            return {"array": name} if isinstance(value, np.ndarray) else {"scalar": name}
        case int() | float():
            return value
        case list():
            return [_packed(each, arrays) for each in value]
        case tuple():
            return {"tuple": [_packed(each, arrays) for each in value]}
        case dict() if all(isinstance(key, str) for key in value):
            return {"dict": {key: _packed(each, arrays) for key, each in value.items()}}
    raise NotPlainError(f"a value of type {type(value).__name__}")


def _unpacked(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    match value:
        case list():
            return [_unpacked(each, arrays) for each in value]
        case {"array": name}:
            return arrays[name]
        case {"scalar": name}:
            return arrays[name][()]
        case {"tuple": list(values)}:
            return tuple(_unpacked(each, arrays) for each in values)
        case {"dict": dict(values)}:
            return {key: _unpacked(each, arrays) for key, each in values.items()}
        case dict():
            raise ValueError("a dict that is none of these")
    return value
