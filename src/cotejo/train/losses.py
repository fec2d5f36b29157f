"""The loss of a training: cross-entropy, with labels smoothed, mixed or weighted by class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.backend import keras, ops

__all__ = ["balanced_weights", "build_loss"]


def balanced_weights(labels: ArrayLike, num_classes: int) -> NDArray[np.float32]:
    """Return a weight for each class: the fewer images it has, the larger.

    The weight is images / (classes × images of the class), where the classes are those that have
    images. So all classes weigh the same together, and the mean weight over the images is 1.

    Args:
        labels: the class of each image that is learned from, ``[n]``, in ``[0, num_classes)``.
        num_classes: how many classes the network tells apart.

    Returns:
        ``[num_classes]``; 0 for a class without images, which weighs nothing.

    Example:
        >>> balanced_weights([0, 1, 1, 1, 1], 2).tolist()
        [2.5, 0.625]

    References:
        King, G. and Zeng, L. (2001). Logistic regression in rare events data. Political Analysis
        9(2).
    """
    counts = np.bincount(np.asarray(labels), minlength=num_classes).astype(np.float64)
    weights = np.zeros(num_classes)
    present = counts > 0
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return weights.astype(np.float32)


def build_loss(
    num_classes: int,
    smoothing: float,
    *,
    mixed: bool,
    class_weights: NDArray[np.float32] | None = None,
) -> Any:
    """Return the loss of a batch of labels and logits: a mean over its images.

    Args:
        num_classes: how many classes there are.
        smoothing: the share of each label that is spread over all classes.
        mixed: whether labels come as ``[batch, classes]``, the shares of the classes in each
            image, instead of as ``[batch]``, one class per image.
        class_weights: ``[classes]``; None weighs all alike.
    """
    if class_weights is not None:
        return _weighted_loss(class_weights, smoothing, mixed=mixed)
    if mixed:
        return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    if not smoothing:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)

    def loss(labels: Any, logits: Any) -> Any:
        return smoothed(ops.one_hot(_classes(labels), num_classes), logits)

    return loss


def _weighted_loss(class_weights: NDArray[np.float32], smoothing: float, *, mixed: bool) -> Any:
    """Return the loss in which each label counts as much as its class weighs.

    A mixed image has several labels: each counts by its share and by the weight of its own class.
    Smoothing spreads a label after it was weighed, so that the class which an image is of decides
    its weight, and not the classes that its label is spread over.
    """
    classes = len(class_weights)

    def loss(labels: Any, logits: Any) -> Any:
        shares = labels if mixed else ops.one_hot(_classes(labels), classes)
        # The dtypes are written out because logits may come in half precision.
        targets = ops.cast(shares, "float32") * class_weights
        spread = ops.sum(targets, axis=-1, keepdims=True) * (smoothing / classes)
        log_chances = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
        return -ops.sum((targets * (1.0 - smoothing) + spread) * log_chances, axis=-1)

    return loss


def _classes(labels: Any) -> Any:
    """Return labels as whole numbers, ``[batch]``: on some backends Keras passes floats."""
    return ops.cast(ops.reshape(labels, (-1,)), "int32")
