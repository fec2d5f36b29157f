"""Noise: of electronics, of light that comes in photons, and of broken pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["gaussian_noise", "impulse_noise", "shot_noise"]

Images = NDArray[np.float32]
Draws = Sequence[np.random.Generator]


def gaussian_noise(images: Images, draws: Draws, deviation: float) -> Images:
    """Add normal noise to every value."""
    shape = images.shape[1:]
    noise = np.stack([draw.standard_normal(shape, np.float32) for draw in draws])
    return images + np.float32(deviation) * noise


def shot_noise(images: Images, draws: Draws, photons: float) -> Images:
    """Count photons: a value of 1 is ``photons`` of them on average, with Poisson's spread."""
    counts = [draw.poisson(image * photons) for image, draw in zip(images, draws, strict=True)]
    return (np.stack(counts) / photons).astype(np.float32)


def impulse_noise(images: Images, draws: Draws, share: float) -> Images:
    """Make a share of all values, channel by channel, black or white with even chances."""
    drawn = np.stack([draw.random(images.shape[1:], np.float32) for draw in draws])
    # Below half the share black, above it white.
    changed = np.where(drawn < share / 2, np.float32(0), np.float32(1))
    return np.where(drawn < share, changed, images)
