"""Data: CIFAR-10 in every form it was published in, and scikit-learn's digits.

Imports neither Keras nor a backend, and nothing of the network until something is downloaded.
"""

from __future__ import annotations

from cotejo.data.dataset import Dataset, Split, without_validation
from cotejo.data.loading import NAMES, is_published, load
from cotejo.data.places import where
from cotejo.data.splits import nested_subset, stratified_split
from cotejo.data.summary import describe, example_images

__all__ = [
    "NAMES",
    "Dataset",
    "Split",
    "describe",
    "example_images",
    "is_published",
    "load",
    "nested_subset",
    "stratified_split",
    "where",
    "without_validation",
]
