"""Laying one image over another: the shift and the scales under which they agree best.

The squared difference of luminance is minimised by the Gauss-Newton method, over a shift and a
scale in each direction. Brightness and contrast are fitted at the same time. Many small pairs are
computed at once.

References:
    Baker, S., and Matthews, I. (2004). Lucas-Kanade 20 years on: a unifying framework.
    International Journal of Computer Vision 56(3).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.pixels import slopes

__all__ = ["Pixels", "Warp", "best_start", "refined", "warped"]

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

_TRIED = ((1.0, 0.0), (1.0, -0.09375), (1.0, 0.09375), (0.87, 0.0), (1.15, 0.0))
"""The scales and shifts tried at the start, shifts as a share of the side: 3 of 32 pixels."""

_TRIED_TOGETHER = (*((down, across) for down in range(3) for across in range(3)), (3, 3), (4, 4))
"""Which of them are tried vertically and horizontally."""


def best_start(first: Pixels, second: Pixels) -> Warp:
    """Return the shift and scale of ``second`` that agree best with ``first``, of a few tried.

    Example:
        >>> image = np.random.default_rng(0).normal(size=(1, 16, 16)).astype(np.float32)
        >>> best_start(image, image).tolist()
        [[1.0, 0.0, 1.0, 0.0]]
    """
    side = first.shape[1]
    samplings, turned, inside = _start_samplings(side)
    # Without the mean, the sums of products below lose no digits.
    still = (first - first.mean(axis=(1, 2), keepdims=True)).reshape(len(first), -1)
    second = second - second.mean(axis=(1, 2), keepdims=True)
    ones = np.ones(side**2, np.float32)
    masks = np.stack([np.outer(inside[i], inside[j]).ravel() for i, j in _TRIED_TOGETHER])
    area = masks.sum(axis=1)
    left = still @ masks.T
    energy = still**2 @ masks.T - left**2 / area
    moved_down = [rows @ second for rows in samplings]
    agreement = np.empty_like(left)
    for index, (down, across) in enumerate(_TRIED_TOGETHER):
        # It is 0 outside, so that no mask is needed.
        moved = (moved_down[down] @ turned[across]).reshape(still.shape)
        right = moved @ ones
        own = _dot(moved, moved) - right**2 / area[index]
        covariance = _dot(still, moved) - left[:, index] * right / area[index]
        # 0 for a plain image
        agreement[:, index] = covariance / np.sqrt(np.maximum(energy[:, index] * own, 1))
    warps = [(*_TRIED[down], *_TRIED[across]) for down, across in _TRIED_TOGETHER]
    chosen = np.array(warps, np.float32)[np.argmax(agreement, axis=1)]
    return np.asarray(chosen * np.array([1, side, 1, side], np.float32))


def refined(first: Pixels, second: Pixels, warp: Warp, steps: int) -> Warp:
    """Return warps that lay ``second`` over ``first`` better than the ones given.

    Args:
        first: the images that stay.
        second: the images that are moved.
        warp: where to begin.
        steps: how many steps of the Gauss-Newton method.
    """
    side = first.shape[1]
    largest = np.array([_STEP[0], _STEP[1] * side] * 2, np.float32)
    low = np.array([_SCALES[0], -_FARTHEST * side] * 2, np.float32)
    high = np.array([_SCALES[1], _FARTHEST * side] * 2, np.float32)
    scaling = np.ones((len(first), 7))
    for _ in range(steps):
        moved, inside = warped(second, warp)
        down, across = slopes(moved)
        down *= inside
        across *= inside
        moved *= inside
        products = _products(
            *(
                each.reshape(len(first), -1)
                for each in (down, across, moved, inside, first * inside)
            )
        )
        # The slopes are those of the moved image, whose pixels lie farther apart by the scale.
        scaling[:, :2], scaling[:, 2:4] = 1 / warp[:, :1], 1 / warp[:, 2:3]
        products *= scaling[:, :, np.newaxis] * scaling[:, np.newaxis, :]
        # An image that does not change along a direction is not moved along it.
        normal = products[:, :6, :6] + 1e-3 * np.eye(6)
        solution = np.linalg.solve(normal, products[:, :6, 6:])[..., 0]
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
    columns, inside_columns = _sampling(warp[:, 2], warp[:, 3], side, transposed=True)
    inside = inside_rows[:, :, np.newaxis] * inside_columns[:, np.newaxis, :]
    return np.asarray(rows @ images @ columns, np.float32), inside


def _products(
    down: Pixels, across: Pixels, moved: Pixels, inside: Pixels, still: Pixels
) -> NDArray[np.float64]:
    """Return the scalar products of the columns of the least squares problem, ``[n, 7, 7]``.

    The columns are the changes of the moved image with its four parameters, the image itself, the
    mask, and the image that stays; all are given as ``[n, pixels]``. A matrix product of so few
    columns takes twice as long.
    """
    rows, columns = _positions(round(down.shape[1] ** 0.5))
    parts = (down * rows, down, across * columns, across, moved, inside, still)
    products = np.empty((len(down), len(parts), len(parts)))
    for i, one in enumerate(parts):
        for j, other in enumerate(parts[: i + 1]):
            products[:, i, j] = products[:, j, i] = _dot(one, other)
    return products


@cache
def _positions(side: int) -> tuple[Pixels, Pixels]:
    """Return the row and the column of each pixel, counted from the centre, ``[side * side]``."""
    at = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    return np.repeat(at, side), np.tile(at, side)


def _dot(first: Pixels, second: Pixels) -> NDArray[np.float32]:
    """Return the scalar product of each row of ``[n, pixels]`` with the same row of the other."""
    return np.asarray(np.vecdot(first, second))


@cache
def _start_samplings(side: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return `_sampling` of what is tried at the start, also transposed; 0 outside."""
    scale, shift = np.array(_TRIED, np.float32).T
    weights, inside = _sampling(scale, shift * side, side)
    weights = weights * inside[:, :, np.newaxis]
    return weights, np.ascontiguousarray(weights.transpose(0, 2, 1)), inside


def _sampling(
    scale: Pixels, shift: Pixels, side: int, transposed: bool = False
) -> tuple[Pixels, Pixels]:
    """Return weights ``[n, to, from]``, linear between pixels, and a mask of those inside.

    Transposed, the weights are ``[n, from, to]``: matrices that lie in memory as they are used are
    multiplied in half the time.
    """
    centre = np.float32((side - 1) / 2)
    at = np.arange(side, dtype=np.float32)
    position = scale[:, np.newaxis] * (at - centre) + (centre + shift[:, np.newaxis])
    change, still = _distances(side, transposed)
    weights = np.stack([scale, shift], axis=1) @ change
    weights += still
    np.abs(weights, out=weights)
    np.subtract(1, weights, out=weights)
    np.maximum(weights, 0, out=weights)
    inside = (position >= 0) & (position <= side - 1)
    return weights.reshape(-1, side, side), inside.astype(np.float32)


@cache
def _distances(side: int, transposed: bool) -> tuple[Pixels, Pixels]:
    """Return how far each pixel lies from where another is taken from, by scale and shift.

    It is ``scale * a + shift * b + c``, with the rows ``a`` and ``b`` of the first array and with
    ``c`` as the second: ``[2, side * side]`` and ``[side * side]``.
    """
    at = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    to, source = np.meshgrid(at, at, indexing="xy" if transposed else "ij")
    return np.stack([to.ravel(), np.ones(side**2, np.float32)]), -source.ravel()
