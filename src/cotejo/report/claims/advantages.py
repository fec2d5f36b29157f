"""By how much an alternative is better than another, or than a value, in what a claim states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import inf
from statistics import fmean, variance
from typing import Any

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.facts.margins import margin_of
from cotejo.report.judging import Figure, Judging
from cotejo.stats import Difference, Judged, scalar_above, scalar_difference
from cotejo.stats.difference import difference_from
from cotejo.store import RunFolder

__all__ = ["Measured", "measure", "variance_between_seeds"]


@dataclass(frozen=True)
class Measured:
    """One comparison of a claim as it was measured.

    Attributes:
        than: the alternative's name; None for a fixed value.
        value: that value, in the metric's unit; None for an alternative.
        tested: by how much ``better`` is better; None where that is not known.
        unreached: how many runs never reached the accuracy asked for.
        diverged: how many runs of both sides diverged, and are in no figure.
    """

    than: str | None
    value: float | None
    tested: Judged | None
    unreached: int = 0
    diverged: int = 0


def measure(judging: Judging, claim: Mapping[str, Any]) -> list[Measured]:
    """Return what was measured of each comparison that a claim states.

    Args:
        judging: the differences of the study.
        claim: an entry of ``study.json``'s claims.
    """
    # What was added may lack what the claim is about.
    known = {each.name: each for each in judging.facts.trained if _has(each, claim["metric"])}
    better = known.get(claim["better"])
    names = claim.get("than")
    if better is None:
        return [Measured(name, claim.get("value"), None) for name in names or [None]]
    if names is None:
        measured = [_against_value(judging, better, claim)]
    else:
        measured = [_against(judging, better, known.get(name), claim, name) for name in names]
    return [
        _judged(judging.facts, better, known.get(each.than or ""), claim, each) for each in measured
    ]


def variance_between_seeds(
    judging: Judging,
    both: Sequence[AlternativeFacts],
    side: AlternativeFacts,
    claim: Mapping[str, Any],
) -> float:
    """Return how much a claim's metric varies between seeds of one side of a comparison.

    Args:
        judging: the differences of the study.
        both: the sides; one, where the claim compares with a value.
        side: one of them.
        claim: an entry of ``study.json``'s claims.

    Returns:
        The variance, which borrows strength from the other alternatives. Where the two sides are
        compared seed by seed it is half of that of their differences.
    """
    metric = claim["metric"]
    if metric in ("test_accuracy", "valid_accuracy"):
        figure = judging.accuracies(metric.removesuffix("_accuracy"))
    else:
        figure = _figure(judging.facts, claim)
    return judging.variance(figure, both, side)


def _judged(
    facts: StudyFacts,
    better: AlternativeFacts,
    other: AlternativeFacts | None,
    claim: Mapping[str, Any],
    measured: Measured,
) -> Measured:
    """Return what was measured with the claim's line and margin, open where runs diverged.

    A diverged run would have been the worse for its side, as in `Judging.accuracy`. Of gaps and
    seconds not even that is known.
    """
    if measured.tested is None:
        return measured
    below, above = better.diverged, other.diverged if other else 0
    either_way = claim["metric"] in ("gap", "seconds")
    tested = replace(
        measured.tested,
        line=float(claim["by"]),
        margin=margin_of(claim, _reference(facts, better, other, claim, measured)),
        open_below=measured.tested.open_below or bool(below or (either_way and above)),
        open_above=measured.tested.open_above or bool(above or (either_way and below)),
    )
    return replace(measured, tested=tested, diverged=below + above)


def _reference(
    facts: StudyFacts,
    better: AlternativeFacts,
    other: AlternativeFacts | None,
    claim: Mapping[str, Any],
    measured: Measured,
) -> float:
    """Return the figure of what a claim compares with, of which a tenth matters."""
    metric = claim["metric"]
    side = other or better
    if metric == "gap":
        return side.mean("test", "accuracy")
    if other is None:
        return float(measured.value or 0.0)
    if metric == "epochs":
        return fmean(_epochs(facts, other, claim)[0])
    if metric == "seconds":
        return fmean(_values(facts, other, metric))
    return other.mean(metric.removesuffix("_accuracy"), "accuracy")


def _has(alternative: AlternativeFacts, metric: str) -> bool:
    """Return whether an alternative has what a claim compares."""
    if metric == "test_accuracy":
        return True
    return alternative.has_validation if metric == "valid_accuracy" else not alternative.is_added


def _against(
    judging: Judging,
    better: AlternativeFacts,
    other: AlternativeFacts | None,
    claim: Mapping[str, Any],
    name: str,
) -> Measured:
    if other is None:
        return Measured(name, None, None)
    metric = claim["metric"]
    if metric in ("test_accuracy", "valid_accuracy"):
        tested = judging.accuracy(better, other, metric.removesuffix("_accuracy"))
        return Measured(name, None, tested)
    if metric == "epochs" and (lacking := _lacking(judging.facts, [better, other], claim)):
        return Measured(name, None, _bound(judging.facts, better, other, claim), lacking)
    # Lower is better for these.
    return Measured(name, None, judging.scalar(other, better, _figure(judging.facts, claim)))


def _lacking(facts: StudyFacts, sides: Sequence[AlternativeFacts], claim: Mapping[str, Any]) -> int:
    """Return how many runs never reached the accuracy that a claim asks for."""
    return sum(_epochs(facts, side, claim)[1] for side in sides)


def _bound(
    facts: StudyFacts, better: AlternativeFacts, other: AlternativeFacts, claim: Mapping[str, Any]
) -> Judged | None:
    """Return by how many epochs ``better`` reaches the accuracy sooner, where some runs never do.

    A run that never reached it needs more epochs than it trained, and counts as those that it
    trained. If all such runs are on the slower side, that side looks faster than it is: the
    true difference is larger, and of the same sign. If some are on the faster side, the error may
    go either way, and None is returned.

    The epochs that such runs would have needed vary more than those that they count as. A bound is
    therefore tested with the larger of the two sides' variances on both sides, and with no more
    degrees of freedom than the side has whose runs all reached the accuracy. Without any variance
    there is no test.
    """
    (values, lacking), (others, also) = (_epochs(facts, side, claim) for side in (better, other))
    difference = scalar_difference(others, values)
    slower = also if difference.estimate > 0 else lacking
    if difference.estimate == 0 or slower < lacking + also:
        return None
    several = min(len(values), len(others)) > 1
    spread = max(variance(numbers) for numbers in (values, others)) if several else 0.0
    if spread == 0:
        bound = _untestable(difference)
    else:
        bound = difference_from(
            difference.estimate,
            difference.seeds,
            spread / len(values) + spread / len(others),
            0.0,
            "welch",
            degrees=len(values if also else others) - 1.0,
        )
    ahead = difference.estimate > 0
    return Judged(bound, bound, open_below=not ahead, open_above=ahead)


def _against_value(
    judging: Judging, better: AlternativeFacts, claim: Mapping[str, Any]
) -> Measured:
    value, metric, facts = float(claim["value"]), claim["metric"], judging.facts
    if metric in ("test_accuracy", "valid_accuracy"):
        tested = judging.accuracy_above(better, value, metric.removesuffix("_accuracy"))
        return Measured(None, value, tested)
    if metric == "epochs" and (lacking := _lacking(facts, [better], claim)):
        # The difference is a bound at best, and there is no other side whose spread could test it.
        difference = scalar_above(_epochs(facts, better, claim)[0], value).reversed()
        bound = _untestable(difference) if difference.estimate < 0 else None
        return Measured(None, value, Judged(bound, bound) if bound else None, lacking)
    # Lower is better: the advantage is how far the mean is below the value.
    tested = judging.scalar_above(better, value, _figure(facts, claim))
    reversed_ = replace(tested, difference=tested.difference.reversed(), own=tested.own.reversed())
    return Measured(None, value, reversed_)


def _untestable(difference: Difference) -> Difference:
    """Return a difference that settles nothing."""
    return replace(difference, low=-inf, high=inf, p_value=1.0, method="single")


def _figure(facts: StudyFacts, claim: Mapping[str, Any]) -> Figure:
    """Return a claim's metric, as each seed has it."""
    metric = claim["metric"]
    if metric != "epochs":
        values = partial(_values, facts, metric=metric)
        return Figure(metric, values, facts.own, metric == "seconds", metric == "gap")
    # Of runs that never reached the accuracy, it is not known how much they vary.
    known = [each for each in facts.own if not _epochs(facts, each, claim)[1]]
    name = (metric, float(claim["reach"]))
    return Figure(name, lambda each: _epochs(facts, each, claim)[0], known, relative=True)


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
