"""How many training images a data set has of each class, and when they are few."""

from __future__ import annotations

import numpy as np

from cotejo.data.dataset import Dataset

__all__ = ["FEW", "images_per_class"]

FEW = 200
"""Training images per class below which a trained network is the better start.

With 10 of each class it was worth ten points, with 50 five, with 200 nothing (docs/benchmarks.md).
"""


def images_per_class(dataset: Dataset) -> int:
    """Return the median over the classes of their training images, rounded down."""
    return int(np.median(np.bincount(dataset.train.labels, minlength=dataset.num_classes)))
