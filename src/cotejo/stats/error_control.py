"""How much error each of many comparisons may have, so that few of their verdicts are wrong.

``"share"``: of the verdicts that are given, at most 5% are wrong on average (Benjamini and
Hochberg). Intervals are at the level of these verdicts, so that of the intervals behind them 95%
hold the truth on average (Benjamini and Yekutieli), and a verdict never says more than its
interval. ``"family"``: at most 5% of studies have any wrong verdict (Bonferroni). Holm's method
would be no valid gain on that, where a comparison can also be settled as equal.

References:
    Benjamini, Y., and Hochberg, Y. (1995). Controlling the false discovery rate: a practical and
    powerful approach to multiple testing. Journal of the Royal Statistical Society B 57(1).
    Benjamini, Y., and Yekutieli, D. (2005). False discovery rate-adjusted multiple confidence
    intervals for selected parameters. Journal of the American Statistical Association 100(469).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

__all__ = ["ERROR", "ErrorKind", "adjusted_levels", "error_each"]

ErrorKind = Literal["share", "family"]

ERROR = 0.05
"""The share of error of all comparisons together."""


def error_each(levels: Sequence[float], kind: ErrorKind = "share", error: float = ERROR) -> float:
    """Return the share of error that each comparison may have.

    Those whose own level is no higher are settled.

    Args:
        levels: of each comparison, the smallest share of error at which it is settled, in
            ``[0, 1]``.
        kind: what is kept below ``error``: the share of the verdicts that are wrong, or the
            share of studies with any wrong one.
        error: in ``(0, 1)``.

    Raises:
        ValueError: a level is out of its range.

    Example:
        >>> round(error_each([0.001, 0.02, 0.04, 0.5]), 4)
        0.025
        >>> error_each([0.001, 0.02, 0.04, 0.5], "family")
        0.0125
    """
    count = len(levels)
    if count == 0:
        return error
    settled = 1
    if kind == "share":
        settled = sum(level <= error for level in adjusted_levels(levels, kind))
    return error * max(settled, 1) / count


def adjusted_levels(levels: Sequence[float], kind: ErrorKind = "share") -> list[float]:
    """Return the share of error of all at which each comparison is settled, in the same order.

    Raises:
        ValueError: a level is out of its range.

    Example:
        >>> [round(level, 3) for level in adjusted_levels([0.001, 0.02, 0.04, 0.5])]
        [0.004, 0.04, 0.053, 0.5]
    """
    from scipy.stats import false_discovery_control

    values = np.asarray(levels, np.float64)
    if not all(0 <= level <= 1 for level in values):
        raise ValueError(f"`levels` must be in [0, 1]; received {list(levels)}")
    if not len(values):
        return []
    if kind == "family":
        return [float(level) for level in np.minimum(len(values) * values, 1.0)]
    return [float(level) for level in false_discovery_control(values)]
