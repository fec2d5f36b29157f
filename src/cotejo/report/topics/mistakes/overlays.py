"""Occlusion maps, laid over their images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.luminance import luminance

__all__ = ["overlaid"]

# Orange and blue, which colour-blind readers tell apart: for the class, and against it.
_FOR, _AGAINST = np.array([230, 97, 1], np.float32), np.array([0, 90, 181], np.float32)
_STRONGEST = 0.8
"""The share of colour at the strongest place of a map; the rest is the image."""


def overlaid(
    image: NDArray[np.uint8], values: NDArray[np.float32], largest: float
) -> NDArray[np.uint8]:
    """Return an image in pale grey under its map: orange where above 0, blue where below.

    Args:
        image: ``[height, width, channels]``, uint8, of 1 or 3 channels.
        values: ``[height, width]``.
        largest: the magnitude that has the strongest colour; above 0.

    Returns:
        ``[height, width, 3]``, uint8.

    Example:
        >>> image = np.full((1, 3, 1), 100, np.uint8)
        >>> overlaid(image, np.array([[-1.0, 0, 1.0]], np.float32), 1.0)[0].tolist()
        [[35, 107, 180], [177, 177, 177], [219, 113, 36]]
    """
    grey = luminance(image[np.newaxis])[0]
    # Half the way to white, so that the colours stand out from the darkest image.
    pale = np.repeat((grey[..., None] + 255) / 2, 3, axis=-1)
    strength = np.clip(np.abs(values) / largest, 0, 1)[..., None] * _STRONGEST
    colours = np.where(values[..., None] > 0, _FOR, _AGAINST)
    mixed: NDArray[np.uint8] = (pale * (1 - strength) + colours * strength).astype(np.uint8)
    return mixed
