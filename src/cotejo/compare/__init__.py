"""Compare alternatives: how certain an accuracy is, and how certain a difference is."""

from __future__ import annotations

from cotejo.compare.accuracy import mean_accuracy
from cotejo.compare.all_pairs import Comparison, compare_all, compare_folds
from cotejo.compare.difference import Difference
from cotejo.compare.fixed_value import accuracy_above, scalar_above
from cotejo.compare.fold_values import FoldValues, fold_values
from cotejo.compare.folds import fold_above, fold_difference, fold_mean
from cotejo.compare.power import Needed, needed
from cotejo.compare.shrinkage import SpreadPrior, spread_prior
from cotejo.compare.two_alternatives import (
    accuracy_difference,
    balanced_difference,
    scalar_difference,
)
from cotejo.evaluate.intervals import Interval, wilson_interval

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
    "mean_accuracy",
    "needed",
    "scalar_above",
    "scalar_difference",
    "spread_prior",
    "wilson_interval",
]
