"""The flip, left to right, where no other part takes it along."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops

__all__ = ["flip"]


def flip(images: Any, seed: keras.random.SeedGenerator) -> Any:
    """Mirror half of the images left to right.

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
    """
    draws = keras.random.uniform((ops.shape(images)[0],), 0.0, 1.0, seed=seed)
    flips = ops.reshape(draws < 0.5, (-1, 1, 1, 1))
    return ops.where(flips, ops.flip(images, axis=2), images)
