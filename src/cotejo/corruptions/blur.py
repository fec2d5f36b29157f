"""Blur: a lens out of focus, frosted glass, a camera that moves, and one that comes nearer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions.sampling import convolved, smoothed, streaked, zoomed

__all__ = ["defocus_blur", "glass_blur", "motion_blur", "zoom_blur"]

Images = NDArray[np.float32]
Draws = Sequence[np.random.Generator]


def defocus_blur(images: Images, draws: Draws, radius: float, soft: float) -> Images:
    """Spread each pixel over a disk with a soft edge; nothing is drawn."""
    return convolved(images, _disk(radius, soft))


def _disk(radius: float, soft: float) -> NDArray[np.float32]:
    """Return a disk whose edge is softened by a Gaussian of 3 pixels, or of 5 for large disks."""
    side = 8 if radius <= 8 else int(radius)
    reach = np.arange(-side, side + 1)
    disk = (reach[:, None] ** 2 + reach**2 <= radius**2).astype(np.float32)
    half = 1 if radius <= 8 else 2
    soften = np.exp(-(np.arange(-half, half + 1) ** 2) / (2 * soft**2))
    soften = np.outer(soften, soften).astype(np.float32)
    padded = np.pad(disk, half)[None, :, :, None]
    softened = convolved(padded, soften / soften.sum())[0, :, :, 0]
    softened /= softened.sum()
    # What is left of a tail as thin as this changes no value of 255.
    softened[softened < 1e-7] = 0
    used = int(np.abs(np.argwhere(softened) - len(softened) // 2).max())
    middle = len(softened) // 2
    part = slice(middle - used, middle + used + 1)
    return softened[part, part]


def motion_blur(images: Images, draws: Draws, radius: float, deviation: float) -> Images:
    """Blur each image along a line of its own, at most 45 degrees off the horizontal."""
    return streaked(images, radius, deviation, [draw.uniform(-45, 45) for draw in draws])


def zoom_blur(images: Images, draws: Draws, zooms: float, step: float) -> Images:
    """Average an image with itself zoomed by 1, 1 + step and so on; nothing is drawn."""
    # As the authors count them: with other rounding errors, a zoomed side may be a pixel longer.
    factors = np.arange(1, 1 + step * (zooms + 0.5), step).tolist()
    return (images + len(factors) * zoomed(images, factors)) / np.float32(len(factors) + 1)


def glass_blur(
    images: Images, draws: Draws, deviation: float, reach: float, times: float
) -> Images:
    """Blur, take each pixel from a place near it, and blur again.

    From the last pixel to the first, each becomes one of its neighbours as they are then, so that
    a pixel can come from far. The authors' code, which made the published sets, seems to swap the
    two; but as both names are views of one array, it copies, and so does this.
    """
    blurred = np.floor(smoothed(images, deviation) * np.float32(255))
    result: Images = blurred.astype(np.float32) / np.float32(255)
    for _ in range(int(times)):
        sources = np.stack([_sources(draw, images.shape[1:3], int(reach)) for draw in draws])
        flat = result.reshape(len(images), -1, images.shape[3])
        result = np.take_along_axis(flat, sources[..., None], 1).reshape(images.shape)
    return smoothed(result, deviation)


def _sources(draw: np.random.Generator, size: tuple[int, int], reach: int) -> NDArray[np.int64]:
    """Return from where each pixel comes in the end, ``[height * width]``.

    A neighbour further on has had its own turn before, and is what it has become then: the chain
    of neighbours ends at the first that has not. Chains are followed for all pixels at once, each
    time twice as far.
    """
    height, width = size
    grid = np.arange(height * width).reshape(size)
    # Those too near the edges keep theirs.
    rows, columns = slice(reach + 1, height - reach + 1), slice(reach + 1, width - reach + 1)
    drawn = draw.integers(-reach, reach, (2, *grid[rows, columns].shape))
    near, moves = grid.copy(), np.zeros(size, bool)
    near[rows, columns] += drawn[0] * width + drawn[1]
    moves[rows, columns] = True
    places, sources, moved = grid.ravel(), near.ravel(), moves.ravel()
    goes_on = moved & (sources > places) & moved[sources]
    while goes_on.any():
        further = goes_on & goes_on[sources]
        sources, goes_on = np.where(goes_on, sources[sources], sources), further
    return sources
