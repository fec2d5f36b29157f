"""How alike two images are, by their pixels: one laid over the other, and compared place by place.

A correlation over the whole image is high for any two dark planes on a bright sky: a few strong
edges make most of it. So small windows are compared each by itself, and every window with
something in it counts as much as the next. Copies of one photograph agree in nearly all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.alignment import best_start, refined, warped
from cotejo.data.audit.pixels import blurred, halved, small_luminance

__all__ = ["likeness"]

PROMISING = 0.6
"""The likeness at half size from which a pair is looked at in full: copies have 0.65 and more."""

NOISE = 2.0
"""Levels of 255: a window whose deviation is far below this has nothing in it but noise."""

_FILLED = 0.1
"""The share of an image's windows that must have something in them, or nothing can be said."""

_OVERLAP = 0.5
"""The share of the image on which the two must lie over each other."""

_WINDOW = 5


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how alike the images of each pair are, whatever their colours, place and size.

    The second is shifted by up to a quarter of the side and scaled by 0.75 to 1.33 in each
    direction until it agrees with the first. Then the two are correlated in windows of 5 by 5
    pixels, and the mean over the windows that have more than noise in them is what is returned.
    Colour has no say: only luminance is compared.

    Args:
        first: ``[n, height, width, channels]``, uint8.
        second: the same.

    Returns:
        ``[n]``, float32, in ``[0, 1]``: 1 for copies; 0 where they are nothing alike, or where
        there is too little in one of them to tell. Some 100 kB of memory is used a pair.

    Example:
        >>> image = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
        >>> likeness(image, image).round(2).tolist(), likeness(image, 255 - image).tolist()
        ([1.0], [0.0])
    """
    found = np.zeros(len(first), np.float32)
    if len(first) == 0:
        return found
    one, other = small_luminance(first), small_luminance(second)
    small, also_small = halved(one), halved(other)
    warp = refined(small, also_small, best_start(small, also_small), steps=4)
    promising = np.flatnonzero(_local_agreement(small, *warped(also_small, warp)) >= PROMISING)
    if len(promising):
        one, other = one[promising], other[promising]
        warp = warp[promising] * np.array([1, 2, 1, 2], np.float32)
        warp = refined(blurred(one), blurred(other), warp, steps=3)
        warp = refined(one, other, warp, steps=3)
        found[promising] = _local_agreement(one, *warped(other, warp))
    return found


def _local_agreement(
    one: NDArray[np.float32], other: NDArray[np.float32], inside: NDArray[np.float32]
) -> NDArray[np.float32]:
    area = np.maximum(_windowed(inside), 1e-3)

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(_windowed(values * inside) / area, np.float32)

    level, also_level = mean(one), mean(other)
    variance = np.maximum(mean(one * one) - level**2, 0)
    also_variance = np.maximum(mean(other * other) - also_level**2, 0)
    together = mean(one * other) - level * also_level
    agreement = together / np.sqrt(np.maximum(variance * also_variance, 1))
    either = np.maximum(variance, also_variance)
    weight = either / (either + NOISE**2) * inside
    filled, overlap = weight.sum(axis=(1, 2)), inside.sum(axis=(1, 2))
    score = (agreement * weight).sum(axis=(1, 2)) / np.maximum(filled, 1e-6)
    enough = (filled >= _FILLED * overlap) & (overlap >= _OVERLAP * one[0].size)
    return np.where(enough, np.clip(score, 0, 1), 0).astype(np.float32)


def _windowed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean over the window about each pixel; beyond the edge the edge goes on."""
    reach = _WINDOW // 2
    for axis in (1, 2):
        widths = [(0, 0)] * 3
        widths[axis] = (reach, reach)
        wide = np.moveaxis(np.pad(values, widths, mode="edge"), axis, 0)
        size = values.shape[axis]
        total = sum(wide[i : i + size] for i in range(_WINDOW))
        values = np.asarray(np.moveaxis(np.asarray(total) / _WINDOW, 0, axis), np.float32)
    return values
