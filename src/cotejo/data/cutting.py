"""A dataset cut down to the images of a quick look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cotejo.data.dataset import Dataset, Split

__all__ = ["FIRST_IMAGES", "first_images"]

FIRST_IMAGES = {"train": 6000, "valid": 2000, "test": 2000}
"""The most images of each split of a quick look."""


def first_images(dataset: Dataset) -> Dataset:
    """Return a dataset cut down to the images of a quick look, the first of each split.

    Example:
        >>> from cotejo.data import load
        >>> len(first_images(load("digits")).train) == len(load("digits").train)
        True
    """

    def first(split: Split, count: int) -> Split:
        return split.take(np.arange(min(count, len(split))))

    return replace(
        dataset,
        train=first(dataset.train, FIRST_IMAGES["train"]),
        valid=first(dataset.valid, FIRST_IMAGES["valid"]),
        test=first(dataset.test, FIRST_IMAGES["test"]),
    )
