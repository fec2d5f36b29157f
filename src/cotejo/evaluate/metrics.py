"""The metrics of one split: accuracy, losses, per-class figures, confusion matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.balanced_accuracy import balanced_accuracy, confusion_counts
from cotejo.evaluate.roc import areas_under_curves

__all__ = [
    "brier_score",
    "check_predictions",
    "classification_metrics",
    "image_distances",
    "image_losses",
    "log_loss",
    "true_ranks",
]

_SMALLEST_PROBABILITY = 1e-7
"""Keras's epsilon: a mistake made with certainty costs 16.1 nats, not an infinite loss."""


def classification_metrics(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return accuracy, loss, per-class figures and the confusion matrix of one split.

    The predicted class has the highest probability; of equal ones, it is the first. Precision,
    recall and F1 are scikit-learn's, and 0 where they would divide by 0. Their macro averages are
    plain means over the classes that have images. A class's AUC is that of its probability,
    against all other classes. It is None where the class has no images, or all of them;
    ``macro_auc`` is the mean of the others.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.

    Returns:
        ``accuracy``, ``balanced_accuracy`` (as the function of that name gives it),
        ``macro_precision``, ``macro_recall``, ``macro_f1`` and ``macro_auc`` in ``[0, 1]``;
        ``top2_accuracy``, how often the true class is among the two classes with the highest
        probabilities (of equal ones, the first), and None for two classes, where it could only
        be 1; ``loss`` as `log_loss` and ``brier`` as `brier_score`; ``images``, the number of
        images; ``per_class``, one dict per class, in label order, with ``precision``,
        ``recall``, ``f1``, ``auc`` and ``support``; ``confusion``, counts, with one row per true
        class and one column per predicted class. All are plain Python numbers, or None, ready
        for JSON.

    Raises:
        ValueError: the shapes don't agree, there are no images, a label is not a class, or a
            probability is not finite.

    Example:
        >>> metrics = classification_metrics([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> metrics["confusion"], round(metrics["accuracy"], 3), round(metrics["loss"], 3)
        ([[1, 0], [1, 1]], 0.667, 0.415)

    References:
        Definitions: https://scikit-learn.org/stable/modules/model_evaluation.html
    """
    from sklearn.metrics import precision_recall_fscore_support

    true, chances = check_predictions(labels, probabilities)
    predicted = chances.argmax(axis=1)
    classes = np.arange(chances.shape[1])
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=classes, average=None, zero_division=0
    )
    confusion, present = confusion_counts(true, chances), support > 0
    auc = areas_under_curves(true, chances).estimates
    defined = auc[~np.isnan(auc)]
    return {
        "accuracy": float((predicted == true).mean()),
        "balanced_accuracy": balanced_accuracy(confusion).estimate,
        "loss": log_loss(true, chances),
        "brier": brier_score(true, chances),
        "top2_accuracy": (
            float((true_ranks(true, chances) < 2).mean()) if len(classes) > 2 else None
        ),
        "macro_precision": float(precision[present].mean()),
        "macro_recall": float(recall[present].mean()),
        "macro_f1": float(f1[present].mean()),
        "macro_auc": float(defined.mean()) if len(defined) else None,
        "images": len(true),
        "per_class": [
            {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "auc": None if np.isnan(auc[index]) else float(auc[index]),
                "support": int(support[index]),
            }
            for index in classes
        ],
        "confusion": confusion.tolist(),
    }


def log_loss(labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]) -> float:
    """Return the mean cross-entropy in nats; probabilities below 1e-7 count as 1e-7.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.

    Example:
        >>> round(log_loss(np.array([0]), np.array([[0.5, 0.5]])), 3)
        0.693
    """
    return float(image_losses(labels, chances).mean())


def image_losses(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return each image's cross-entropy, ``[n]``, which `log_loss` averages."""
    # In float64, so that the mean does not depend on the order of the images.
    chance_of_true = chances[np.arange(len(labels)), labels].astype(np.float64)
    losses: NDArray[np.float64] = -np.log(np.clip(chance_of_true, _SMALLEST_PROBABILITY, 1.0))
    return losses


def brier_score(labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]) -> float:
    """Return the mean over images of the squared distance to the truth, in ``[0, 2]``.

    The truth is 1 for the true class and 0 for the others. So an image classified with certainty
    costs 0 if that is right and 2 if it is wrong.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``, each row summing to 1.

    Example:
        >>> brier_score(np.array([0, 0]), np.array([[1.0, 0.0], [0.0, 1.0]]))
        1.0

    References:
        Brier, G. W. (1950). Verification of forecasts expressed in terms of probability.
        Monthly Weather Review 78(1).
    """
    return float(image_distances(labels, chances).mean())


def image_distances(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return each image's squared distance to the truth, ``[n]``, which `brier_score` averages."""
    away = chances.astype(np.float64)
    away[np.arange(len(labels)), labels] -= 1
    distances: NDArray[np.float64] = (away**2).sum(axis=1)
    return distances


def true_ranks(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """Return the rank of the true class, ``[n]``: how many classes come before it.

    Classes come in the order of their probabilities, and classes of equal probability in the
    order of their labels.
    """
    of_true = chances[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(chances.shape[1]) < labels[:, None]
    ranks: NDArray[np.int64] = ((chances > of_true) | ((chances == of_true) & earlier)).sum(axis=1)
    return ranks


def check_predictions(
    labels: ArrayLike, probabilities: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.floating[Any]]]:
    """Return labels ``[n]`` and probabilities ``[n, classes]`` as arrays that fit each other.

    Raises:
        ValueError: as in `classification_metrics`.

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
