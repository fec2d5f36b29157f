"""Probes: images that show none of the classes, made without other data.

A network that says when it does not know is tried on them. There are three kinds: noise, plain
walls, and images of the set whose phases are scrambled, which keep their colours and how much of
them is fine and how much is coarse, and show nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["PROBES", "noise", "probes", "scrambled", "walls"]

_SHADING = 30.0
"""The most by which a wall is lighter or darker at its sides than in its middle, of 255."""


def noise(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Return as many images of noise: each value is drawn by itself, all equally likely.

    Args:
        images: ``[n, height, width, channels]``; only their shape counts.
        random: where the draws come from.
    """
    return random.integers(0, 256, images.shape, dtype=np.uint8)


def walls(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Return as many plain walls: one colour each, evenly lit or a little darker to one side.

    Args:
        images: ``[n, height, width, channels]``; only their shape counts.
        random: where the draws come from.
    """
    count, height, width, channels = images.shape
    colours = random.uniform(0, 255, (count, 1, 1, channels))
    slopes = random.uniform(-_SHADING, _SHADING, (2, count, 1, 1, 1)) / np.sqrt(2)
    slopes *= random.random((count, 1, 1, 1)) < 0.5
    down = np.linspace(-1, 1, height)[:, None, None]
    across = np.linspace(-1, 1, width)[None, :, None]
    return _pixels(colours + slopes[0] * down + slopes[1] * across)


def scrambled(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Return the images with their phases scrambled, in all channels alike.

    Args:
        images: ``[n, height, width, channels]``.
        random: where the draws come from.

    References:
        Theiler, J., Eubank, S., Longtin, A., Galdrikian, B., and Farmer, J. D. (1992). Testing for
        nonlinearity in time series: the method of surrogate data. Physica D 58.

    Example:
        >>> images = np.random.default_rng(0).integers(100, 150, (1, 8, 8, 1), dtype=np.uint8)
        >>> changed = scrambled(images, np.random.default_rng(1))
        >>> bool(abs(changed.mean() - images.mean()) < 1), bool((changed != images).any())
        (True, True)
    """
    pixels = images.astype(np.float64)
    height, width = images.shape[1:3]
    # The phases of noise are those of a real image, so that nothing imaginary is left over.
    drawn = np.fft.rfft2(random.normal(size=(len(images), height, width, 1)), axes=(1, 2))
    drawn[:, 0, 0] = 1  # the mean stays
    spectrum = np.fft.rfft2(pixels, axes=(1, 2)) * np.exp(1j * np.angle(drawn))
    return _pixels(np.fft.irfft2(spectrum, s=(height, width), axes=(1, 2)))


Probe = Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]

PROBES: Mapping[str, Probe] = {"noise": noise, "walls": walls, "scrambled": scrambled}
"""What makes each kind, by its name."""


def probes(images: NDArray[np.uint8]) -> dict[str, NDArray[np.uint8]]:
    """Return as many probes of each kind as there are images, the same at every call.

    Args:
        images: ``[n, height, width, channels]``, of the set that the network is to know.

    Example:
        >>> sorted(probes(np.zeros((2, 8, 8, 3), np.uint8)))
        ['noise', 'scrambled', 'walls']
    """
    return {
        name: make(images, np.random.default_rng(number))
        for number, (name, make) in enumerate(PROBES.items())
    }


def _pixels(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(values.round(), 0, 255).astype(np.uint8)
