"""How alike two images are, by their pixels: one is laid over the other and compared in windows.

A correlation over the whole image is high for any two dark planes on a bright sky, because a few
strong edges make up most of it. So small windows are compared one by one, and every window with
something in it has the same weight. Copies of one photograph agree in nearly all windows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.alignment import best_start, refined, warped
from cotejo.data.audit.pixels import blurred, halved, small_luminance

__all__ = ["likeness"]

PROMISING = 0.6
"""The likeness at half size from which a pair is compared in full: copies have 0.65 and more."""

NOISE = 2.0
"""A standard deviation, in levels of 255: a window far below it has nothing in it but noise."""

_FILLED = 0.1
"""The share of an image's windows that must have something in them, for a comparison."""

_OVERLAP = 0.5
"""The share of the image that the two must have in common when one is laid over the other."""

_WINDOW = 5


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how alike the images of each pair are, whatever their colours, position and size.

    The second is shifted by up to a quarter of the side and scaled by 0.75 to 1.33 in each
    direction, until it agrees best with the first. Then the two are correlated in windows of 5 by
    5 pixels. The likeness is the mean over the windows that have more than noise in them. Only
    luminance is compared, no colour.

    Args:
        first: ``[n, height, width, channels]``, uint8.
        second: the same.

    Returns:
        ``[n]``, float32, in ``[0, 1]``: 1 for copies; 0 if the two are not alike at all, or if
        there is too little in one of them to tell. A pair takes some 100 kB of memory.

    Example:
        >>> image = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
        >>> likeness(image, image).round(2).tolist(), likeness(image, 255 - image).tolist()
        ([1.0], [0.0])
    """
    likenesses = np.zeros(len(first), np.float32)
    if len(first) == 0:
        return likenesses
    left, right = small_luminance(first), small_luminance(second)
    left_half, right_half = halved(left), halved(right)
    warp = refined(left_half, right_half, best_start(left_half, right_half), steps=4)
    agreement = _local_agreement(left_half, *warped(right_half, warp))
    promising = np.flatnonzero(agreement >= PROMISING)
    if len(promising):
        left, right = left[promising], right[promising]
        # Twice the size: a shift in pixels doubles, a scale stays.
        warp = warp[promising] * np.array([1, 2, 1, 2], np.float32)
        warp = refined(blurred(left), blurred(right), warp, steps=3)
        warp = refined(left, right, warp, steps=3)
        likenesses[promising] = _local_agreement(left, *warped(right, warp))
    return likenesses


def _local_agreement(
    left: NDArray[np.float32], right: NDArray[np.float32], inside: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the mean correlation over windows, where ``right`` lies over ``left``."""
    area = np.maximum(_windowed(inside), 1e-3)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(_windowed(values * inside) / area, np.float32)

    left_mean, right_mean = mean(left), mean(right)
    left_variance = np.maximum(mean(left * left) - left_mean**2, 0)
    right_variance = np.maximum(mean(right * right) - right_mean**2, 0)
    covariance = mean(left * right) - left_mean * right_mean
    agreement = covariance / np.sqrt(np.maximum(left_variance * right_variance, 1))
    larger = np.maximum(left_variance, right_variance)
    weight = larger / (larger + NOISE**2) * inside
    filled, overlap = weight.sum(axis=(1, 2)), inside.sum(axis=(1, 2))
    score = (agreement * weight).sum(axis=(1, 2)) / np.maximum(filled, 1e-6)
    enough = (filled >= _FILLED * overlap) & (overlap >= _OVERLAP * left[0].size)
    return np.where(enough, np.clip(score, 0, 1), 0).astype(np.float32)


def _windowed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean over the window around each pixel; the edge is repeated beyond the edge."""
    reach = _WINDOW // 2
    for axis in (1, 2):
        widths = [(0, 0)] * 3
        widths[axis] = (reach, reach)
        wide = np.moveaxis(np.pad(values, widths, mode="edge"), axis, 0)
        size = values.shape[axis]
        total = sum(wide[i : i + size] for i in range(_WINDOW))
        values = np.asarray(np.moveaxis(np.asarray(total) / _WINDOW, 0, axis), np.float32)
    return values
