"""By how much an alternative is better than another, or than a value, in what a claim states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import variance
from typing import Any

from cotejo.compare import (
    Difference,
    SpreadPrior,
    accuracy_above,
    accuracy_difference,
    scalar_above,
    scalar_difference,
)
from cotejo.compare.difference import difference_from
from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.gaps import gap_variance
from cotejo.store import RunFolder

__all__ = ["Measured", "measure"]


@dataclass(frozen=True)
class Measured:
    """One comparison of a claim as it was measured.

    Attributes:
        than: the alternative's name; None for a fixed value.
        value: that value, in the metric's unit; None for an alternative.
        difference: by how much ``better`` is better; None where that is not known.
        unreached: how many runs never reached the accuracy asked for.
        drawn: what stands the correction, if not the difference itself.
    """

    than: str | None
    value: float | None
    difference: Difference | None
    unreached: int = 0
    drawn: Difference | None = None

    @property
    def tested(self) -> Difference | None:
        """What is corrected: with the seeds' spread drawn to the study's, where that is known."""
        return self.drawn or self.difference

    @property
    def shown(self) -> Difference | None:
        """The difference; of a bound without the interval that it was tested by."""
        if self.difference is None or not self.unreached:
            return self.difference
        return replace(self.difference, low=-inf, high=inf)

    def p_value(self, difference: Difference | None, margin: float) -> float:
        """Return a difference's p against the margin; 1 where it can't tell one from the other."""
        if difference is None or min(difference.seeds) < 2:
            return 1.0
        # A bound tells nothing of a margin that the true difference may lie on either side of.
        estimate = difference.estimate
        beyond = estimate > margin if estimate > 0 else estimate < margin
        if self.unreached and not beyond:
            return 1.0
        return difference.p_value_against(margin)


def measure(
    facts: StudyFacts, claim: Mapping[str, Any], spreads: Mapping[str, SpreadPrior | None]
) -> list[Measured]:
    """Return what a claim states as it was measured, a part a comparison.

    Args:
        facts: the study's.
        claim: an entry of ``study.json``'s claims.
        spreads: `spread_prior`, of each split whose accuracies may be compared.
    """
    trained = {one.name: one for one in facts.trained}
    better = trained.get(claim["better"])
    if claim.get("than") is None:
        return [_against_value(facts, better, claim)]
    return [
        _against(facts, better, trained.get(name), claim, name, spreads) for name in claim["than"]
    ]


def _against(
    facts: StudyFacts,
    better: AlternativeFacts | None,
    other: AlternativeFacts | None,
    claim: Mapping[str, Any],
    name: str,
    spreads: Mapping[str, SpreadPrior | None],
) -> Measured:
    if better is None or other is None:
        return Measured(name, None, None)
    metric = claim["metric"]
    if metric in ("test_accuracy", "valid_accuracy"):
        split = metric.removesuffix("_accuracy")
        both = better.answers[split], other.answers[split]
        drawn = accuracy_difference(*both, spreads[split]) if spreads[split] else None
        return Measured(name, None, accuracy_difference(*both), drawn=drawn)
    if metric == "epochs":
        return _epochs_against(facts, better, other, claim, name)
    images = gap_variance(better, other) if metric == "gap" else 0.0
    # Lower is better for these.
    values, others = (_values(facts, one, metric) for one in (better, other))
    return Measured(name, None, scalar_difference(others, values, image_variance=images))


def _epochs_against(
    facts: StudyFacts,
    better: AlternativeFacts,
    other: AlternativeFacts,
    claim: Mapping[str, Any],
    name: str,
) -> Measured:
    """Return by how many epochs one is faster, as far as runs that never got there let it be told.

    Such a run needs more epochs than it trained. Counted as those, it makes the slower side look
    faster than it is: their difference is a lower bound, whose sign is the true one's. On the
    faster side, or on both, the error may go either way, and nothing is stated. What runs would
    have needed also varies more than what they count as, so the spread that a bound is tested by
    is not the slower side's own: either side is lent the larger of the two, with no more degrees
    of freedom than the side that got there has. Without any spread there is nothing to test by.
    """
    (values, lacking), (others, also) = (_epochs(facts, one, claim) for one in (better, other))
    difference = scalar_difference(others, values)
    if not lacking and not also:
        return Measured(name, None, difference)
    slower = also if difference.estimate > 0 else lacking
    if difference.estimate == 0 or slower < lacking + also:
        return Measured(name, None, None, lacking + also)
    reached = values if also else others
    several = min(len(values), len(others)) > 1
    spread = max(variance(one) for one in (values, others)) if several else 0.0
    if spread == 0:
        return Measured(name, None, _untestable(difference), lacking + also)
    bound = difference_from(
        difference.estimate,
        difference.seeds,
        spread / len(values) + spread / len(others),
        0.0,
        "welch",
        degrees=len(reached) - 1.0,
    )
    return Measured(name, None, bound, lacking + also)


def _against_value(
    facts: StudyFacts, better: AlternativeFacts | None, claim: Mapping[str, Any]
) -> Measured:
    value, metric = float(claim["value"]), claim["metric"]
    if better is None:
        return Measured(None, value, None)
    if metric in ("test_accuracy", "valid_accuracy"):
        answers = better.answers[metric.removesuffix("_accuracy")]
        drawn = accuracy_above(answers, value, to_correct=True)
        return Measured(None, value, accuracy_above(answers, value), drawn=drawn)
    lacking = 0
    if metric == "epochs":
        values, lacking = _epochs(facts, better, claim)
    else:
        values = _values(facts, better, metric)
    images = gap_variance(better) if metric == "gap" else 0.0
    # Lower is better: the advantage is how far the mean is below the value.
    difference = scalar_above(values, value, image_variance=images).reversed()
    if not lacking:
        return Measured(None, value, difference)
    # A bound, if anything, and no other side's spread to test it by.
    bound = _untestable(difference) if difference.estimate < 0 else None
    return Measured(None, value, bound, lacking)


def _untestable(difference: Difference) -> Difference:
    """Return a difference that settles nothing."""
    return replace(difference, low=-inf, high=inf, p_value=1.0, method="single")


def _values(facts: StudyFacts, one: AlternativeFacts, metric: str) -> list[float]:
    """Return a gap, or seconds, a finished seed."""
    if metric == "gap":
        return one.gaps
    return [facts.whole_seconds(run) for run in one.finished]


def _epochs(
    facts: StudyFacts, one: AlternativeFacts, claim: Mapping[str, Any]
) -> tuple[list[float], int]:
    """Return after how many epochs each finished seed reached an accuracy, and how many never did.

    Those count as the epochs that they trained, which is fewer than they would have needed.
    """
    reached = [_epochs_to(facts, run, float(claim["reach"])) for run in one.finished]
    trained = [float(facts.whole_epochs(run)) for run in one.finished]
    known = [all_ if some is None else some for some, all_ in zip(reached, trained, strict=True)]
    return known, sum(epochs is None for epochs in reached)


def _epochs_to(facts: StudyFacts, run: RunFolder, accuracy: float) -> float | None:
    """Return after how many epochs validation accuracy was first reached, between two epochs.

    Those of the run that it started from count; before the first epoch it names one class.
    """
    start = facts.whole_epochs(run) - len(run.history)
    guess = float(max(facts.data["counts"]["valid"])) / facts.images("valid")
    seen = [guess, *(row["valid_accuracy"] for row in run.history)]
    for epoch, (before, after) in enumerate(pairwise(seen), start=start):
        if after >= accuracy:
            return float(epoch + max(accuracy - before, 0.0) / max(after - before, 1e-12))
    return None
