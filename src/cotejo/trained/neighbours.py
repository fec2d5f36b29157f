"""The training images that look most like an image to a network: those of the nearest features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Split
from cotejo.data.splits import nested_subset
from cotejo.trained.features import FeaturesOf

__all__ = ["KnownFeatures", "Neighbours", "known_features", "nearest"]

_MOST = 10_000
"""The most training images that are looked at."""

_SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, eq=False)
class KnownFeatures:
    """What a network makes of training images.

    Attributes:
        indices: ``[n]``, their positions among the training images.
        features: ``[n, d]``, float32, in the same order.
    """

    indices: NDArray[np.int64]
    features: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training images that look most like some images, the likest first.

    Attributes:
        indices: ``[m, count]``, their positions among the training images.
        likeness: ``[m, count]``, the cosine of the angle between the features, at most 1.
        images: ``[m, count, height, width, channels]``, uint8.
        labels: ``[m, count]``, their classes.
    """

    indices: NDArray[np.int64]
    likeness: NDArray[np.float32]
    images: NDArray[np.uint8]
    labels: NDArray[np.int32]


def known_features(features_of: FeaturesOf, train: Split, most: int = _MOST) -> KnownFeatures:
    """Return what a network makes of training images.

    Args:
        features_of: gives the network's features (`cotejo.trained.features.features_by`).
        train: what it learned from.
        most: the most images that are looked at; each class has its share.
    """
    chosen = nested_subset(train.labels, min(1.0, most / len(train)), 0)
    return KnownFeatures(chosen, features_of(train.images[chosen]))


def nearest(
    features: NDArray[np.float32], known: KnownFeatures, train: Split, count: int
) -> Neighbours:
    """Return the training images of the nearest features.

    Args:
        features: ``[m, d]``, of the images that neighbours are sought of.
        known: features of training images.
        train: the training images.
        count: how many to each image, 1 or more; fewer where fewer are known.

    Example:
        >>> images = np.zeros((3, 8, 8, 1), np.uint8)
        >>> train = Split(images, np.array([0, 1, 1], np.int32))
        >>> known = KnownFeatures(np.arange(3), np.array([[1, 0], [0, 1], [1, 1]], np.float32))
        >>> found = nearest(np.array([[0.1, 2.0]], np.float32), known, train, 2)
        >>> found.indices.tolist(), found.labels.tolist()
        ([[1, 2]], [[1, 1]])
    """
    count = min(count, len(known.indices))
    likeness = _directions(features) @ _directions(known.features).T
    order = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    indices = known.indices[order]
    return Neighbours(
        indices,
        np.take_along_axis(likeness, order, axis=1),
        train.images[indices.ravel()].reshape(*indices.shape, *train.images.shape[1:]),
        train.labels[indices],
    )


def _directions(features: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, _SMALLEST), np.float32)
