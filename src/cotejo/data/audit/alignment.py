"""Laying one image over another: the shift and the scales under which they agree best.

The squared difference of luminance is minimised by the Gauss-Newton method, over a shift and a
scale in each direction. Brightness and contrast are fitted at the same time. Many small pairs are
computed at once.

References:
    Baker, S., and Matthews, I. (2004). Lucas-Kanade 20 years on: a unifying framework.
    International Journal of Computer Vision 56(3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["best_start", "refined", "warped"]

Pixels = NDArray[np.float32]
"""``[n, side, side]``."""

Warp = NDArray[np.float32]
"""``[n, 4]``: vertical scale and shift, horizontal scale and shift, about the centre.

Shifts are in pixels.
"""

_SCALES = (0.75, 1.33)
_FARTHEST = 0.25
"""The largest shift, as a share of the side."""

_STEP = (0.05, 0.03125)
"""The most by which one step changes a scale, and a shift as a share of the side."""


def best_start(first: Pixels, second: Pixels) -> Warp:
    """Return the shift and scale of ``second`` that agree best with ``first``, of a few tried.

    Example:
        >>> image = np.random.default_rng(0).normal(size=(1, 16, 16)).astype(np.float32)
        >>> best_start(image, image).tolist()
        [[1.0, 0.0, 1.0, 0.0]]
    """
    step = first.shape[1] * 0.09375  # 3 of 32 pixels
    starts = [(1.0, down, 1.0, across) for down in (0, -step, step) for across in (0, -step, step)]
    starts += [(scale, 0.0, scale, 0.0) for scale in (0.87, 1.15)]
    agreement = []
    for start in starts:
        moved, inside = warped(second, np.tile(np.array(start, np.float32), (len(first), 1)))
        agreement.append(_correlation(first, moved, inside))
    return np.asarray(np.array(starts, np.float32)[np.argmax(agreement, axis=0)])


def refined(first: Pixels, second: Pixels, warp: Warp, steps: int) -> Warp:
    """Return warps that lay ``second`` over ``first`` better than the ones given.

    Args:
        first: the images that stay.
        second: the images that are moved.
        warp: where to begin.
        steps: how many steps of the Gauss-Newton method.
    """
    side = first.shape[1]
    position = np.arange(side, dtype=np.float32) - (side - 1) / 2
    largest = np.array([_STEP[0], _STEP[1] * side] * 2, np.float32)
    low = np.array([_SCALES[0], -_FARTHEST * side] * 2, np.float32)
    high = np.array([_SCALES[1], _FARTHEST * side] * 2, np.float32)
    target = first.reshape(len(first), -1, 1)
    for _ in range(steps):
        moved, inside = warped(second, warp)
        down, across = np.gradient(moved, axis=(1, 2))
        down /= warp[:, 0, np.newaxis, np.newaxis]
        across /= warp[:, 2, np.newaxis, np.newaxis]
        parts = [down * position[:, np.newaxis], down, across * position, across, moved]
        columns = np.stack([*parts, np.ones_like(moved)], axis=1).reshape(len(first), 6, -1)
        weighted = columns * inside.reshape(len(first), 1, -1)
        normal = (weighted @ columns.transpose(0, 2, 1)).astype(np.float64)
        # An image that does not change along a direction is not moved along it.
        normal += 1e-3 * np.eye(6)
        solution = np.linalg.solve(normal, (weighted @ target).astype(np.float64))[..., 0]
        contrast = np.maximum(solution[:, 4:5], 0.1)
        change = np.clip(solution[:, :4] / contrast, -largest, largest)
        warp = np.clip(warp + change, low, high).astype(np.float32)
    return warp


def warped(images: Pixels, warp: Warp) -> tuple[Pixels, Pixels]:
    """Return images moved and scaled, and a mask: 1 where a pixel comes from inside, else 0.

    Example:
        >>> image = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
        >>> moved, inside = warped(image, np.array([[1, 0, 1, 1]], np.float32))
        >>> moved[0, 0].tolist(), inside[0, 0].tolist()
        ([1.0, 2.0, 0.0], [1.0, 1.0, 0.0])
    """
    side = images.shape[1]
    rows, inside_rows = _sampling(warp[:, 0], warp[:, 1], side)
    columns, inside_columns = _sampling(warp[:, 2], warp[:, 3], side)
    inside = inside_rows[:, :, np.newaxis] * inside_columns[:, np.newaxis, :]
    return np.asarray(rows @ images @ columns.transpose(0, 2, 1), np.float32), inside


def _correlation(first: Pixels, second: Pixels, inside: Pixels) -> NDArray[np.float32]:
    """Return each pair's correlation over the pixels inside both, ``[n]``; 0 for a plain image."""
    area = inside.sum(axis=(1, 2), keepdims=True)
    left = (first - (first * inside).sum(axis=(1, 2), keepdims=True) / area) * inside
    right = (second - (second * inside).sum(axis=(1, 2), keepdims=True) / area) * inside
    energy = (left * left).sum(axis=(1, 2)) * (right * right).sum(axis=(1, 2))
    return np.asarray((left * right).sum(axis=(1, 2)) / np.sqrt(np.maximum(energy, 1e-6)))


def _sampling(scale: Pixels, shift: Pixels, side: int) -> tuple[Pixels, Pixels]:
    """Return weights ``[n, side, side]``, linear between pixels, and a mask of those inside."""
    centre = (side - 1) / 2
    position = scale[:, np.newaxis] * (np.arange(side) - centre) + centre + shift[:, np.newaxis]
    weights = np.maximum(0, 1 - np.abs(position[:, :, np.newaxis] - np.arange(side)))
    inside = (position >= 0) & (position <= side - 1)
    return weights.astype(np.float32), inside.astype(np.float32)
