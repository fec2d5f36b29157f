"""Traits of an image that can be measured without knowing what it shows: light, focus, colour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.luminance import luminance

__all__ = ["TRAITS", "image_traits"]

TRAITS = ("brightness", "contrast", "sharpness", "colourfulness")
"""The names of the traits, in the order in which they are shown."""

_SMALLEST_VARIANCE = 1e-5
"""The variance taken for an even image; it is below the noise of rounding to 256 levels."""
_CHUNK_VALUES = 2**24
"""The pixel values converted to float32 at a time: 64 MiB, whatever the number of images."""


def image_traits(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Return the traits of many images.

    - ``brightness``: the mean luma, from 0 (black) to 1 (white).
    - ``contrast``: the standard deviation of luma, in ``[0, 0.5]`` (Peli).
    - ``sharpness``: the decimal logarithm of the variance of luma's Laplacian, at least -5. It is
      low where an image is blurred or shows little (Pech-Pacheco et al.).
    - ``colourfulness``: how far the colours are from grey and from each other, on values in
      ``[0, 1]``; 0 for a grey image (Hasler and Süsstrunk).

    Args:
        images: ``[n, height, width, channels]``, uint8; the channels are red, green and blue, or
            a single grey one.

    Returns:
        ``[n]``, float32, under each name of `TRAITS`.

    Raises:
        ValueError: ``images`` has another shape or type.

    Example:
        >>> black_and_grey = np.stack([np.zeros((4, 4, 3)), np.full((4, 4, 3), 128)])
        >>> image_traits(black_and_grey.astype(np.uint8))["brightness"].round(2).tolist()
        [0.0, 0.5]

    References:
        Peli, E. (1990). Contrast in complex images. Journal of the Optical Society of America
        A 7(10).
        Pech-Pacheco, J. L. et al. (2000). Diatom autofocusing in brightfield microscopy: a
        comparative study. ICPR.
        Hasler, D. and Süsstrunk, S. (2003). Measuring colourfulness in natural images. SPIE
        5007.
    """
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or images.dtype != np.uint8:
        raise ValueError(
            "`images` must be uint8 [n, height, width, 1 or 3]; "
            f"received {images.dtype} {list(images.shape)}"
        )
    step = max(_CHUNK_VALUES // max(int(np.prod(images.shape[1:])), 1), 1)
    parts = [_traits(images[start : start + step]) for start in range(0, len(images), step)]
    empty = np.zeros(0, np.float32)
    return {name: np.concatenate([empty, *(part[name] for part in parts)]) for name in TRAITS}


def _traits(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    values = images.astype(np.float32) / np.float32(255)
    luma = luminance(images) / np.float32(255)
    return {
        "brightness": luma.mean(axis=(1, 2)),
        "contrast": luma.std(axis=(1, 2)),
        "sharpness": _sharpness(luma),
        "colourfulness": _colourfulness(values),
    }


def _sharpness(luma: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Return the logarithm of the variance of the Laplacian, for luma ``[n, height, width]``."""
    # The edge pixels are repeated outwards, so that even an image of one pixel has a Laplacian.
    padded = np.pad(luma, ((0, 0), (1, 1), (1, 1)), mode="edge")
    around = padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:]
    variance = (around - 4 * luma).var(axis=(1, 2))
    sharpness: NDArray[np.float32] = np.log10(np.maximum(variance, _SMALLEST_VARIANCE))
    return sharpness


def _colourfulness(values: NDArray[np.float32]) -> NDArray[np.float32]:
    if values.shape[-1] == 1:
        return np.zeros(len(values), np.float32)
    red, green, blue = np.moveaxis(values, -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    spread = np.sqrt((opponents.var(axis=(2, 3))).sum(axis=0))
    distance = np.sqrt((opponents.mean(axis=(2, 3)) ** 2).sum(axis=0))
    colourfulness: NDArray[np.float32] = spread + np.float32(0.3) * distance
    return colourfulness
