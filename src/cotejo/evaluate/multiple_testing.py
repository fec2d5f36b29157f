"""Holm's correction of p-values for the number of tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["holm"]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values after Holm's correction, in the same order.

    If only corrected p-values below 0.05 count as findings, the probability of any false finding
    is at most 5%, however the tests depend on each other.

    Raises:
        ValueError: a p-value is not in ``[0, 1]``.

    Example:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    References:
        Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
        Journal of Statistics 6(2).
    """
    values = np.asarray(p_values, float)
    if not all(0 <= p <= 1 for p in values):
        raise ValueError(f"`p_values` must be in [0, 1]; received {list(p_values)}")
    order = np.argsort(values, kind="stable")
    corrected = np.empty_like(values)
    # The smallest of n values is multiplied by n, the next one by n - 1, and so on.
    raised = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    corrected[order] = np.minimum(raised, 1.0)
    return [float(p) for p in corrected]
