"""The reading of ``.npz`` archives that a stranger could have made.

An archive of a few megabytes can unpack to many gigabytes, and an array's header can ask for any
amount of memory. So sizes are added up, and each header is compared with the size of what follows
it, before anything is unpacked.
"""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

__all__ = ["read_archive"]

_MOST_BYTES = 2**30
"""The most memory for the arrays of one file. CIFAR-10's predictions take less than 1 MB."""
_MOST_ARRAYS = 256
_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_archive(
    content: bytes,
    *,
    most_bytes: int = _MOST_BYTES,
    most_arrays: int = _MOST_ARRAYS,
    packed: bool = True,
) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive by name.

    Args:
        content: the whole file.
        most_bytes: how much memory its arrays may take, if they may be compressed.
        most_arrays: how many there may be.
        packed: whether arrays may be compressed. If not, they take no more memory than the file.

    Raises:
        ValueError: it is not such an archive, is damaged, holds Python objects, or would take
            more memory than that.
        MemoryError: this machine has less memory than it takes, which says nothing of the file.

    Example:
        >>> file = io.BytesIO()
        >>> np.savez(file, a=np.arange(3))
        >>> read_archive(file.getvalue())["a"].tolist()
        [0, 1, 2]
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not packed:
                _check_stored(members)
                most_bytes = len(content)
            names = _names(members, most_bytes, most_arrays)
            return {name.removesuffix(".npy"): _read(archive, name) for name in names}
    except MemoryError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy each have their own for a damaged file
        raise ValueError(str(error)) from error


def _check_stored(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise ValueError(f"{member.filename} is compressed")


def _names(members: list[zipfile.ZipInfo], most_bytes: int, most_arrays: int) -> list[str]:
    names = [member.filename for member in members]
    total = sum(member.file_size for member in members)
    if len(set(names)) != len(names) or len(names) > most_arrays or total > most_bytes:
        raise ValueError("too many arrays, or too large ones")
    return names


def _read(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    size = archive.getinfo(name).file_size
    with archive.open(name) as file:
        shape, _, dtype = _header(file)
        if dtype.hasobject or prod(shape) * dtype.itemsize + file.tell() != size:
            raise ValueError(f"{name} is not as large as its header says")
    with archive.open(name) as file:
        array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
        # To the end, so that the archive's checksum is compared.
        if file.read(1):
            raise ValueError(f"{name} goes on after its array")
    return array


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    shape, fortran, dtype = _READERS[version](file)
    return shape, fortran, dtype
