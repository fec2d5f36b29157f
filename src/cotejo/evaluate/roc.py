"""Areas under the ROC curves, each class against the rest, and each image's influence on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["RocAreas", "area_under_curve", "areas_under_curves"]


@dataclass(frozen=True)
class RocAreas:
    """The areas under the ROC curves of all classes.

    Attributes:
        estimates: ``[classes]``, in ``[0, 1]``; NaN where a class has no images, or all of them.
        influences: ``[n, classes]``, how much each image moves each area. For one class, their
            squares add up to DeLong's variance of the area; for two classes, their products add
            up to the covariance. NaN where a class or the rest has fewer than two images.
    """

    estimates: NDArray[np.float64]
    influences: NDArray[np.float64]


def areas_under_curves(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> RocAreas:
    """Return the area under each class's ROC curve, against all other classes.

    Take an image of the class and an image of another class. The area is the probability that the
    first gets the higher probability of the class; equal probabilities count half.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.

    Example:
        >>> chances = np.array([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.2, 0.8]])
        >>> areas_under_curves(np.array([0, 0, 1, 1]), chances).estimates.tolist()
        [0.75, 0.75]

    References:
        DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under
        two or more correlated receiver operating characteristic curves. Biometrics 44(3).
        By ranks: Sun, X. and Xu, W. (2014). Fast implementation of DeLong's algorithm. IEEE
        Signal Processing Letters 21(11).
    """
    areas = [
        area_under_curve(labels == label, chances[:, label]) for label in range(chances.shape[1])
    ]
    return RocAreas(
        np.array([estimate for estimate, _ in areas]),
        np.stack([influences for _, influences in areas], axis=1),
    )


def area_under_curve(
    inside: NDArray[np.bool_], values: NDArray[np.floating[Any]]
) -> tuple[float, NDArray[np.float64]]:
    """Return one area, of the images ``inside`` against the others, and its influences ``[n]``.

    Args:
        inside: ``[n]``, which images belong to the class.
        values: ``[n]``, what the images are ordered by: probabilities, or anything else.

    Returns:
        One class's estimate and influences, as in `RocAreas`.

    Example:
        >>> area_under_curve(np.array([True, True, False]), np.array([3, 1, 2]))[0]
        0.5
    """
    positives, negatives = int(inside.sum()), int((~inside).sum())
    influences = np.full(len(inside), np.nan)
    if not positives or not negatives:
        return float("nan"), influences
    below = _share_below(values[inside], values[~inside])
    above = 1 - _share_below(values[~inside], values[inside])
    area = float(below.mean())
    if min(positives, negatives) > 1:
        influences[inside] = (below - area) / np.sqrt(positives * (positives - 1))
        influences[~inside] = (above - area) / np.sqrt(negatives * (negatives - 1))
    return area, influences


def _share_below(
    values: NDArray[np.floating[Any]], others: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return the share of ``others`` below each of ``values``; equal ones count half."""
    ordered = np.sort(others)
    twice = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    shares: NDArray[np.float64] = twice / (2 * len(others))
    return shares
