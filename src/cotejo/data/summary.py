"""What a report says about a dataset and shows of it: figures, and example images."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Dataset
from cotejo.data.picture_facts import PictureFacts

__all__ = ["FILE_COLUMNS", "describe", "example_images", "file_rows"]

FILE_COLUMNS = ("path", "split", "index", "class", "left_out", "said")
"""The columns of ``files.csv``."""

_IMAGES_AT_ONCE = 1_000


def describe(dataset: Dataset) -> dict[str, Any]:
    """Return the content of ``data.json``, as ``docs/files.md`` describes it.

    Returns:
        Names, sizes, classes, the number of images per class in each split, and the mean and
        standard deviation of each channel of the training images, in ``[0, 1]``. All of it can be
        written as JSON.

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
        **({"pictures": _about_pictures(dataset.pictures)} if dataset.pictures else {}),
    }


def file_rows(dataset: Dataset) -> list[dict[str, Any]]:
    """Return the rows of ``files.csv``: each image with its file, and each file left out.

    There are none for a data set that was not read from pictures.
    """
    if dataset.pictures is None:
        return []
    classes = dataset.class_names["en"]
    empty = dict.fromkeys(FILE_COLUMNS)
    rows: list[dict[str, Any]] = [
        {**empty, "path": path, "split": name, "index": index, "class": classes[label]}
        for name in ("train", "valid", "test")
        for split in (getattr(dataset, name),)
        for index, (path, label) in enumerate(zip(split.names or (), split.labels, strict=False))
    ]
    left_out = dataset.pictures.left_out
    return rows + [
        {**empty, "path": path, "left_out": why, "said": said} for path, why, said in left_out
    ]


def _about_pictures(pictures: PictureFacts) -> dict[str, Any]:
    """Return how pictures were read, with the number of files left out for each reason."""
    reasons = Counter(reason for _, reason, _ in pictures.left_out)
    return {**asdict(pictures), "left_out": dict(reasons)}


def example_images(dataset: Dataset, per_class: int = 8) -> NDArray[np.uint8]:
    """Return the first training images of each class.

    Args:
        dataset: the dataset to take them from.
        per_class: how many images of each class, 1 or more.

    Returns:
        uint8 ``[classes, per_class, height, width, channels]``. The images of a class with fewer
        are repeated; for a class with none, they are black.

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
    # Counts of the 256 levels give the exact mean and deviation, without the images as floats.
    channels = images.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for start in range(0, len(images), _IMAGES_AT_ONCE):
        pixels = images[start : start + _IMAGES_AT_ONCE].reshape(-1, channels)
        for channel in range(channels):
            counts[channel] += np.bincount(pixels[:, channel], minlength=256)
    levels = np.arange(256) / 255
    totals = counts.sum(axis=1)
    mean = counts @ levels / totals
    variance = (counts * (levels - mean[:, np.newaxis]) ** 2).sum(axis=1) / totals
    return {"mean": mean.tolist(), "std": np.sqrt(variance).tolist()}
