"""The 95% intervals of the metrics of one trained network, over the images of a split."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.balanced_accuracy import balanced_accuracy, confusion_counts
from cotejo.evaluate.intervals import (
    Bounds,
    effective_interval,
    mean_interval,
    proportion_interval,
)
from cotejo.evaluate.metrics import (
    check_predictions,
    image_distances,
    image_losses,
    true_ranks,
)
from cotejo.evaluate.roc import RocAreas, areas_under_curves

__all__ = ["score_intervals"]


def score_intervals(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return the intervals of what `classification_metrics` measures.

    - Shares of images (accuracy, top-2 accuracy, a class's precision and recall): Wilson's.
    - Balanced accuracy: as `balanced_accuracy`, which holds with few images of a class too.
    - A class's F1: Wilson's interval of the share TP / (TP + FP + FN), which determines F1 (the
      indirect method of Lam et al.).
    - AUC: `effective_interval` with DeLong's variance.
    - Macro averages: `effective_interval` with the variance of the delta method, which takes into
      account that one image is in the figures of several classes (for F1, Takahashi et al.).
    - Loss and Brier score: Student's.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.

    Returns:
        ``intervals``: ``[low, high]`` for each of ``accuracy``, ``balanced_accuracy``,
        ``top2_accuracy``, ``macro_precision``, ``macro_recall``, ``macro_f1``, ``macro_auc``,
        ``loss`` and ``brier``; ``per_class``: a dict of ``precision_interval``,
        ``recall_interval``, ``f1_interval`` and ``auc_interval`` per class. None where the images
        allow no interval.

    Raises:
        ValueError: as `classification_metrics`.

    Example:
        >>> scores = score_intervals([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> [round(bound, 3) for bound in scores["intervals"]["accuracy"]]
        [0.208, 0.939]
        >>> scores["per_class"][0]["auc_interval"] is None
        True

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
        inference. Journal of the American Statistical Association 22(158).
        Lam, K. F. Y., Gopal, V. and Qian, J. (2023). Confidence intervals for the F1 score: a
        comparison of four methods. arXiv 2309.14621.
        Takahashi, K., Yamamoto, K., Kuchiba, A. and Koyama, T. (2022). Confidence interval for
        micro-averaged F1 and macro-averaged F1 scores. Applied Intelligence 52.
    """
    true, chances = check_predictions(labels, probabilities)
    classes = chances.shape[1]
    confusion = confusion_counts(true, chances).astype(np.float64)
    balanced = balanced_accuracy(confusion)
    areas = areas_under_curves(true, chances)
    images = len(true)
    return {
        "intervals": {
            "accuracy": proportion_interval(float(np.trace(confusion)), images),
            "balanced_accuracy": [balanced.low, balanced.high],
            "top2_accuracy": (
                proportion_interval(float((true_ranks(true, chances) < 2).sum()), images)
                if classes > 2
                else None
            ),
            **_macro_intervals(confusion),
            "macro_auc": _macro_area(areas, confusion.sum(axis=1)),
            "loss": mean_interval(image_losses(true, chances)),
            "brier": mean_interval(image_distances(true, chances)),
        },
        "per_class": [_class_intervals(confusion, areas, label) for label in range(classes)],
    }


def _class_intervals(
    confusion: NDArray[np.float64], areas: RocAreas, label: int
) -> dict[str, Bounds]:
    right = float(confusion[label, label])
    images, predictions = float(confusion[label].sum()), float(confusion[:, label].sum())
    overlap = proportion_interval(right, images + predictions - right)
    area, influences = float(areas.estimates[label]), areas.influences[:, label]
    has_variance = not np.isnan(influences).any()
    rarer = min(images, float(confusion.sum()) - images)
    return {
        "precision_interval": proportion_interval(right, predictions),
        "recall_interval": proportion_interval(right, images),
        "f1_interval": overlap and [2 * bound / (1 + bound) for bound in overlap],
        "auc_interval": (
            effective_interval(area, float((influences**2).sum()), rarer) if has_variance else None
        ),
    }


def _macro_intervals(confusion: NDArray[np.float64]) -> dict[str, Bounds]:
    """Return the intervals of the macro averages of precision, recall and F1, by the delta method.

    How much an image moves them depends only on its true and its predicted class. So their
    variances are sums over the cells of the confusion matrix.
    """
    right = np.eye(len(confusion))
    hits = confusion.diagonal()
    present = confusion.sum(axis=1) > 0
    # At least 1, so that a class without images, which the means leave out, divides by no 0.
    images = np.maximum(confusion.sum(axis=1), 1)
    predictions = np.maximum(confusion.sum(axis=0), 1)
    both = np.maximum(confusion.sum(axis=1) + confusion.sum(axis=0), 1)
    recall, precision, f1 = hits / images, hits / predictions, 2 * hits / both
    influences = {
        "macro_precision": (precision, (right - precision) / predictions),
        "macro_recall": (recall, (right - recall[:, None]) / images[:, None]),
        "macro_f1": (f1, 2 * right / both - (f1 / both)[:, None] - f1 / both),
    }
    return {
        name: effective_interval(
            float(of_classes[present].mean()),
            float((confusion * (influence / present.sum()) ** 2).sum()),
            _balanced_images(images[present]),
        )
        for name, (of_classes, influence) in influences.items()
    }


def _macro_area(areas: RocAreas, images: NDArray[np.float64]) -> Bounds:
    """Return the interval of the mean area; ``images`` are the number of each class, ``[c]``."""
    defined = ~np.isnan(areas.estimates)
    influences = areas.influences[:, defined]
    if not defined.any() or np.isnan(influences).any():
        return None
    variance = float((influences.mean(axis=1) ** 2).sum())
    return effective_interval(
        float(areas.estimates[defined].mean()), variance, _balanced_images(images[defined])
    )


def _balanced_images(images: NDArray[np.float64]) -> float:
    """Return the size of a balanced sample that is worth as much as this one.

    Args:
        images: ``[c]``, the number of images of each class, 1 or more.
    """
    return float(len(images) ** 2 / (1 / images).sum())
