"""A quick look: a study cut down to a few epochs on a part of the images. It is no evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cotejo.config import StudyConfig
from cotejo.data import Dataset
from cotejo.data.dataset import Split

__all__ = ["QUICK", "first_images", "quickened"]

QUICK = {"epochs": 2, "train": 6000, "valid": 2000, "test": 2000}
"""The most epochs of a quick look, and the most images of each split."""


def quickened(config: StudyConfig) -> StudyConfig:
    """Return a study cut down to the few epochs of a quick look."""

    def cut(alternative: Any) -> Any:
        given = alternative.settings
        epochs = min(given.epochs, QUICK["epochs"])
        small = min(given.small_epochs, epochs - 1)
        hard = min(given.hard_epochs, epochs - max(1, small))
        fewer = {"epochs": epochs, "small_epochs": small, "hard_epochs": hard}
        settings = given.model_copy(update=fewer)
        return alternative.model_copy(update={"settings": settings})

    return config.model_copy(update={"alternatives": tuple(map(cut, config.alternatives))})


def first_images(dataset: Dataset) -> Dataset:
    """Return a dataset cut down to the images of a quick look, the first of each split."""

    def first(split: Split, count: int) -> Split:
        return split.take(np.arange(min(count, len(split))))

    return replace(
        dataset,
        train=first(dataset.train, QUICK["train"]),
        valid=first(dataset.valid, QUICK["valid"]),
        test=first(dataset.test, QUICK["test"]),
    )
