"""What a frozen backbone makes of the images, computed once, for a head to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.data.dataset import Dataset, Split
from cotejo.data.splits import nested_subset
from cotejo.errors import ConfigError
from cotejo.models.backbone import has_frozen_backbone, split
from cotejo.models.frozen import head_epochs
from cotejo.train.predict import predict_logits

__all__ = [
    "Features",
    "features_of",
    "frozen_epochs",
    "head_settings",
    "sampled_features",
    "tuning_settings",
]

_SAMPLE = 2000
"""How many images tell the mean and the deviation of each feature."""

_PART = 2000
"""How many images are turned into features before the progress is reported."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features in place of images, as a head learns from them.

    Attributes:
        train, valid: their images are features ``[n, features]``, float32.
        num_classes: how many classes.
    """

    train: Split
    valid: Split
    num_classes: int


def features_of(
    backbone: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    on_batch: Callable[[int, int, int], None],
) -> Features:
    """Return the features of the training images that are learned from, and of the validation's.

    Args:
        backbone: from pixels in ``[0, 255]`` to features.
        dataset: whose images are looked at once, as they are.
        settings: resolved; they say which share of the training images is learned from.
        seed: chooses this share.
        on_batch: told of the progress, as part of the first epoch.
    """
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    total = len(chosen) + len(dataset.valid)
    done = 0

    def seen(part: Split, rows: NDArray[np.int64]) -> Split:
        nonlocal done
        parts = []
        # Part by part: the images may be mapped from a disk, and more than the memory takes.
        for start in range(0, len(rows), _PART):
            parts.append(predict_logits(backbone, part.images[rows[start : start + _PART]]))
            done += len(parts[-1])
            on_batch(1, done, total)
        nothing = np.zeros((0, backbone.output.shape[-1]), "float32")
        return Split(np.concatenate([nothing, *parts]), part.labels[rows])

    valid = np.arange(len(dataset.valid))
    return Features(seen(dataset.train, chosen), seen(dataset.valid, valid), dataset.num_classes)


def sampled_features(
    network: keras.Model, dataset: Dataset, settings: Settings, seed: int
) -> NDArray[np.float32]:
    """Return the features of some of the images that are learned from, ``[n, features]``."""
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)[:_SAMPLE]
    backbone, _ = split(network)
    return predict_logits(backbone, dataset.train.images[chosen])


def frozen_epochs(network: keras.Model, settings: Settings) -> int:
    """Return how many epochs, from the first one, train the head of a frozen backbone alone."""
    return head_epochs(settings) if has_frozen_backbone(network) else 0


def head_settings(settings: Settings, epochs: int) -> Settings:
    """Return how the head learns from features: of images as they are, all those chosen before."""
    changes = {"epochs": epochs, "augment": "none", "train_fraction": 1.0}
    return settings.model_copy(update={**changes, "small_epochs": 0, "hard_epochs": 0})


def tuning_settings(settings: Settings, epochs: int) -> Settings:
    """Return how the whole network learns in its last ``epochs``, at a lower rate.

    Raises:
        ConfigError: there is no rate that it could be lower than.
    """
    if settings.learning_rate is None:
        raise ConfigError("own_unfreeze_rate", name=settings.optimizer)
    rate = settings.learning_rate * settings.unfreeze_rate
    return settings.model_copy(update={"epochs": epochs, "learning_rate": rate})
