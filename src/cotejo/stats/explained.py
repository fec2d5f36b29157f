"""How much of the differences between trials one setting explains by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import Interval

__all__ = ["explained_share"]

_LEAST_LEFT = 3
"""Degrees of freedom that must be left for the spread that a setting does not explain."""

_LARGEST = 1e6


def explained_share(
    values: Sequence[Any], reached: Sequence[float], *, log: bool = False
) -> Interval | None:
    """Return the share of the trials' differences that one setting explains, with its 95% interval.

    What the trials reached is replaced by the normal scores of its ranks, so that a trial that
    failed weighs no more than one that came last. The effect of a number is fitted by a parabola,
    over its logarithm if it was drawn so; that of a choice by a mean for each. The estimate is the
    adjusted R², which is near 0 where the setting does nothing; the interval is that of the
    population's R², by the noncentral F distribution. With 20 trials it is wide. What two settings
    do only together is in neither's share.

    Args:
        values: of the setting, one per trial: numbers, or choices of any kind.
        reached: what each trial reached, where more is better.
        log: whether the number was drawn over its logarithm.

    Returns:
        The share, from 0 to 1; None where there are too few trials, or all are alike.

    Example:
        >>> rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
        >>> share = explained_share(rates, [0.5, 0.7, 0.8, 0.9, 0.8, 0.6, 0.1], log=True)
        >>> share.estimate > 0.8, share.low > 0.2
        (True, True)

    References:
        Steiger, J. H. (2004). Beyond the F test: effect size confidence intervals. Psychological
        Methods 9(2).
    """
    from scipy.stats import norm, rankdata

    if not len(values):
        return None
    design = _design(values, log)
    ranks = rankdata(reached)
    count, used = len(ranks), design.shape[1]
    left = count - used - 1
    if used == 0 or left < _LEAST_LEFT or len(set(ranks)) == 1:
        return None
    scores = norm.ppf((ranks - 0.5) / count)
    scores = scores - scores.mean()
    centred = design - design.mean(axis=0)
    coefficients = np.linalg.lstsq(centred, scores, rcond=None)[0]
    total = float(scores @ scores)
    unexplained = float(((scores - centred @ coefficients) ** 2).sum())
    share = min(max(1 - unexplained / total, 0.0), 1 - 1e-12)
    adjusted = max(1 - (1 - share) * (count - 1) / left, 0.0)
    statistic = (share / used) / ((1 - share) / left)
    low, high = (_share_at(statistic, used, left, count, level) for level in (0.975, 0.025))
    return Interval(adjusted, min(low, adjusted), max(high, adjusted))


def _design(values: Sequence[Any], log: bool) -> NDArray[np.float64]:
    """Return the columns of the regression: a number and its square, or all choices but one."""
    kinds = list(dict.fromkeys(map(repr, values)))
    numeric = all(isinstance(value, int | float) for value in values)
    if numeric and not any(isinstance(value, bool) for value in values) and len(kinds) > 2:
        numbers = np.array(values, np.float64)
        numbers = np.log(numbers) if log else numbers
        numbers = (numbers - numbers.mean()) / numbers.std()
        return np.stack([numbers, numbers**2], axis=1)
    return np.array([[repr(value) == kind for kind in kinds[1:]] for value in values], np.float64)


def _share_at(statistic: float, used: int, left: int, count: int, level: float) -> float:
    """Return the population's share at which the statistic would be at this quantile."""
    from scipy.optimize import brentq
    from scipy.stats import f as f_distribution
    from scipy.stats import ncf

    if f_distribution.cdf(statistic, used, left) <= level:
        return 0.0

    def above(noncentrality: float) -> float:
        return float(ncf.cdf(statistic, used, left, noncentrality)) - level

    end = 1.0
    while above(end) > 0 and end < _LARGEST:
        end *= 4
    noncentrality = float(brentq(above, 0.0, end)) if above(end) <= 0 else end
    return noncentrality / (noncentrality + count)
