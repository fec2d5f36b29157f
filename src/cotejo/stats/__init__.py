"""Compare alternatives: how certain an accuracy is, and how certain a difference is."""

from __future__ import annotations

from cotejo.evaluate.intervals import Interval, wilson_interval
from cotejo.stats.accuracy import mean_accuracy
from cotejo.stats.allotment import Side, allot
from cotejo.stats.difference import Difference
from cotejo.stats.error_control import ERROR, ErrorKind, adjusted_levels, error_each
from cotejo.stats.expected_best import expected_best
from cotejo.stats.explained import explained_share
from cotejo.stats.fixed_value import accuracy_above, scalar_above
from cotejo.stats.fold_values import FoldValues, fold_values
from cotejo.stats.folds import fold_above, fold_difference, fold_mean
from cotejo.stats.independent import independent_difference
from cotejo.stats.looks import Standing, errors_of_looks, share_of_look, standings
from cotejo.stats.needed import Needed, needed, reachable
from cotejo.stats.paired import paired_accuracy_difference, paired_scalar_difference
from cotejo.stats.shrinkage import Spread, moderated_spreads
from cotejo.stats.two_alternatives import (
    accuracy_difference,
    balanced_difference,
    own_spread,
    scalar_difference,
)
from cotejo.stats.verdicts import Judged, Outcome, claim_level, claim_outcome, settled_by

__all__ = [
    "ERROR",
    "Difference",
    "ErrorKind",
    "FoldValues",
    "Interval",
    "Judged",
    "Needed",
    "Outcome",
    "Side",
    "Spread",
    "Standing",
    "accuracy_above",
    "accuracy_difference",
    "adjusted_levels",
    "allot",
    "balanced_difference",
    "claim_level",
    "claim_outcome",
    "error_each",
    "errors_of_looks",
    "expected_best",
    "explained_share",
    "fold_above",
    "fold_difference",
    "fold_mean",
    "fold_values",
    "independent_difference",
    "mean_accuracy",
    "moderated_spreads",
    "needed",
    "own_spread",
    "paired_accuracy_difference",
    "paired_scalar_difference",
    "reachable",
    "scalar_above",
    "scalar_difference",
    "settled_by",
    "share_of_look",
    "standings",
    "wilson_interval",
]
