"""What several corruptions need: convolution, blurring, zooming and moving of many images at once.

Images are ``[n, height, width, channels]``, float32 in ``[0, 1]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

__all__ = ["convolved", "grey", "moved", "smoothed", "streaked", "zoomed"]

Images = NDArray[np.float32]


def convolved(images: Images, kernel: NDArray[np.float32]) -> Images:
    """Return images convolved with a symmetric kernel of odd sides, mirrored beyond their edges."""
    up, left = kernel.shape[0] // 2, kernel.shape[1] // 2
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (up, up), (left, left), (0, 0)), mode="reflect")
    result = np.zeros_like(images)
    for row, column in zip(*np.nonzero(kernel), strict=True):
        part = padded[:, row : row + height, column : column + width]
        result += kernel[row, column] * part
    return result


def smoothed(images: Images, deviation: float) -> Images:
    """Return images blurred by a Gaussian, their edges continued."""
    from scipy.ndimage import gaussian_filter

    blurred: Images = gaussian_filter(images, (0, deviation, deviation, 0), mode="nearest")
    return blurred


def streaked(images: Images, radius: float, deviation: float, degrees: Sequence[float]) -> Images:
    """Return images blurred along a line, as by a camera that moves and slows down.

    A pixel is the mean of those in one direction from it, weighted by half a Gaussian. Beyond the
    edges these go on. So does ImageMagick's ``-motion-blur``, with which the published sets were
    made.

    Args:
        images: at least one.
        radius: of the streak, whose length is ``2 * radius + 1`` pixels.
        deviation: of the Gaussian.
        degrees: the direction for each image, from the x axis to the y axis, which points down.
    """
    steps = np.arange(2 * ceil(radius) + 1)
    weights = np.exp(-(steps**2) / (2 * deviation**2)).astype(np.float32)
    weights /= weights.sum()
    height, width = images.shape[1:3]
    reach = len(steps)
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    result = np.zeros_like(images)
    angles = np.deg2rad(degrees)
    right = np.ceil(np.outer(np.cos(angles), steps) - 0.5).astype(int) + reach
    down = np.ceil(np.outer(np.sin(angles), steps) - 0.5).astype(int) + reach
    for place, image in enumerate(padded):
        for weight, row, column in zip(weights, down[place], right[place], strict=True):
            result[place] += weight * image[row : row + height, column : column + width]
    return result


def zoomed(images: Images, factors: Sequence[float]) -> Images:
    """Return the mean of images zoomed into their middle, linearly, by each of some factors.

    The middle ``side / factor`` pixels of each side, rounded up, are stretched so that the first
    and the last stay the ends; what that has too many is cut off at both ends.
    """
    total = np.zeros_like(images)
    for factor in factors:
        (top, bottom, down), (left, right, across) = (
            _stretched(side, factor) for side in images.shape[1:3]
        )
        above, below = images[:, top], images[:, bottom]
        lines = above + down[:, None, None] * (below - above)
        before, behind = lines[:, :, left], lines[:, :, right]
        total += before + across[:, None] * (behind - before)
    return total / np.float32(len(factors))


def _stretched(
    side: int, factor: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return, for each pixel of a zoomed line, the two that it lies between, and how far."""
    cut = ceil(side / factor)
    length = round(cut * factor)
    places = np.linspace(0, cut - 1, length)[(length - side) // 2 :][:side]
    first = places.astype(np.int64)
    start, last = (side - cut) // 2, cut - 1
    return start + first, start + np.minimum(first + 1, last), (places - first).astype(np.float32)


def grey(images: Images) -> Images:
    """Return the luminance of images, ``[n, height, width, 1]``, by Rec. 601."""
    if images.shape[-1] == 1:
        return images
    red, green, blue = np.moveaxis(images, -1, 0)
    light = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    luminance: Images = light[..., None]
    return luminance


def moved(
    images: Images, rows: NDArray[np.float32], columns: NDArray[np.float32], *, twice_edge: bool
) -> Images:
    """Return images sampled, linearly, at places of their own.

    Args:
        images: ``[n, height, width, channels]``.
        rows: ``[n, height, width]``, where each pixel comes from; beyond the edges is the mirror.
        columns: ``[n, height, width]``.
        twice_edge: whether the mirror repeats the pixels of the edge.
    """
    height, width = images.shape[1:3]
    top, left = np.floor(rows), np.floor(columns)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    tops = [_mirrored(top.astype(int) + step, height, twice_edge) for step in (0, 1)]
    lefts = [_mirrored(left.astype(int) + step, width, twice_edge) for step in (0, 1)]
    flat = images.reshape(len(images), height * width, -1)
    each = np.arange(len(images))[:, None, None]
    (a, b), (c, d) = ([flat[each, row * width + column] for column in lefts] for row in tops)
    above, below = a + right * (b - a), c + right * (d - c)
    result: Images = above + down * (below - above)
    return result


def _mirrored(places: NDArray[np.int64], side: int, twice_edge: bool) -> NDArray[np.int64]:
    """Return the places in ``[0, side)`` that mirrors at both ends lead to."""
    if side == 1:
        return np.zeros_like(places)
    period = 2 * side if twice_edge else 2 * side - 2
    wrapped = places % period
    last = period - 1 if twice_edge else period
    return np.where(wrapped < side, wrapped, last - wrapped)
