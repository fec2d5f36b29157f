"""Compare alternatives: how certain an accuracy is, and how certain a difference is."""

from __future__ import annotations

from cotejo.evaluate.intervals import Interval, wilson_interval
from cotejo.stats.accuracy import mean_accuracy
from cotejo.stats.all_pairs import Comparison, compare_all, compare_folds
from cotejo.stats.difference import Difference
from cotejo.stats.fixed_value import accuracy_above, scalar_above
from cotejo.stats.fold_values import FoldValues, fold_values
from cotejo.stats.folds import fold_above, fold_difference, fold_mean
from cotejo.stats.independent import independent_difference
from cotejo.stats.power import Needed, needed
from cotejo.stats.shrinkage import SpreadPrior, spread_prior
from cotejo.stats.two_alternatives import (
    accuracy_difference,
    balanced_difference,
    scalar_difference,
)

__all__ = [
    "Comparison",
    "Difference",
    "FoldValues",
    "Interval",
    "Needed",
    "SpreadPrior",
    "accuracy_above",
    "accuracy_difference",
    "balanced_difference",
    "compare_all",
    "compare_folds",
    "fold_above",
    "fold_difference",
    "fold_mean",
    "fold_values",
    "independent_difference",
    "mean_accuracy",
    "needed",
    "scalar_above",
    "scalar_difference",
    "spread_prior",
    "wilson_interval",
]
