"""The pixels that the audit compares: luminance, resized to one small size, and blurred."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cotejo.data.luminance import luminance

__all__ = ["CHECKED", "blurred", "halved", "slopes", "small_luminance"]

CHECKED = (32, 64)
"""The least and the most pixels per side; smaller and larger images are resized to these."""

_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


def small_luminance(images: NDArray[np.uint8], largest: int = CHECKED[1]) -> NDArray[np.float32]:
    """Return the luminance of images as squares of one size.

    A side has as many pixels as the longer side of the images, but at least 32 and at most
    ``largest``, and one more if it is odd. CIFAR-10's images keep every pixel as it is.

    Args:
        images: ``[n, height, width, channels]``, uint8.
        largest: the most pixels per side.

    Returns:
        ``[n, side, side]``, float32, in ``[0, 255]``.

    Example:
        >>> small_luminance(np.zeros((2, 8, 6, 1), np.uint8)).shape
        (2, 32, 32)
    """
    height, width = images.shape[1:3]
    side = min(max(height, width, CHECKED[0]), largest)
    side += side % 2
    grey = luminance(images)
    if (height, width) == (side, side):
        return grey
    rows, columns = _resampling(height, side), _resampling(width, side)
    return np.asarray(rows @ grey @ columns.T, np.float32)


def blurred(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``[n, height, width]`` convolved with the binomial 1 4 6 4 1 in both directions."""
    height, width = grey.shape[1:]
    wide = np.pad(grey, ((0, 0), (2, 2), (0, 0)), mode="edge")
    down = sum(weight * wide[:, i : i + height] for i, weight in enumerate(_BINOMIAL))
    wide = np.pad(down, ((0, 0), (0, 0), (2, 2)), mode="edge")
    both = sum(weight * wide[:, :, i : i + width] for i, weight in enumerate(_BINOMIAL))
    return np.asarray(both, np.float32)


def halved(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``[n, side, side]`` at half the size: a pixel is the mean of four. Sides are even."""
    wide = grey[:, ::2] + grey[:, 1::2]
    return (wide[:, :, ::2] + wide[:, :, 1::2]) * np.float32(0.25)


def slopes(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how much images rise downwards and across, per pixel: `np.gradient`, faster.

    Example:
        >>> down, across = slopes(np.array([[[0, 1, 4], [0, 3, 8]]], np.float32))
        >>> down[0].tolist(), across[0].tolist()
        ([[0.0, 2.0, 4.0], [0.0, 2.0, 4.0]], [[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
    """
    grey = np.ascontiguousarray(grey)
    down, across = np.empty_like(grey), np.empty_like(grey)
    np.subtract(grey[:, 2:], grey[:, :-2], out=down[:, 1:-1])
    down[:, 1:-1] *= np.float32(0.5)
    # All rows in one go, across their ends, which are set right below.
    inner = across.ravel()[1:-1]
    np.subtract(grey.ravel()[2:], grey.ravel()[:-2], out=inner)
    inner *= np.float32(0.5)
    down[:, 0], down[:, -1] = grey[:, 1] - grey[:, 0], grey[:, -1] - grey[:, -2]
    across[..., 0], across[..., -1] = grey[..., 1] - grey[..., 0], grey[..., -1] - grey[..., -2]
    return down, across


@cache
def _resampling(size: int, target: int) -> NDArray[np.float32]:
    """Return weights ``[target, size]``: linear between pixels, or averaging to a smaller size."""
    scale = size / target
    reach = max(scale, 1.0)
    centres = (np.arange(target) + 0.5) * scale - 0.5
    distances = np.abs(np.arange(size) - centres[:, np.newaxis])
    weights = np.maximum(0, 1 - distances / reach)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
