"""Images and labels in the forms that people have them, made what Cotejo trains on, and said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.messages import message

__all__ = ["BYTES", "Pixels", "as_splits", "pixels_of", "understood"]

Say = Callable[[str], object]


@dataclass(frozen=True)
class Pixels:
    """How images are written in somebody's arrays: ``(value + shift) * scale`` is from 0 to 255.

    Attributes:
        scale: what a value is multiplied by.
        shift: what is added to it before.
        has_channels: whether the arrays are ``[n, height, width, channels]``; grey ones can be
            ``[n, height, width]``.
    """

    scale: float = 1.0
    shift: float = 0.0
    has_channels: bool = True


BYTES = Pixels()
"""Pixels from 0 to 255, as Cotejo has them."""


def pixels_of(data: Any) -> Pixels:
    """Return how images are written in what `as_splits` understands; `BYTES` of anything else.

    Example:
        >>> pixels_of((np.ones((2, 8, 8)), [0, 1]))
        Pixels(scale=255.0, shift=0.0, has_channels=False)
    """
    pairs = [data] if _is_pair(data) else data
    if not isinstance(pairs, tuple | list) or not pairs or not all(map(_is_pair, pairs)):
        return BYTES
    images = [np.asarray(pair[0]) for pair in pairs]
    how = _pixels(images[0], _range(images))
    return replace(how, has_channels=images[0].ndim == 4)


def as_splits(data: Any, say: Say) -> Any:
    """Return the splits of `keras.datasets` by name, their arrays understood; else the data as is.

    Args:
        data: ``((x_train, y_train), (x_test, y_test))``, with the validation's pair between them
            if there are three; or one pair ``(images, labels)``; or anything else.
        say: told what was understood, in a sentence.
    """
    if _is_pair(data):
        return understood(data[0], data[1], say)
    if isinstance(data, tuple | list) and len(data) in (2, 3) and all(map(_is_pair, data)):
        names = ("train", "test") if len(data) == 2 else ("train", "valid", "test")
        images = [np.asarray(pair[0]) for pair in data]
        # All splits have one range: that of one alone could be another by chance.
        ends = _range(images)
        # What is true of all of them is said once.
        heard: dict[str, None] = {}
        splits = {
            name: (_bytes(of_split, ends, heard.setdefault), _numbers(pair[1], heard.setdefault))
            for name, of_split, pair in zip(names, images, data, strict=True)
        }
        for sentence in heard:
            say(sentence)
        return splits
    return data


def understood(images: Any, labels: Any, say: Say) -> tuple[Any, Any]:
    """Return images as bytes from 0 to 255 and labels as whole numbers.

    Images from 0 to 1, from -1 to 1, or of whole numbers from 0 to 255 in another type are
    understood; so are labels ``[n, 1]`` and one-hot labels ``[n, classes]``. Anything else is left
    as it is, and refused where it is checked.

    Example:
        >>> images, labels = understood(np.ones((2, 8, 8, 3)), np.eye(2), lambda sentence: None)
        >>> images.dtype, int(images.max()), labels.tolist()
        (dtype('uint8'), 255, [0, 1])
    """
    array = np.asarray(images)
    return _bytes(array, _range([array]), say), _numbers(labels, say)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and hasattr(value[0], "__array__")
        and np.ndim(value[0]) in (3, 4)
        and np.ndim(value[1]) in (1, 2)
    )


def _range(arrays: list[NDArray[Any]]) -> tuple[float, float]:
    """Return the smallest and the largest value of arrays of numbers."""
    numbers = [array for array in arrays if array.size and array.dtype.kind in "fiu"]
    if not numbers:
        return 0.0, 0.0
    return float(min(map(np.min, numbers))), float(max(map(np.max, numbers)))


def _bytes(array: NDArray[Any], ends: tuple[float, float], say: Say) -> NDArray[Any]:
    if array.dtype == np.uint8 or array.dtype.kind not in "fiu" or not array.size:
        return array
    low, high = ends
    how = _pixels(array, ends)
    if how != BYTES:
        say(message("cli.images_signed" if how.shift else "cli.images_unit"))
        return _rounded(array, how.scale, how.shift)
    whole = array.dtype.kind in "iu" or bool((array == np.rint(array)).all())
    if low >= 0 and high <= 255 and whole:
        return array.astype(np.uint8)
    return array


def _pixels(array: NDArray[Any], ends: tuple[float, float]) -> Pixels:
    low, high = ends
    if array.dtype.kind != "f" or not array.size or low < -1 or high > 1:
        return BYTES
    return Pixels(255.0, 0.0) if low >= 0 else Pixels(127.5, 1.0)


def _rounded(array: NDArray[Any], scale: float, shift: float) -> NDArray[np.uint8]:
    """Return bytes, a part at a time: as floats all at once they would take four times as much."""
    result = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), 1000):
        part = array[start : start + 1000].astype(np.float32)
        result[start : start + 1000] = np.rint((part + shift) * scale)
    return result


def _numbers(labels: Any, say: Say) -> Any:
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        return array[:, 0]
    is_hot = array.ndim == 2 and array.size and array.dtype.kind in "fiub"
    if is_hot and bool((array.sum(axis=1) == 1).all() and np.isin(array, (0, 1)).all()):
        say(message("cli.labels_one_hot"))
        return array.argmax(axis=1)
    if array.ndim == 1 and array.dtype.kind == "f" and bool((array == np.rint(array)).all()):
        return array.astype(np.int64)
    return labels
