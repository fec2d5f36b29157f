"""Accuracies of alternatives and their differences, by the statistics that the study asks for.

With cross-validation each part is answered by a network of its own, and the networks share what
they learn from (`cotejo.stats.folds`). Otherwise a seed has one network, which answers all
images.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.facts import AlternativeFacts
from cotejo.report.seed_means import balanced_over_seeds
from cotejo.stats import (
    Difference,
    FoldValues,
    Interval,
    accuracy_above,
    accuracy_difference,
    balanced_difference,
    fold_above,
    fold_difference,
    fold_mean,
    fold_values,
    mean_accuracy,
)

__all__ = ["Split", "above", "accuracy", "balanced", "balanced_lead", "lead"]

Split = Literal["valid", "test"]


def accuracy(alternative: AlternativeFacts, split: Split = "test") -> Interval:
    """Return an alternative's mean accuracy with its 95% interval over seeds and images."""
    if alternative.parts is None:
        return mean_accuracy(alternative.answers[split])
    return fold_mean(_folds(alternative, split))


def balanced(alternative: AlternativeFacts) -> Interval:
    """Return its mean balanced accuracy on the test images with its 95% interval."""
    if alternative.parts is None:
        return balanced_over_seeds(alternative)
    return fold_mean(_folds(alternative, "test", alternative.test_predictions[0]))


def lead(first: AlternativeFacts, second: AlternativeFacts, split: Split) -> Difference:
    """Return the first's mean accuracy minus the second's, on a split's images.

    With cross-validation, they are paired by the seeds that both finished.
    """
    if first.parts is None or second.parts is None or not _common(first, second):
        return accuracy_difference(first.answers[split], second.answers[split])
    rows = _common(first, second)
    return fold_difference(_folds(first, split, None, rows), _folds(second, split, None, rows))


def balanced_lead(first: AlternativeFacts, second: AlternativeFacts) -> Difference:
    """Return the first's mean balanced accuracy on validation minus the second's."""
    labels = first.valid_predictions[0]
    if first.parts is None or second.parts is None or not _common(first, second):
        return balanced_difference(first.answers["valid"], second.answers["valid"], labels)
    rows = _common(first, second)
    return fold_difference(
        _folds(first, "valid", labels, rows), _folds(second, "valid", labels, rows)
    )


def above(alternative: AlternativeFacts, value: float, split: Split) -> Difference:
    """Return an alternative's mean accuracy minus a fixed value, as `accuracy_above`."""
    if alternative.parts is None:
        return accuracy_above(alternative.answers[split], value)
    return fold_above(_folds(alternative, split), value)


def _common(*alternatives: AlternativeFacts) -> list[int]:
    """Return the seeds that all of them finished, in order."""
    return sorted(set.intersection(*(set(each.seeds) for each in alternatives)))


def _folds(
    alternative: AlternativeFacts,
    split: Split,
    labels: NDArray[np.int32] | None = None,
    seeds: Sequence[int] | None = None,
) -> FoldValues:
    """Return the accuracy, or with labels the balanced accuracy, of each part."""
    if alternative.parts is None:
        raise ValueError("`alternative` must be of a study with cross-validation")
    rows = [alternative.seeds.index(seed) for seed in seeds or alternative.seeds]
    # The images of one part are validated by one network too, that of the part before.
    return fold_values(alternative.answers[split][rows], alternative.parts[rows], labels)
