"""Areas under the ROC curves, each class against the rest, and what each image adds to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Areas", "area_under_curve", "areas_under_curves"]


@dataclass(frozen=True)
class Areas:
    """The areas of all classes.

    Attributes:
        estimates: ``[classes]``, in ``[0, 1]``; NaN where a class has no images or all.
        influences: ``[n, classes]``: what each image moves an area by. Their squares sum to
            DeLong's variance of the area, their products over two classes to the covariance;
            NaN where a class or the rest has fewer than two images.
    """

    estimates: NDArray[np.float64]
    influences: NDArray[np.float64]


def areas_under_curves(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> Areas:
    """Return the area under each class's ROC curve, against all other classes.

    It is the probability that an image of the class gets a higher probability of it than an
    image of another; of equals, half.

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
    found = [
        area_under_curve(labels == label, chances[:, label]) for label in range(chances.shape[1])
    ]
    return Areas(
        np.array([estimate for estimate, _ in found]),
        np.stack([influences for _, influences in found], axis=1),
    )


def area_under_curve(
    inside: NDArray[np.bool_], values: NDArray[np.floating[Any]]
) -> tuple[float, NDArray[np.float64]]:
    """Return one area, of the images ``inside`` against the others, and influences ``[n]``.

    Args:
        inside: ``[n]``, which images are of the class.
        values: ``[n]``, by which they are ordered: probabilities, or anything else.

    Returns:
        As `Areas` has them.

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
    """Return the share of ``others`` below each of ``values``, equal ones counting half."""
    ordered = np.sort(others)
    twice = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    shares: NDArray[np.float64] = twice / (2 * len(others))
    return shares
