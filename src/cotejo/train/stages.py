"""The stages of a training: first epochs on smaller images, last epochs on the hardest images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.config import Settings
from cotejo.data.dataset import Split

__all__ = [
    "SMALL",
    "Stage",
    "at_size",
    "resized",
    "resized_images",
    "scaled_shape",
    "stages",
    "total_steps",
]

SMALL = 0.75
"""The scale of the smaller images: they cost about half, and classes can still be told apart."""


@dataclass(frozen=True)
class Stage:
    """Consecutive epochs of the same kind.

    Attributes:
        first: the first epoch, from 0.
        epochs: the number of epochs.
        steps: the steps per epoch.
        scale: the sides of the images, as a share of their original size.
        hard: whether the stage trains only on hard images: those with the highest losses when
            they were last seen, as many as the steps need.
    """

    first: int
    epochs: int
    steps: int
    scale: float = 1.0
    hard: bool = False


def stages(settings: Settings, images: int) -> list[Stage]:
    """Return the stages of a training; each epoch on hard images is a stage of its own.

    Args:
        settings: the settings of the training.
        images: the number of training images.

    Example:
        >>> [(s.epochs, s.steps) for s in stages(Settings(epochs=5), 1000)]
        [(5, 15)]
        >>> settings = Settings(epochs=5, small_epochs=2, hard_epochs=1, batch_size=100)
        >>> [(s.epochs, s.steps, s.scale, s.hard) for s in stages(settings, 1000)]
        [(2, 10, 0.75, False), (2, 10, 1.0, False), (1, 5, 1.0, True)]
    """
    steps = images // settings.batch_size
    hard_steps = max(1, round(settings.hard_share * steps))
    hard_from = settings.epochs - settings.hard_epochs
    middle = hard_from - settings.small_epochs
    plan = [
        Stage(0, settings.small_epochs, steps, scale=SMALL),
        Stage(settings.small_epochs, middle, steps),
        *(Stage(epoch, 1, hard_steps, hard=True) for epoch in range(hard_from, settings.epochs)),
    ]
    return [stage for stage in plan if stage.epochs > 0]


def total_steps(plan: Iterable[Stage]) -> int:
    """Return how many steps the stages of a training have together.

    Example:
        >>> total_steps(stages(Settings(epochs=5), 1000))
        75
    """
    return sum(stage.epochs * stage.steps for stage in plan)


def resized(split: Split, scale: float) -> Split:
    """Return the images with their sides scaled by ``scale``.

    Example:
        >>> split = Split(np.zeros((2, 32, 32, 3), np.uint8), np.zeros(2, np.int32))
        >>> resized(split, 0.75).images.shape
        (2, 24, 24, 3)
    """
    if scale == 1:
        return split
    parts = [
        resized_images(split.images[start : start + 1000], scale)
        for start in range(0, len(split), 1000)
    ]
    return Split(np.concatenate(parts), split.labels)


def scaled_shape(shape: tuple[int, ...], scale: float) -> tuple[int, ...]:
    """Return the shape of an image, ``(height, width, channels)``, with its sides scaled.

    Features, ``(n,)``, are never scaled.

    Example:
        >>> scaled_shape((32, 32, 3), 0.75)
        (24, 24, 3)
    """
    if scale == 1:
        return tuple(shape)
    height, width, channels = shape
    return max(1, round(scale * height)), max(1, round(scale * width)), channels


def resized_images(images: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return images ``[n, height, width, channels]`` with their sides scaled by ``scale``."""
    if scale == 1:
        return images
    size = scaled_shape(images.shape[1:], scale)[:2]
    floats = ops.image.resize(ops.convert_to_tensor(images), size, antialias=True)
    whole = np.rint(ops.convert_to_numpy(floats))
    return np.asarray(np.clip(whole, 0, 255), dtype=np.uint8)


def at_size(network: keras.Model, image_shape: tuple[int, ...]) -> keras.Model:
    """Return the network for images of another size, with the same layers and so the same weights.

    Args:
        network: one whose last pooling accepts any size.
        image_shape: ``(height, width, channels)``.

    Raises:
        ValueError: the network's last layers need the size that it was built for.
    """
    if tuple(network.inputs[0].shape[1:]) == tuple(image_shape):
        return network
    inputs = keras.Input(image_shape, name="pixels")
    return keras.models.clone_model(
        network, input_tensors=inputs, clone_function=lambda layer: layer
    )
