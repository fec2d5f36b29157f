"""95% intervals over the sample of images: of a share, of a mean, of a figure of known variance.

They say how much a figure would change with other images of the same kind. They say nothing about
how much it would change with another training seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "NORMAL",
    "Bounds",
    "Interval",
    "effective_interval",
    "mean_interval",
    "proportion_interval",
    "wilson_bounds",
    "wilson_interval",
]

Bounds = list[float] | None
"""``[low, high]``, ready for JSON; None where the images allow no interval."""

NORMAL = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""


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


def wilson_interval(accuracy: float, images: int) -> Interval:
    """Return Wilson's 95% interval of an accuracy over the images that it was measured on.

    For a mean of several seeds' accuracies it is a little too wide, which is the safe side: the
    mean varies less from image to image than a single model does.

    Args:
        accuracy: the fraction of right answers, in ``[0, 1]``.
        images: the number of images, 1 or more.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> interval = wilson_interval(0.7, 10_000)
        >>> round(interval.low, 4), round(interval.high, 4)
        (0.6909, 0.7089)
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"`accuracy` must be in [0, 1]; received {accuracy}")
    bounds = proportion_interval(accuracy * images, images)
    if bounds is None:
        raise ValueError(f"`images` must be at least 1; received {images}")
    low, high = bounds
    # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
    return Interval(accuracy, min(low, accuracy), max(high, accuracy))


def proportion_interval(count: float, images: float) -> Bounds:
    """Return Wilson's 95% interval of ``count`` out of ``images``; None without images.

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
    low, high = wilson_bounds(share, NORMAL**2 / images)
    return [max(low, 0.0), min(high, 1.0)]


def wilson_bounds(share: float, c: float) -> tuple[float, float]:
    """Return the two solutions of ``(share - bound)² = c·bound·(1 - bound)``, the lower first.

    Rounding may push them a little out of ``[0, 1]``.

    Args:
        share: in ``[0, 1]``.
        c: the squared half width of the plain interval, in units of ``share·(1 - share)``; for
            Wilson's interval of n images, ``NORMAL² / n``.
    """
    centre, half = share + c / 2, sqrt(share * (1 - share) * c + c**2 / 4)
    return (centre - half) / (1 + c), (centre + half) / (1 + c)


def effective_interval(estimate: float, variance: float, certain: float) -> Bounds:
    """Return Wilson's interval for the number of images that would give ``variance``.

    It is for a figure in ``[0, 1]`` that is not a plain share but whose variance is known. The
    interval stays in ``[0, 1]``, and is more than a point where the variance is 0.

    Args:
        estimate: in ``[0, 1]``.
        variance: the variance of the estimate, 0 or more.
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

    The lower bound is at least 0, as the values averaged here are.

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
