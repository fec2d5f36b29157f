"""One split's entry of ``metrics.json``, from labels and probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["check_predictions", "classification_metrics"]

_SMALLEST_PROBABILITY = 1e-7
"""Keras's epsilon: one sure mistake costs 16.1 nats rather than an infinite loss."""


def classification_metrics(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return accuracy, loss, per-class figures and the confusion matrix of one split.

    The predicted class is the one of the highest probability, the first of equals. Precision,
    recall and F1 are scikit-learn's, 0 where they would divide by 0; ``macro_f1`` is the plain
    mean of F1 over all classes, those without images included.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.

    Returns:
        ``accuracy`` and ``macro_f1`` in ``[0, 1]``; ``loss``, the mean cross-entropy in nats,
        of probabilities no smaller than 1e-7; ``images``, how many there were; ``per_class``,
        a dict of ``precision``, ``recall``, ``f1`` and ``support`` a class, in label order;
        ``confusion``, counts, a row a true class and a column a predicted one. All are plain
        Python numbers, ready for JSON.

    Raises:
        ValueError: the shapes don't agree, there are no images, a label is no class, or a
            probability is not finite.

    Example:
        >>> found = classification_metrics([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> found["confusion"], round(found["accuracy"], 3), round(found["loss"], 3)
        ([[1, 0], [1, 1]], 0.667, 0.415)

    References:
        Definitions: https://scikit-learn.org/stable/modules/model_evaluation.html
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    true, chances = check_predictions(labels, probabilities)
    predicted = chances.argmax(axis=1)
    classes = np.arange(chances.shape[1])
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=classes, average=None, zero_division=0
    )
    # In float64, so that the mean does not depend on the order of the images.
    chance_of_true = chances[np.arange(len(true)), true].astype(np.float64)
    loss = -np.log(np.clip(chance_of_true, _SMALLEST_PROBABILITY, 1.0)).mean()
    return {
        "accuracy": float((predicted == true).mean()),
        "loss": float(loss),
        "macro_f1": float(f1.mean()),
        "images": len(true),
        "per_class": [
            {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "support": int(support[index]),
            }
            for index in classes
        ],
        "confusion": confusion_matrix(true, predicted, labels=classes).tolist(),
    }


def check_predictions(
    labels: ArrayLike, probabilities: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.floating[Any]]]:
    """Return labels ``[n]`` and probabilities ``[n, classes]`` as arrays that agree.

    Raises:
        ValueError: as `classification_metrics` says.

    Example:
        >>> check_predictions([0, 2], [[0.5, 0.5], [0.1, 0.9]])
        Traceback (most recent call last):
        ValueError: `labels` must be in [0, 2); received values from 0 to 2
    """
    true = np.asarray(labels)
    chances = np.asarray(probabilities)
    if true.ndim != 1 or chances.ndim != 2 or len(true) != len(chances):
        raise ValueError(
            "`labels` must be [n] and `probabilities` [n, classes]; "
            f"received {list(true.shape)} and {list(chances.shape)}"
        )
    if chances.size == 0:
        raise ValueError("`labels` and `probabilities` must have at least one image and class")
    if not np.issubdtype(true.dtype, np.integer):
        raise ValueError(f"`labels` must be integers; received {true.dtype}")
    if true.min() < 0 or true.max() >= chances.shape[1]:
        raise ValueError(
            f"`labels` must be in [0, {chances.shape[1]}); "
            f"received values from {true.min()} to {true.max()}"
        )
    if not np.isfinite(chances).all():
        raise ValueError("`probabilities` must be finite; received NaN or infinity")
    return true.astype(np.int64), chances
