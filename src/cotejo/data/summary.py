"""What a report says and shows of a dataset."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Dataset

__all__ = ["describe", "example_images"]

_IMAGES_AT_ONCE = 1_000


def describe(dataset: Dataset) -> dict[str, Any]:
    """Return the content of ``data.json``, as ``docs/files.md`` gives it.

    Returns:
        Names, sizes, classes, images a class in each split, and the training images' mean and
        standard deviation by channel, in ``[0, 1]``. It can be written as JSON.

    Example:
        >>> from cotejo.data import load
        >>> describe(load("digits"))["counts"]["test"]
        [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]
    """
    splits = {"train": dataset.train, "valid": dataset.valid, "test": dataset.test}
    return {
        "name": dataset.name,
        "source": dataset.source,
        "fingerprint": dataset.fingerprint,
        "image_shape": list(dataset.image_shape),
        "class_names": {language: list(names) for language, names in dataset.class_names.items()},
        "split": dict(dataset.split),
        "counts": {
            name: np.bincount(split.labels, minlength=dataset.num_classes).tolist()
            for name, split in splits.items()
        },
        "channels": _channel_statistics(dataset.train.images),
    }


def example_images(dataset: Dataset, per_class: int = 8) -> NDArray[np.uint8]:
    """Return the first training images of each class.

    Args:
        dataset: where they are taken from.
        per_class: how many of each class, 1 or more.

    Returns:
        uint8 ``[classes, per_class, height, width, channels]``. A class with fewer images
        repeats them; one with none is black.

    Example:
        >>> from cotejo.data import load
        >>> example_images(load("digits"), per_class=2).shape
        (10, 2, 32, 32, 3)
    """
    shape = (dataset.num_classes, per_class, *dataset.image_shape)
    examples = np.zeros(shape, np.uint8)
    for label in range(dataset.num_classes):
        chosen = np.flatnonzero(dataset.train.labels == label)[:per_class]
        if len(chosen):
            examples[label] = dataset.train.images[np.resize(chosen, per_class)]
    return examples


def _channel_statistics(images: NDArray[np.uint8]) -> dict[str, list[float]]:
    # Counts of the 256 levels give the exact moments without a copy of the images in floats.
    channels = images.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for start in range(0, len(images), _IMAGES_AT_ONCE):
        some = images[start : start + _IMAGES_AT_ONCE].reshape(-1, channels)
        for channel in range(channels):
            counts[channel] += np.bincount(some[:, channel], minlength=256)
    levels = np.arange(256) / 255
    pixels = counts.sum(axis=1)
    mean = counts @ levels / pixels
    variance = (counts * (levels - mean[:, np.newaxis]) ** 2).sum(axis=1) / pixels
    return {"mean": mean.tolist(), "std": np.sqrt(variance).tolist()}
