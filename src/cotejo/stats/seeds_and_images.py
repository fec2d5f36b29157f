"""Intervals and p-values where the chance of the seeds and the chance of the images add up.

The seeds' part of the variance is estimated from a few seeds, the images' part from thousands of
images. So each part gets its own quantile: ``half² = t²·seed + z²·image``. Where only the seeds
vary this is a t interval, and where only the images vary a normal interval. In between, by
Banerjee's theorem, the interval covers the truth too often rather than too rarely. By how much,
and how other methods do, is in docs/coverage.md.

References:
    Banerjee, S. (1960). Approximate confidence interval for linear functions of means of k
    populations when the population variances are not equal. Sankhya 22.
    Graybill, F. A., and Wang, C. (1980). Confidence intervals on nonnegative linear
    combinations of variances. Journal of the American Statistical Association 75(372).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, sqrt

__all__ = ["half_width", "two_sided_p", "welch_degrees"]

_FARTHEST = 37.0
"""The normal quantile beyond which a probability is 0 in double precision."""

_PRECISION = 1e-12
"""The relative precision of the normal quantile that gives a p-value."""

_NEAREST = 1e-300
"""The normal quantile below which a p-value is 1; smaller ones lack the digits to be halved."""


def half_width(seed: float, degrees: float, image: float, confidence: float) -> float:
    """Return half the width of the interval around an estimate.

    Args:
        seed: the seeds' part of the estimate's variance, 0 or more.
        degrees: the degrees of freedom of that part, above 0; infinite for a known variance.
        image: the images' part, 0 or more.
        confidence: in ``(0, 1)``.

    Raises:
        ValueError: ``confidence`` is out of its range.

    Example:
        >>> round(half_width(1.0, 2, 0.0, 0.95), 3), round(half_width(0.0, 2, 1.0, 0.95), 3)
        (4.303, 1.96)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be in (0, 1); received {confidence}")
    return _half_width(seed, degrees, image, (1 - confidence) / 2)


def two_sided_p(distance: float, seed: float, degrees: float, image: float) -> float:
    """Return the p-value of a value at this distance from the estimate.

    It is the error probability of the interval that just reaches that far. So a value lies
    outside the 95% interval exactly if its p-value is below 0.05.

    Example:
        >>> round(two_sided_p(4.303, 1.0, 2, 0.0), 3), round(two_sided_p(1.96, 0.0, 2, 1.0), 3)
        (0.05, 0.05)
    """
    from scipy.special import ndtr

    distance = abs(distance)
    if distance == 0:
        return 1.0
    if seed + image == 0:
        return 0.0
    # The search is over normal quantiles. t quantiles are never smaller, so this is the upper end.
    low, high = 0.0, min(distance / sqrt(seed + image), _FARTHEST)
    while high - low > _PRECISION * max(high, _NEAREST):
        middle = (low + high) / 2
        if _half_width(seed, degrees, image, float(ndtr(-middle))) > distance:
            high = middle
        else:
            low = middle
    return min(2 * float(ndtr(-(low + high) / 2)), 1.0)


def welch_degrees(parts: Sequence[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of estimated variances, by Satterthwaite's formula.

    Args:
        parts: each variance, 0 or more, with its degrees of freedom.

    Example:
        >>> welch_degrees([(2.0, 2), (2.0, 2)]), welch_degrees([(2.0, 2), (0.0, 2)])
        (4.0, 2.0)

    References:
        Welch, B. L. (1947). The generalization of "Student's" problem when several different
        population variances are involved. Biometrika 34.
    """
    total = sum(variance for variance, _ in parts)
    if total == 0:
        return sum(degrees for _, degrees in parts)
    return 1 / sum((variance / total) ** 2 / degrees for variance, degrees in parts)


def _half_width(seed: float, degrees: float, image: float, tail: float) -> float:
    from scipy.special import ndtri, stdtrit

    z = float(ndtri(tail))
    if seed == 0 or isinf(degrees):
        return -z * sqrt(seed + image)
    t = float(stdtrit(degrees, tail))
    # `t * t`, since `t**2` raises an error where the result overflows.
    return sqrt(t * t * seed + z * z * image)
