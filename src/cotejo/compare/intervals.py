"""Intervals over the sample of test images: of an accuracy, and of a difference of two.

They say how much the figures would change with other test images of the same kind. They say
nothing about how much they would change with another training seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["Interval", "paired_difference", "wilson_interval"]


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it, all as fractions."""

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside, so that the sign of the estimate is settled."""
        return self.low > 0 or self.high < 0


def wilson_interval(accuracy: float, images: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of an accuracy over the images it was measured on.

    Of a mean of several seeds' accuracies it is a little too wide, which is the safe side: the
    mean varies less from image to image than one model does.

    Args:
        accuracy: the fraction that was right, in ``[0, 1]``.
        images: how many images there were, 1 or more.
        confidence: in ``(0, 1)``.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> found = wilson_interval(0.7, 10_000)
        >>> round(found.low, 4), round(found.high, 4)
        (0.6909, 0.7089)

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
        inference. Journal of the American Statistical Association 22(158).
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"`accuracy` must be in [0, 1]; received {accuracy}")
    if images < 1:
        raise ValueError(f"`images` must be at least 1; received {images}")
    z = _quantile(confidence)
    shrink = 1 + z**2 / images
    centre = (accuracy + z**2 / (2 * images)) / shrink
    half = z / shrink * sqrt(accuracy * (1 - accuracy) / images + z**2 / (4 * images**2))
    # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
    low, high = min(centre - half, accuracy), max(centre + half, accuracy)
    return Interval(accuracy, max(low, 0.0), min(high, 1.0))


def paired_difference(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the first's accuracy less the second's, paired on the same images.

    Bonett and Price's interval: a normal one after adding one image that only the first gets
    right and one that only the second does, which keeps its coverage when they seldom differ.

    Args:
        first: ``[n]``, in ``[0, 1]``: whether the first got each image right, or the fraction
            of its seeds that did.
        second: ``[n]``, the same of the second.
        confidence: in ``(0, 1)``.

    Raises:
        ValueError: the shapes differ, or there are no images.

    Example:
        >>> found = paired_difference([1] * 70 + [0] * 30, [1] * 50 + [0] * 50)
        >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
        (0.2, 0.11, 0.28)

    References:
        Bonett, D. G., and Price, R. M. (2012). Adjusted Wald confidence interval for a
        difference of binomial proportions based on paired data. Journal of Educational and
        Behavioral Statistics 37(4).
    """
    right, also_right = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if right.ndim != 1 or right.shape != also_right.shape or right.size == 0:
        raise ValueError(
            "`first` and `second` must be [n], with n at least 1; "
            f"received {list(right.shape)} and {list(also_right.shape)}"
        )
    difference = right - also_right
    count = len(difference) + 2
    centre = float(difference.sum()) / count
    variance = (float((difference**2).sum()) + 2) / count - centre**2
    half = _quantile(confidence) * sqrt(variance / count)
    return Interval(float(difference.mean()), max(centre - half, -1.0), min(centre + half, 1.0))


def _quantile(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be in (0, 1); received {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)
