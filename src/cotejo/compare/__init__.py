"""Compare alternatives: how sure one can be of an accuracy and of a difference."""

from __future__ import annotations

from cotejo.compare.accuracy import mean_accuracy
from cotejo.compare.difference import Difference
from cotejo.compare.fixed import accuracy_above, scalar_above
from cotejo.compare.intervals import Interval, wilson_interval
from cotejo.compare.pairs import accuracy_difference, scalar_difference
from cotejo.compare.power import Needed, needed
from cotejo.compare.shared import Shared, spread_of_study
from cotejo.compare.study import Comparison, compare_all

__all__ = [
    "Comparison",
    "Difference",
    "Interval",
    "Needed",
    "Shared",
    "accuracy_above",
    "accuracy_difference",
    "compare_all",
    "mean_accuracy",
    "needed",
    "scalar_above",
    "scalar_difference",
    "spread_of_study",
    "wilson_interval",
]
