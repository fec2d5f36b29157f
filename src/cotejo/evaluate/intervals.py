"""95% intervals of a split's figures, over the sample of its images.

They say how much the figures of one trained network would change with other images of the same
kind. They say nothing about how much they would change with another training seed.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.areas import Areas, areas_under_curves
from cotejo.evaluate.metrics import (
    check_predictions,
    image_distances,
    image_losses,
    true_places,
)

__all__ = [
    "NORMAL",
    "effective_interval",
    "mean_interval",
    "proportion_interval",
    "score_intervals",
]

Bounds = list[float] | None

NORMAL = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""


def score_intervals(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return the intervals of what `classification_metrics` measures.

    Wilson's for the shares of images: accuracy, top-2 accuracy, a class's precision and recall.
    For a class's F1, Wilson's for the share TP / (TP + FP + FN), of which F1 is a function
    (Lam et al.'s indirect method). For AUC, DeLong's variance, and for the macro averages the
    delta method's, which counts in that one image is in the figures of several classes (Takahashi
    et al. for F1); both by `effective_interval`. For the loss and the Brier score, Student's.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.

    Returns:
        ``intervals``: ``[low, high]`` for each of ``accuracy``, ``top2_accuracy``,
        ``macro_precision``, ``macro_recall``, ``macro_f1``, ``macro_auc``, ``loss`` and
        ``brier``; ``per_class``: a dict of ``precision_interval``, ``recall_interval``,
        ``f1_interval`` and ``auc_interval`` a class. None where the images allow none.

    Raises:
        ValueError: as `classification_metrics`.

    Example:
        >>> found = score_intervals([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> [round(bound, 3) for bound in found["intervals"]["accuracy"]]
        [0.208, 0.939]
        >>> found["per_class"][0]["auc_interval"] is None
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
    predicted = chances.argmax(axis=1)
    classes = chances.shape[1]
    confusion = np.zeros((classes, classes))
    np.add.at(confusion, (true, predicted), 1)
    areas = areas_under_curves(true, chances)
    images = len(true)
    return {
        "intervals": {
            "accuracy": proportion_interval(float(np.trace(confusion)), images),
            "top2_accuracy": (
                proportion_interval(float((true_places(true, chances) < 2).sum()), images)
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


def proportion_interval(count: float, images: float) -> Bounds:
    """Return Wilson's 95% interval of ``count`` out of ``images``; None where there are none.

    Example:
        >>> [round(bound, 3) for bound in proportion_interval(700, 1000)]
        [0.671, 0.728]

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
        inference. Journal of the American Statistical Association 22(158).
    """
    if images <= 0:
        return None
    share = min(max(count / images, 0.0), 1.0)
    weight = NORMAL**2 / images
    centre = share + weight / 2
    half = sqrt(share * (1 - share) * weight + weight**2 / 4)
    low, high = ((centre + sign * half) / (1 + weight) for sign in (-1, 1))
    return [max(low, 0.0), min(high, 1.0)]


def effective_interval(estimate: float, variance: float, certain: float) -> Bounds:
    """Return Wilson's interval with the number of images that would give ``variance``.

    So is an interval made of a figure in ``[0, 1]`` that is no plain share but whose variance
    is known: it stays in ``[0, 1]``, and is no point where the variance is 0.

    Args:
        estimate: in ``[0, 1]``.
        variance: of the estimate, 0 or more.
        certain: the number of images to take where the estimate is 0 or 1, or the variance 0.

    Example:
        >>> effective_interval(0.7, 0.7 * 0.3 / 1000, 1000) == proportion_interval(700, 1000)
        True

    References:
        Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019). Comparative study of
        confidence intervals for proportions in complex sample surveys. Journal of Survey
        Statistics and Methodology 7(3).
    """
    spread = estimate * (1 - estimate)
    images = spread / variance if spread > 0 and variance > 0 else certain
    return proportion_interval(estimate * images, images)


def mean_interval(values: NDArray[np.float64]) -> Bounds:
    """Return Student's 95% interval of the mean of ``[n]`` values; None for fewer than two.

    Its lower bound is no lower than 0: what is averaged here never is.

    Example:
        >>> [round(bound, 2) for bound in mean_interval(np.array([1.0, 2.0, 3.0]))]
        [0.0, 4.48]
    """
    from scipy.stats import t

    if len(values) < 2:
        return None
    mean = float(values.mean())
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return [max(mean - half, 0.0), mean + half]


def _class_intervals(confusion: NDArray[np.float64], areas: Areas, label: int) -> dict[str, Bounds]:
    right = float(confusion[label, label])
    seen, named = float(confusion[label].sum()), float(confusion[:, label].sum())
    overlap = proportion_interval(right, seen + named - right)
    area, influences = float(areas.estimates[label]), areas.influences[:, label]
    known = not np.isnan(influences).any()
    rarer = min(seen, float(confusion.sum()) - seen)
    return {
        "precision_interval": proportion_interval(right, named),
        "recall_interval": proportion_interval(right, seen),
        "f1_interval": overlap and [2 * bound / (1 + bound) for bound in overlap],
        "auc_interval": (
            effective_interval(area, float((influences**2).sum()), rarer) if known else None
        ),
    }


def _macro_intervals(confusion: NDArray[np.float64]) -> dict[str, Bounds]:
    """Return those of the macro averages of precision, recall and F1, by the delta method.

    What an image moves them by depends on its true and its predicted class only, and so their
    variances are sums over the cells of the confusion matrix.
    """
    right = np.eye(len(confusion))
    hits = confusion.diagonal()
    present = confusion.sum(axis=1) > 0
    # At least 1, so that a class without images, which is no part of the means, moves nothing.
    seen = np.maximum(confusion.sum(axis=1), 1)
    named = np.maximum(confusion.sum(axis=0), 1)
    both = np.maximum(confusion.sum(axis=1) + confusion.sum(axis=0), 1)
    recall, precision, f1 = hits / seen, hits / named, 2 * hits / both
    moved = {
        "macro_precision": (precision, (right - precision) / named),
        "macro_recall": (recall, (right - recall[:, None]) / seen[:, None]),
        "macro_f1": (f1, 2 * right / both - (f1 / both)[:, None] - f1 / both),
    }
    return {
        name: effective_interval(
            float(of_classes[present].mean()),
            float((confusion * (influence / present.sum()) ** 2).sum()),
            _balanced(seen[present]),
        )
        for name, (of_classes, influence) in moved.items()
    }


def _macro_area(areas: Areas, seen: NDArray[np.float64]) -> Bounds:
    known = ~np.isnan(areas.estimates)
    influences = areas.influences[:, known]
    if not known.any() or np.isnan(influences).any():
        return None
    variance = float((influences.mean(axis=1) ** 2).sum())
    return effective_interval(
        float(areas.estimates[known].mean()), variance, _balanced(seen[known])
    )


def _balanced(seen: NDArray[np.float64]) -> float:
    """Return how many images, equally many a class, would be worth the ones ``seen`` of each."""
    return float(len(seen) ** 2 / (1 / seen).sum())
