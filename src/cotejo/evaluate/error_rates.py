"""The error rate of each class, and the test whether several groups share one error rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import proportion_interval

__all__ = ["ClassRates", "class_rates", "homogeneity"]

_SETTLED = 0.05


@dataclass(frozen=True)
class ClassRates:
    """The error rate of each class, and whether they differ.

    Attributes:
        labels: the classes that have images.
        rates, lows, highs: their error rates, with Wilson's 95% intervals.
        p_value: of the hypothesis that all classes have the same rate; 1 where there are too few
            mistakes to tell.
    """

    labels: tuple[int, ...]
    rates: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    p_value: float

    @property
    def differ(self) -> bool:
        """Whether the rates certainly differ: the p-value is below 0.05."""
        return self.p_value < _SETTLED


def class_rates(wrong: NDArray[np.bool_], labels: NDArray[np.int64]) -> ClassRates:
    """Return the error rates of the classes.

    Args:
        wrong: ``[n]``, whether each image was classified wrongly.
        labels: ``[n]``, integers of 0 or more.
    """
    present = [int(label) for label in np.unique(labels)]
    counts = [
        (int(wrong[labels == label].sum()), int((labels == label).sum())) for label in present
    ]
    bounds = [proportion_interval(*count) or [0.0, 1.0] for count in counts]
    return ClassRates(
        labels=tuple(present),
        rates=tuple(mistakes / images for mistakes, images in counts),
        lows=tuple(low for low, _ in bounds),
        highs=tuple(high for _, high in bounds),
        p_value=homogeneity(counts),
    )


def homogeneity(counts: list[tuple[int, int]]) -> float:
    """Return the p-value of the hypothesis that all groups have the same error rate.

    The test is Pearson's chi-square. Where it has too little data, the p-value is 1: by Cochran's
    rule, where any expected count is below 1, or more than a fifth of them are below 5.

    Args:
        counts: ``(mistakes, images)`` for each group.

    References:
        Cochran, W. G. (1954). Some methods for strengthening the common chi-square tests.
        Biometrics 10(4).
    """
    from scipy.stats import chi2_contingency
    from scipy.stats.contingency import expected_freq

    table = np.array([[mistakes, images - mistakes] for mistakes, images in counts])
    expected = expected_freq(table)
    if len(table) < 2 or expected.min() < 1 or (expected < 5).mean() > 0.2:
        return 1.0
    return float(chi2_contingency(table, correction=False).pvalue)
