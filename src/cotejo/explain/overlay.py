"""A map laid over its picture: orange where it speaks for a class, blue where against."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.luminance import luminance

__all__ = ["colour_scale", "overlaid"]

_HUE_FOR, _HUE_AGAINST = 50.0, 255.0
"""Orange and blue, as angles of Oklab in degrees; colour-blind readers tell them apart."""
_LIGHTNESS, _CHROMA = 0.65, 0.16
"""Of the strongest colours: the same for both, so that neither looks stronger."""
_STRONGEST = 0.85
"""The share of colour at the strongest place of a map; the rest is the picture."""

# Oklab's matrices, from linear RGB to cones and from cones to lightness and two hues.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES, _FROM_LAB = np.linalg.inv(_TO_CONES), np.linalg.inv(_TO_LAB)


def overlaid(
    picture: NDArray[np.uint8], heat: NDArray[np.float32], largest: float
) -> NDArray[np.uint8]:
    """Return a picture in pale grey under its map: orange where above 0, blue where below.

    Grey and colour are mixed in Oklab, in which equal steps look equal: a value twice as large
    looks twice as coloured, and orange no stronger than blue.

    Args:
        picture: ``[height, width, channels]``, uint8, of 1 or 3 channels.
        heat: ``[height, width]``.
        largest: the magnitude that has the strongest colour; above 0.

    Returns:
        ``[height, width, 3]``, uint8.

    Example:
        >>> picture = np.full((1, 3, 1), 100, np.uint8)
        >>> left, middle, right = overlaid(picture, np.array([[-1, 0, 1]], np.float32), 1.0)[0]
        >>> bool(left[2] > left[0]), bool(right[0] > right[2]), len(set(middle.tolist()))
        (True, True, 1)

    References:
        Ottosson, B. (2020). A perceptual color space for image processing.
        https://bottosson.github.io/posts/oklab/
    """
    grey = luminance(picture[np.newaxis])[0]
    # Half the way to white, so that the colours stand out from the darkest picture.
    pale = np.repeat((grey[..., None] + 255) / 2, 3, axis=-1)
    return _mixed(_oklab(pale), np.clip(heat / largest, -1, 1))


def colour_scale(steps: int) -> NDArray[np.uint8]:
    """Return the colours from the strongest against to the strongest for, ``[steps, 3]``.

    Example:
        >>> colour_scale(3).shape
        (3, 3)
    """
    grey = np.full((steps, 3), 216.0)
    return _mixed(_oklab(grey), np.linspace(-1, 1, steps))


def _mixed(lab: NDArray[Any], strength: NDArray[Any]) -> NDArray[np.uint8]:
    """Return colours of Oklab mixed with the map's, as RGB; strengths are in ``[-1, 1]``."""
    share = np.abs(strength)[..., None] * _STRONGEST
    mixed = lab * (1 - share) + np.where(strength[..., None] > 0, _FOR, _AGAINST) * share
    linear = np.clip((mixed @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T, 0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((coded * 255).round(), np.uint8)


def _oklab(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return RGB values in ``[0, 255]`` as Oklab's ``[..., 3]``."""
    coded = values / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def _of_hue(degrees: float) -> NDArray[np.float64]:
    angle = np.radians(degrees)
    return np.array([_LIGHTNESS, _CHROMA * np.cos(angle), _CHROMA * np.sin(angle)])


_FOR, _AGAINST = _of_hue(_HUE_FOR), _of_hue(_HUE_AGAINST)
