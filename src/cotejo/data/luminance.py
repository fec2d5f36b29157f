"""Luminance: how bright each pixel is, whatever its colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["luminance"]

_WEIGHTS = (0.299, 0.587, 0.114)
"""The weights of red, green and blue in Rec. 601."""


def luminance(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the luminance of images, in ``[0, 255]``.

    Args:
        images: ``[n, height, width, channels]``, uint8. Three channels are red, green and blue;
            of any other number of channels, the mean is taken.

    Returns:
        ``[n, height, width]``, float32.

    Example:
        >>> luminance(np.full((1, 2, 2, 3), 255, np.uint8))[0, 0].round().tolist()
        [255.0, 255.0]
    """
    channels = images.shape[-1]
    weights = _WEIGHTS if channels == 3 else (1 / channels,) * channels
    grey = images[..., 0] * np.float32(weights[0])
    for channel in range(1, channels):
        grey = grey + images[..., channel] * np.float32(weights[channel])
    return np.asarray(grey, np.float32)
