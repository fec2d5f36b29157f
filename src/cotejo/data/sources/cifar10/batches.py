"""The decoding of CIFAR-10's batch files, which never runs code from a file.

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

from cotejo.data.sources.cifar10.forms import Form
from cotejo.errors import DataError

__all__ = ["PIXELS", "decode"]

PIXELS = 3 * 32 * 32

# NumPy has no public name for the function that pickled arrays call; an array tells which it is.
_RECONSTRUCT: Any = np.empty(0, np.uint8).__reduce__()[0]
_ARRAY = object()


def decode(content: bytes, form: Form, name: str) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return a batch's images and labels.

    Args:
        content: the whole file, whose checksum has been compared already.
        form: the published form of the file.
        name: what an error calls the file.

    Returns:
        The images ``[rows, 3072]``, uint8, the red plane first, then green and blue, each row
        by row; the labels ``[rows]``, int32 in ``[0, 10)``.

    Raises:
        DataError: the content is not such a batch.
    """
    reader = _read_pickle if form.encoding == "python" else _read_rows
    try:
        images, labels = reader(content)
    except _UNREADABLE:
        raise DataError("data_damaged_batch", path=name, rows=form.rows) from None
    right = (
        images.shape == (form.rows, PIXELS)
        and labels.shape == (form.rows,)
        and bool(((labels >= 0) & (labels < 10)).all())
    )
    if not right:
        raise DataError("data_damaged_batch", path=name, rows=form.rows)
    return images, labels.astype(np.int32)


# Errors that a damaged or hostile pickle can cause while it is read.
_UNREADABLE = (
    pickle.UnpicklingError,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def _read_rows(content: bytes) -> tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]:
    rows = np.frombuffer(content, np.uint8).reshape(-1, 1 + PIXELS)
    return rows[:, 1:], rows[:, 0]


def _read_pickle(content: bytes) -> tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]:
    batch = _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    if not isinstance(batch, dict):
        raise pickle.UnpicklingError("a batch is a dictionary")
    images, labels = batch[b"data"], batch[b"labels"]
    if not (isinstance(images, np.ndarray) and images.dtype == np.uint8):
        raise pickle.UnpicklingError("a batch's data is an array of bytes")
    if not (isinstance(labels, list) and all(type(label) is int for label in labels)):
        raise pickle.UnpicklingError("a batch's labels are whole numbers")
    return images, np.array(labels, dtype=np.int64)


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
