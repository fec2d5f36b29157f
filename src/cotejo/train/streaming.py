"""Images that do not fit on the device: each step's are fed with it, from the memory or a map."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import device_memory, steps_feed, streamed_feed
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError
from cotejo.train.stages import resized_images, scaled_shape

if TYPE_CHECKING:
    from cotejo.train.learner import Learner

__all__ = ["batch_input", "feed", "fits"]

_SHARE = 0.4
"""The most that images may take of the memory that is free on the device."""

_LIMIT = "COTEJO_IMAGES_MB"
"""The variable that sets the most megabytes of images on the device, in place of that share."""


def fits(split: Split, scale: float = 1.0) -> bool:
    """Return whether the images of a split can be kept on the device.

    Args:
        split: the training images.
        scale: what their sides are multiplied by.

    Raises:
        ConfigError: ``COTEJO_IMAGES_MB`` is no number.
    """
    shape = scaled_shape(split.images.shape[1:], scale)
    size = len(split) * int(np.prod(shape)) * split.images.dtype.itemsize
    limit = _limit()
    return limit is None or size <= limit


def feed(
    learner: Learner, batches: tuple[NDArray[np.int32], NDArray[np.int32]], split: Split
) -> Any:
    """Return what `fit` is fed with: indices and labels, and the images if they are streamed.

    Args:
        learner: that is fed.
        batches: the indices and the labels of each step, each ``[steps, batch]``.
        split: the training images.
    """
    if learner.images is not None:
        return steps_feed(*batches)
    order, labels = batches

    def step(number: int) -> tuple[Any, NDArray[Any]]:
        return batch_input(learner, order[number], split), labels[number]

    return streamed_feed(len(order), step)


def batch_input(learner: Learner, indices: NDArray[np.int32], split: Split) -> Any:
    """Return what a learner takes for one batch: the indices, or these and their images."""
    if learner.images is not None:
        return indices
    pixels = np.asarray(split.images[indices % learner.count])
    return {"indices": indices, "pixels": resized_images(pixels, learner.scale)}


def _limit() -> float | None:
    """Return the most bytes of images on the device; None if it is unknown."""
    asked = os.environ.get(_LIMIT)
    if asked is not None:
        if not asked.isdecimal():
            raise ConfigError("images_mb", received=asked)
        return int(asked) * 1e6
    free = device_memory()
    return None if free is None else _SHARE * free
