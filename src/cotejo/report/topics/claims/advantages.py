"""By how much an alternative is better than another, or than a value, in what a claim states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import variance
from typing import Any

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.accuracies import above, lead
from cotejo.report.gaps import gap_variance
from cotejo.stats import Difference, SpreadPrior, scalar_above, scalar_difference
from cotejo.stats.difference import difference_from
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
        shrunk: the difference with the seeds' spread shrunk towards the study's, which the
            correction uses; None where the correction uses the difference itself.
    """

    than: str | None
    value: float | None
    difference: Difference | None
    unreached: int = 0
    shrunk: Difference | None = None

    @property
    def tested(self) -> Difference | None:
        """The difference whose p is corrected: the shrunk one, where there is one."""
        return self.shrunk or self.difference

    @property
    def shown(self) -> Difference | None:
        """The difference; a bound has no interval to show, so that it becomes infinite."""
        if self.difference is None or not self.unreached:
            return self.difference
        return replace(self.difference, low=-inf, high=inf)

    def p_value(self, difference: Difference | None, margin: float) -> float:
        """Return a difference's p against the margin; 1 where the data can't settle it."""
        if difference is None or not difference.covers_training:
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
    """Return what was measured of each comparison that a claim states.

    Args:
        facts: the study's.
        claim: an entry of ``study.json``'s claims.
        spreads: `spread_prior`, of each split whose accuracies may be compared.
    """
    # What was added may lack what the claim is about.
    trained = {each.name: each for each in facts.trained if _has(each, claim["metric"])}
    better = trained.get(claim["better"])
    if claim.get("than") is None:
        return [_against_value(facts, better, claim)]
    return [
        _against(facts, better, trained.get(name), claim, name, spreads) for name in claim["than"]
    ]


def _has(alternative: AlternativeFacts, metric: str) -> bool:
    """Return whether an alternative has what a claim compares."""
    if metric == "test_accuracy":
        return True
    return alternative.has_validation if metric == "valid_accuracy" else not alternative.is_added


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
        shrunk = lead(better, other, split, spreads[split]) if spreads[split] else None
        return Measured(name, None, lead(better, other, split), shrunk=shrunk)
    if metric == "epochs":
        return _epochs_against(facts, better, other, claim, name)
    images = gap_variance(better, other) if metric == "gap" else 0.0
    # Lower is better for these.
    values, others = (_values(facts, side, metric) for side in (better, other))
    return Measured(name, None, scalar_difference(others, values, image_variance=images))


def _epochs_against(
    facts: StudyFacts,
    better: AlternativeFacts,
    other: AlternativeFacts,
    claim: Mapping[str, Any],
    name: str,
) -> Measured:
    """Return by how many epochs ``better`` reaches the accuracy sooner than ``other``.

    A run that never reached it needs more epochs than it trained, and counts as those that it
    trained. If all such runs are on the slower side, that side looks faster than it is: the
    difference is a lower bound of the true one, and has its sign. If some are on the faster side,
    the error may go either way, and no difference is stated.

    The epochs that such runs would have needed vary more than those that they count as. A bound is
    therefore tested with the larger of the two sides' variances on both sides, and with no more
    degrees of freedom than the side has whose runs all reached the accuracy. Without any variance
    there is no test.
    """
    (values, lacking), (others, also) = (_epochs(facts, side, claim) for side in (better, other))
    difference = scalar_difference(others, values)
    if not lacking and not also:
        return Measured(name, None, difference)
    slower = also if difference.estimate > 0 else lacking
    if difference.estimate == 0 or slower < lacking + also:
        return Measured(name, None, None, lacking + also)
    reached = values if also else others
    several = min(len(values), len(others)) > 1
    spread = max(variance(numbers) for numbers in (values, others)) if several else 0.0
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
        split = metric.removesuffix("_accuracy")
        shrunk = above(better, value, split, to_correct=True)
        return Measured(None, value, above(better, value, split), shrunk=shrunk)
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
    # The difference is a bound at best, and there is no other side whose spread could test it.
    bound = _untestable(difference) if difference.estimate < 0 else None
    return Measured(None, value, bound, lacking)


def _untestable(difference: Difference) -> Difference:
    """Return a difference that settles nothing."""
    return replace(difference, low=-inf, high=inf, p_value=1.0, method="single")


def _values(facts: StudyFacts, alternative: AlternativeFacts, metric: str) -> list[float]:
    """Return the gap, or the seconds, of each finished seed."""
    if metric == "gap":
        return alternative.gaps
    return [facts.whole_seconds(run) for run in alternative.finished]


def _epochs(
    facts: StudyFacts, alternative: AlternativeFacts, claim: Mapping[str, Any]
) -> tuple[list[float], int]:
    """Return after how many epochs each seed reached an accuracy, and how many seeds never did.

    A seed that never did counts as the epochs that it trained, fewer than it would have needed.
    """
    reached = [_epochs_to(facts, run, float(claim["reach"])) for run in alternative.finished]
    trained = [float(facts.whole_epochs(run)) for run in alternative.finished]
    known = [all_ if some is None else some for some, all_ in zip(reached, trained, strict=True)]
    return known, sum(epochs is None for epochs in reached)


def _epochs_to(facts: StudyFacts, run: RunFolder, accuracy: float) -> float | None:
    """Return after how many epochs a validation accuracy was first reached.

    Between two epochs the accuracy is interpolated. Before the first epoch it is that of always
    naming the most frequent class. The epochs of the run that this one started from count too.
    """
    start = facts.whole_epochs(run) - len(run.history)
    guess = float(max(facts.data["counts"]["valid"])) / facts.images("valid")
    seen = [guess, *(row["valid_accuracy"] for row in run.history)]
    for epoch, (before, after) in enumerate(pairwise(seen), start=start):
        if after >= accuracy:
            return float(epoch + max(accuracy - before, 0.0) / max(after - before, 1e-12))
    return None
