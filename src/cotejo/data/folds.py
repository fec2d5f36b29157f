"""Cross-validation: all images dealt out in parts, each tested by a network that did not see it.

In fold i, part i is the test, the next part validates, and the others are learned from. So over all
folds each image is tested once and validated once, and a network never learns from what it is
judged by. A seed chooses the parts; they are the same for every alternative. Each part has its
share of each class, and images of one group stay in one part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Dataset, Split, merged
from cotejo.data.splits import grouped_split, mixed
from cotejo.errors import DataError
from cotejo.messages import current_language

__all__ = [
    "Fold",
    "check_folds",
    "fold_count",
    "fold_parts",
    "folds",
    "groups_digest",
    "in_folds",
    "learned_labels",
]

_DEALT = ("dealt", "stratified")
"""The methods of splits without test images of their own (`Dataset.split`)."""


@dataclass(frozen=True, eq=False)
class Fold:
    """What one network of a run learns from and is judged by.

    Attributes:
        dataset: its training, validation and test images.
        valid: ``[v]``, the positions of its validation images among those of the study.
        test: ``[t]``, the same of its test images.
        train: ``[n]``, the same of its training images.
    """

    dataset: Dataset
    valid: NDArray[np.int64]
    test: NDArray[np.int64]
    train: NDArray[np.int64]


def in_folds(dataset: Dataset, count: int) -> Dataset:
    """Return a dataset for cross-validation: each of its splits holds all images, in one order.

    Args:
        dataset: without test images of its own.
        count: the number of parts, 3 or more.

    Raises:
        DataError: the data has test images of its own.

    Example:
        >>> from cotejo.data import load
        >>> digits = in_folds(load("digits"), 5)
        >>> len(digits.train), len(digits.valid), len(digits.test)
        (1797, 1797, 1797)
        >>> [len(fold.dataset.train) for fold in folds(digits, seed=1)]
        [1079, 1079, 1078, 1077, 1078]
    """
    if dataset.split.get("method") not in _DEALT:
        raise DataError("folds_own_test", name=dataset.name)
    every = merged(dataset.train, dataset.valid, dataset.test)
    kept = {key: value for key, value in dataset.split.items() if key in ("copies", "together")}
    split: dict[str, str | int] = {"method": "folds", "folds": count, **kept}
    return replace(dataset, train=every, valid=every, test=every, split=split)


def fold_count(dataset: Dataset) -> int:
    """Return how many networks a run on a dataset trains: 1 without cross-validation."""
    return int(dataset.split.get("folds", 1))


def folds(dataset: Dataset, seed: int) -> Iterator[Fold]:
    """Yield the folds of a dataset; one, of the dataset as it is, without cross-validation.

    Args:
        dataset: from `in_folds`, or any other.
        seed: chooses the parts, 0 or more.
    """
    count = fold_count(dataset)
    if count == 1:
        splits = (dataset.valid, dataset.test, dataset.train)
        yield Fold(dataset, *(np.arange(len(split)) for split in splits))
        return
    every, parts = dataset.train, fold_parts(dataset, seed)
    for part in range(count):
        test, valid = (np.flatnonzero(parts == number) for number in (part, (part + 1) % count))
        learned = mixed(np.setdiff1d(np.arange(len(every)), np.union1d(test, valid)), seed)
        own = replace(
            dataset, train=every.take(learned), valid=every.take(valid), test=every.take(test)
        )
        yield Fold(own, valid, test, learned)


def fold_parts(dataset: Dataset, seed: int) -> NDArray[np.int64]:
    """Return the number of each image's part, from 0, ``[n]``."""
    count, every = fold_count(dataset), dataset.train
    groups = np.arange(len(every)) if every.groups is None else every.groups
    parts = np.zeros(len(every), np.int64)
    for number, own in enumerate(grouped_split(every.labels, groups, [1 / count] * count, seed)):
        parts[own] = number
    return parts


def learned_labels(dataset: Dataset, seed: int) -> Iterator[NDArray[np.int32]]:
    """Yield the labels that each fold learns from; their order is not that of the fold's images."""
    count, labels = fold_count(dataset), dataset.train.labels
    if count == 1:
        yield labels
        return
    parts = fold_parts(dataset, seed)
    for part in range(count):
        yield labels[(parts != part) & (parts != (part + 1) % count)]


def check_folds(dataset: Dataset, seed: int) -> None:
    """Refuse parts of which one is empty, or from which a network would not learn every class.

    Raises:
        DataError: there are too few groups of images, of a class or at all.
    """
    count = fold_count(dataset)
    for labels in learned_labels(dataset, seed):
        images = np.bincount(labels, minlength=dataset.num_classes)
        if not images.all():
            name = dataset.class_names[current_language()][int(images.argmin())]
            raise DataError("folds_class", name=name, folds=count)
    if count > 1 and len(np.unique(fold_parts(dataset, seed))) < count:
        raise DataError("folds_empty", folds=count, images=len(dataset.train))


def groups_digest(split: Split) -> str | None:
    """Return a SHA-256 of which images stay together; None if nobody looked for any."""
    if split.groups is None:
        return None
    _, numbers = np.unique(split.groups, return_inverse=True)
    return hashlib.sha256(numbers.astype(np.int64).tobytes()).hexdigest()
