"""A dataset in memory: three splits of images and labels, and the names of the classes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "Split", "without_validation"]


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels.

    Attributes:
        images: ``[n, height, width, channels]``, uint8.
        labels: ``[n]``, int32 in ``[0, classes)``.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset and how it was split.

    Attributes:
        name: what reports call it, such as ``"cifar10"``.
        train, valid, test: the splits. Models learn from ``train``, choices are made on
            ``valid``, and ``test`` is read once per finished run.
        class_names: the classes in label order, by language: ``{"en": …, "es": …}``.
        split: how the splits were made: ``{"method": "notebook"}`` (CIFAR-10: the first 40,000
            training images, the last 10,000, the 10,000 test images) or
            ``{"method": "stratified", "seed": 0}``.
        source: where it was read from: a path, or the name of a library that holds it.
    """

    name: str
    train: Split
    valid: Split
    test: Split
    class_names: dict[str, tuple[str, ...]]
    split: dict[str, str | int]
    source: str

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names["en"])

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """An image's ``(height, width, channels)``."""
        height, width, channels = self.train.images.shape[1:]
        return int(height), int(width), int(channels)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every image and label in split order, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for split in (self.train, self.valid, self.test):
            digest.update(repr((split.images.shape, split.labels.shape)).encode())
            digest.update(np.ascontiguousarray(split.images).data)
            digest.update(np.ascontiguousarray(split.labels, dtype=np.int32).data)
        return digest.hexdigest()


def without_validation(dataset: Dataset) -> Dataset:
    """Return the same with the validation images among those learned from, and none to validate.

    For a training whose settings are decided: nothing can be chosen with it any more.

    Example:
        >>> images, labels = np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 1, 0, 1], np.int32)
        >>> part = Split(images, labels)
        >>> names = {"en": ("a", "b"), "es": ("a", "b")}
        >>> final = without_validation(Dataset("x", part, part, part, names, {}, "made"))
        >>> len(final.train), len(final.valid), len(final.test)
        (8, 0, 4)
    """
    images = np.concatenate([dataset.train.images, dataset.valid.images])
    labels = np.concatenate([dataset.train.labels, dataset.valid.labels])
    none = Split(dataset.valid.images[:0], dataset.valid.labels[:0])
    split: dict[str, str | int] = {"method": "final"}
    return replace(dataset, train=Split(images, labels), valid=none, split=split)
