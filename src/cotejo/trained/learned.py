"""Which images the network that a run keeps has learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.data import Dataset
from cotejo.data.dataset import Split
from cotejo.data.folds import folds
from cotejo.data.splits import nested_subset

__all__ = ["learned_images", "learned_part"]


def learned_images(dataset: Dataset, record: Mapping[str, Any]) -> Split:
    """Return the images that the network which a run keeps has learned from.

    Args:
        dataset: as the study had it.
        record: the run's.
    """
    # Of a cross-validation, the first network is the one that is kept.
    train = next(folds(dataset, int(record["seed"]))).dataset.train
    share = float((record.get("settings") or {}).get("train_fraction", 1.0))
    return learned_part(train, share, int(record["seed"]))


def learned_part(train: Split, share: float, seed: int) -> Split:
    """Return the part of the training images that a run with a seed learns from.

    Args:
        train: all training images of the network.
        share: the run's ``train_fraction``, in ``(0, 1]``.
        seed: the run's.
    """
    return train if share == 1 else train.take(nested_subset(train.labels, share, seed))
