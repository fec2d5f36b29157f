"""Images for the tests of augmentation, and a generator of draws that says which it gives."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from cotejo.augment import compose
from cotejo.backend import keras, ops
from cotejo.config.augmentations import read_augmentation


def smooth_images(count: int = 6, height: int = 32, width: int = 32, channels: int = 3):
    """Return smooth noise, float32, which a resampling hardly changes."""
    random = np.random.default_rng(0)
    noise = random.uniform(0, 255, (count, height, width, channels))
    return ndimage.gaussian_filter(noise, (0, 1, 1, 0)).astype("float32")


def byte_images(count: int = 6, height: int = 20, width: int = 28, channels: int = 3):
    """Return noise in bytes that uses an uneven part of the range."""
    random = np.random.default_rng(1)
    return random.integers(20, 200, (count, height, width, channels)).astype("uint8")


def generator(seed: int = 1):
    return keras.random.SeedGenerator(seed)


def augmented(augmentation, batch: np.ndarray, seed: int = 1, scale: float = 1.0) -> np.ndarray:
    """Return a batch under an augmentation as a study writes it, mixed where it mixes."""
    policy, draws = compose(read_augmentation(augmentation), scale), generator(seed)
    batch = policy(batch, draws)
    if policy.mix is not None:
        batch, _ = policy.mix(batch, draws)
    return ops.convert_to_numpy(batch)
