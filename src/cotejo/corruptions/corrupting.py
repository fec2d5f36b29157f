"""Corrupt images: 15 ways at five severities, each image by draws of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import blur, digital, noise, weather
from cotejo.corruptions.strengths import CORRUPTIONS, strength

__all__ = ["corrupt"]

_FUNCTIONS: Mapping[str, Callable[..., NDArray[np.float32]]] = {
    name: getattr(module, name)
    for module in (noise, blur, weather, digital)
    for name in module.__all__
}


def corrupt(
    images: NDArray[np.uint8], name: str, severity: int, *, first: int = 0, seed: int = 0
) -> NDArray[np.uint8]:
    """Return images as they are after a corruption.

    What is drawn for an image depends on ``seed``, the corruption and the image's position in its
    set alone: neither on the images around it nor on the severity, which makes the same draws
    weigh more.

    Args:
        images: ``[n, height, width, channels]``, uint8, grey or of colours.
        name: one of `cotejo.corruptions.CORRUPTIONS`.
        severity: from 1 to 5.
        first: the position of the first of the images in its set; the others follow it.
        seed: 0 or more.

    Returns:
        An array of the same shape, uint8.

    Raises:
        ValueError: an argument is none of those.

    Example:
        >>> images = np.full((2, 32, 32, 3), 128, np.uint8)
        >>> noisy = corrupt(images, "gaussian_noise", 3)
        >>> noisy.shape, round(float(noisy.std()))
        ((2, 32, 32, 3), 21)
        >>> bool((corrupt(images[1:], "gaussian_noise", 3, first=1) == noisy[1:]).all())
        True

    References:
        Hendrycks, D. and Dietterich, T. (2019). Benchmarking neural network robustness to common
        corruptions and perturbations. ICLR. arXiv 1903.12261.
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3):
        raise ValueError(
            "`images` must be uint8 of [n, height, width, 1 or 3]; "
            f"received {images.dtype} of {list(images.shape)}"
        )
    figures: Any = strength(name, severity, *images.shape[1:3])
    if not len(images):
        return images.copy()
    number = CORRUPTIONS.index(name)
    draws = [np.random.default_rng([seed, number, first + place]) for place in range(len(images))]
    changed = _FUNCTIONS[name](images.astype(np.float32) / np.float32(255), draws, *figures)
    return np.rint(np.clip(changed, 0, 1) * 255).astype(np.uint8)
