"""The decoding of CIFAR's files, which never runs code from a file.

The Python batches are pickles, and a pickle can call any function. The caller compares their
checksum first; then the unpickler in this module lets them build one array of bytes, lists,
numbers and strings, and nothing else.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.published.forms import Batch, Decoded

__all__ = ["PIXELS", "decode_pickle", "decode_rows"]

PIXELS = 3 * 32 * 32

# NumPy has no public name for the function that pickled arrays call; an array tells which it is.
_RECONSTRUCT: Any = np.empty(0, np.uint8).__reduce__()[0]
_ARRAY = object()


def decode_rows(content: bytes, batch: Batch, *, labels: int = 1, label: int = 0) -> Decoded:
    """Return what a binary file holds: rows of labels and of 3,072 pixels.

    Args:
        content: the whole file.
        batch: the published file.
        labels: how many labels a row begins with.
        label: which of them is wanted.

    Raises:
        ValueError: the file isn't made of such rows.
    """
    rows = np.frombuffer(content, np.uint8).reshape(-1, labels + PIXELS)
    return _images(rows[:, labels:]), rows[:, label]


def decode_pickle(content: bytes, batch: Batch, *, labels: bytes = b"labels") -> Decoded:
    """Return what a Python batch holds.

    Args:
        content: the whole file, whose checksum has been compared already.
        batch: the published file.
        labels: the key of the labels that are wanted.

    Raises:
        pickle.UnpicklingError: it is no such batch, or asks for more than one needs.
    """
    entries = _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    if not isinstance(entries, dict):
        raise pickle.UnpicklingError("a batch is a dictionary")
    pixels, numbers = entries[b"data"], entries[labels]
    if not (isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8):
        raise pickle.UnpicklingError("a batch's data is an array of bytes")
    if not (isinstance(numbers, list) and all(type(number) is int for number in numbers)):
        raise pickle.UnpicklingError("a batch's labels are whole numbers")
    return _images(pixels), np.array(numbers, dtype=np.int64)


def _images(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images from rows of the red plane, the green and the blue, each row by row."""
    if planes.shape[1:] != (PIXELS,):
        raise ValueError("an image has 3,072 values")
    return planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)


class _BatchUnpickler(pickle.Unpickler):
    """Admits only the names that a batch needs, and only with the arguments that a batch gives."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a batch") from None


def _empty_array(kind: object, shape: object, typecode: object) -> Any:
    # NumPy pickles an array as an empty one that is filled afterwards. Any other shape here could
    # ask for any amount of memory.
    if kind is not _ARRAY or shape != (0,) or typecode not in (b"b", "b"):
        raise pickle.UnpicklingError("a batch's array starts empty")
    return _RECONSTRUCT(np.ndarray, (0,), b"b")


def _byte_type(name: object, *_flags: object) -> np.dtype[np.uint8]:
    if name not in (b"u1", "u1"):
        raise pickle.UnpicklingError("a batch's array is of bytes")
    return np.dtype(np.uint8)


_ADMITTED: dict[tuple[str, str], Callable[..., Any] | object] = {
    ("numpy.core.multiarray", "_reconstruct"): _empty_array,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy", "ndarray"): _ARRAY,
    ("numpy", "dtype"): _byte_type,
}
