"""Checks of images and labels that a user gives as arrays; an error is one line long.

The checks look at types and shapes, and at the smallest and the largest label. Images are neither
copied nor read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError

__all__ = ["CHANNELS", "checked_images", "checked_labels"]

CHANNELS = (1, 3)
"""The numbers of channels that an image can have: grey, or red, green and blue."""


def checked_images(images: Any, name: str) -> NDArray[np.uint8]:
    """Return images as ``[n, height, width, channels]``, uint8.

    Images without a channel axis are grey, and get one.

    Args:
        images: an array, or anything that NumPy can turn into one.
        name: what an error calls the images.

    Raises:
        DataError: the images have another type or shape.

    Example:
        >>> checked_images(np.zeros((5, 28, 28), np.uint8), "train.images").shape
        (5, 28, 28, 1)
        >>> checked_images(np.zeros((5, 28, 28), np.float32), "train.images")
        Traceback (most recent call last):
        cotejo.errors.DataError: `train.images` must be uint8 from 0 to 255; received float32. \
If they go from 0 to 1, convert them: np.rint(255 * images).astype(np.uint8); if from 0 to 255: \
images.astype(np.uint8).
    """
    array = _array(images, name)
    shape = list(array.shape)
    if array.ndim not in (3, 4):
        key = "images_flat" if array.ndim < 3 else "images_shape"
        raise DataError(key, name=name, shape=shape)
    if array.dtype != np.uint8:
        raise DataError("images_type", name=name, type=array.dtype)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.shape[3] not in CHANNELS:
        key = "images_channels_first" if array.shape[1] in CHANNELS else "images_channels"
        raise DataError(key, name=name, shape=shape, channels=array.shape[3])
    if 0 in array.shape[1:3]:
        raise DataError("images_shape", name=name, shape=shape)
    return array


def checked_labels(labels: Any, name: str, images: int, classes: int) -> NDArray[np.int32]:
    """Return labels as ``[n]``, int32. Other types of whole numbers and ``[n, 1]`` are converted.

    Args:
        labels: an array, or anything that NumPy can turn into one.
        name: what an error calls the labels.
        images: the number of images, which is the number of labels that there must be.
        classes: the number of classes; labels go from 0 to ``classes - 1``.

    Raises:
        DataError: the labels have another type, shape or range.

    Example:
        >>> checked_labels([[3], [0]], "train.labels", images=2, classes=4).tolist()
        [3, 0]
        >>> checked_labels([1, 4], "train.labels", images=2, classes=4)
        Traceback (most recent call last):
        cotejo.errors.DataError: `train.labels` must go from 0 to 3, the last of 4 classes; \
received 1 to 4. If they count from 1, take 1 away; else name every class in `class_names`.
    """
    array = _array(labels, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2:
        raise DataError("labels_one_hot", name=name, shape=list(array.shape))
    if array.shape != (images,):
        raise DataError("labels_count", name=name, shape=list(array.shape), images=images)
    if not images:
        return np.zeros(0, np.int32)
    if array.dtype.kind not in "iu":
        raise DataError("labels_type", name=name, type=array.dtype)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= classes:
        raise DataError(
            "labels_range", name=name, low=low, high=high, last=classes - 1, classes=classes
        )
    return array.astype(np.int32, copy=False)


def _array(values: Any, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except Exception as error:  # unequal lists, and whatever arrays of another library raise
        raise DataError("no_array", name=name, type=type(values).__name__) from error
