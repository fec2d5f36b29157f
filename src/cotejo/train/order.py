"""The order of the images in a training: a new shuffle per epoch, and which images are mirrored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.config import Settings
from cotejo.config.augmentations import alternates
from cotejo.data.dataset import Dataset
from cotejo.train.features import Features
from cotejo.train.stages import Stage

__all__ = ["alternating", "stage_batches", "training_order"]


def stage_batches(
    stage: Stage,
    images: NDArray[np.int64],
    dataset: Dataset | Features,
    settings: Settings,
    seed: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the indices and the labels of a stage's batches, each ``[steps, batch]``.

    Args:
        stage: the stage of the training.
        images: ``[n]``, the indices of the images that the stage trains on.
        dataset: it has the labels.
        settings: resolved.
        seed: of the shuffles.
    """
    shuffled = training_order(len(images), settings.batch_size, stage.epochs, (seed, stage.first))
    order = images[shuffled].astype(np.int32)
    labels = dataset.train.labels[order]
    if alternates(settings.augment):
        order = alternating(order, len(dataset.train), stage.first, stage.epochs, seed)
    return order, labels


def training_order(
    count: int, batch_size: int, epochs: int, seed: int | tuple[int, ...]
) -> NDArray[np.int32]:
    """Return the images of every step of a training: each epoch is a new shuffle of all images.

    The images at the end of a shuffle that don't fill a batch are left out of that epoch. So all
    steps have the same shape, and batch normalisation never sees a batch of only a few images.

    Args:
        count: the number of images.
        batch_size: the number of images per step.
        epochs: the number of epochs.
        seed: of the shuffles.

    Returns:
        int32 ``[epochs * steps, batch_size]``, where ``steps`` is ``count // batch_size``.

    Example:
        >>> training_order(10, 4, 3, seed=0).shape
        (6, 4)
    """
    random = np.random.default_rng(seed)
    steps = count // batch_size
    shuffles = (random.permutation(count)[: steps * batch_size] for _ in range(epochs))
    return np.concatenate([s.astype(np.int32) for s in shuffles]).reshape(-1, batch_size)


def alternating(
    order: NDArray[np.int32], images: int, first_epoch: int, epochs: int, seed: int
) -> NDArray[np.int32]:
    """Return the order with each image mirrored in every second epoch.

    A mirrored image is written as its index plus the number of images (see `Learner.call`).

    Args:
        order: ``[epochs * steps, batch_size]``, from `training_order`.
        images: the number of images in the dataset.
        first_epoch: the first epoch of the order, from 0.
        epochs: the number of epochs in the order.
        seed: decides which half of the images is mirrored in the first epoch.

    Example:
        >>> alternating(np.array([[0, 1], [1, 0]], np.int32), 2, 0, 2, seed=0).tolist()
        [[2, 3], [1, 0]]
    """
    # A stage's shuffles use the seed (seed, first epoch). A third number makes this seed differ.
    at_first = np.random.default_rng((seed, 0, 1)).random(images) < 0.5
    epoch = first_epoch + np.arange(len(order)) // (len(order) // epochs)
    mirrored = at_first[order] ^ (epoch % 2 == 1)[:, None]
    return np.where(mirrored, order + images, order).astype(np.int32)
