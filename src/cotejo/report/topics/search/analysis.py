"""What a study's searches found, what that is worth with fresh seeds, and which settings matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Any

from cotejo.facts import AlternativeFacts, SearchFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.stats import Interval, expected_best, explained_share, wilson_interval
from cotejo.stats.seeds_and_images import half_width

__all__ = [
    "Curse",
    "Searched",
    "Sweep",
    "accuracy_of",
    "alike",
    "best_so_far",
    "searched",
    "start_of",
    "sweeps",
]

_LEAST_OF_CURVE = 4
"""Independent trials that the curve of the expected best needs."""

_LEAST_OF_SWEEP = 3
"""Values that a number must have for its accuracies to be a curve."""


@dataclass(frozen=True)
class Curse:
    """The winner's curse: how far the best trial's accuracy exceeds what its settings reach again.

    Attributes:
        best: the best trial's validation accuracy.
        fresh: the mean of the alternative's runs on the same images, judged likewise.
        seeds: how many runs.
        excess: ``best`` less ``fresh``, with its 95% interval over the fresh seeds; with one seed
            the interval has no ends.
    """

    best: float
    fresh: float
    seeds: int
    excess: Interval | None

    @property
    def points(self) -> float:
        """``best`` less ``fresh``."""
        return self.best - self.fresh


@dataclass(frozen=True)
class Searched:
    """A search, and what follows from it.

    Attributes:
        facts: its files.
        curse: None if it found nothing, or what it found has no finished run.
        shares: by setting, how much of the trials' differences it explains; None where that can't
            be told.
        expected: the expected best of 1, 2, … trials; empty where they were not drawn
            independently, or are too few.
    """

    facts: SearchFacts
    curse: Curse | None
    shares: Mapping[str, Interval | None]
    expected: Sequence[Interval]


@dataclass(frozen=True)
class Sweep:
    """Alternatives that differ in one number alone.

    Attributes:
        setting: the number's.
        points: each value with its alternative and its test accuracy, from the lowest value.
        best: the alternative of the highest accuracy on validation.
    """

    setting: str
    points: Sequence[tuple[float, AlternativeFacts, Interval]]
    best: AlternativeFacts


@computed_once
def searched(findings: Findings) -> list[Searched]:
    """Return the searches of a study that have trials."""
    return [
        Searched(facts, _curse(facts), _shares(facts), _expected(facts))
        for facts in findings.facts.searches
        if facts.trials
    ]


def accuracy_of(trial: Mapping[str, Any]) -> Interval | None:
    """Return a trial's validation accuracy and its 95% interval over images; None if it failed.

    Of one that was stopped it is that of its last epoch.
    """
    accuracy = trial["valid_accuracy"]
    return None if accuracy is None else wilson_interval(accuracy, trial["images"])


def best_so_far(trials: Sequence[Mapping[str, Any]]) -> list[float | None]:
    """Return, after each trial, the best accuracy of those trained to their end."""
    best: float | None = None
    course = []
    for trial in trials:
        if trial["status"] == "finished":
            best = max(trial["valid_accuracy"], best or 0.0)
        course.append(best)
    return course


def alike(searches: Sequence[Searched]) -> list[list[Searched]]:
    """Return searches in groups of one space, which can be drawn together."""
    groups: dict[str, list[Searched]] = {}
    for each in searches:
        groups.setdefault(repr(each.facts.entry["space"]), []).append(each)
    return list(groups.values())


def start_of(findings: Findings, search: SearchFacts) -> AlternativeFacts | None:
    """Return the alternative that a search started from, if it was trained, too."""
    start = search.entry["start"]
    return next((each for each in findings.facts.trained if each.name == start), None)


def _curse(facts: SearchFacts) -> Curse | None:
    fresh = facts.fresh_accuracies()
    if facts.best is None or not fresh:
        return None
    best, mean, count = float(facts.best["valid_accuracy"]), fmean(fresh), len(fresh)
    excess = None
    if count > 1:
        of_mean = variance(fresh) / count
        half = half_width(of_mean, count - 1, 0.0, 0.95) if of_mean else 0.0
        # An accuracy lies between 0 and 1, however much two seeds differ.
        highest, lowest = min(mean + half, 1.0), max(mean - half, 0.0)
        excess = Interval(best - mean, best - highest, best - lowest)
    return Curse(best, mean, count, excess)


def _shares(facts: SearchFacts) -> dict[str, Interval | None]:
    # One that failed counts as the worst.
    reached = [trial["valid_accuracy"] or 0.0 for trial in facts.trials]
    return {
        setting: explained_share(
            [trial["values"][setting] for trial in facts.trials],
            reached,
            log=facts.is_log(setting),
        )
        for setting in facts.settings
    }


def _expected(facts: SearchFacts) -> list[Interval]:
    if not facts.is_independent or len(facts.trials) < _LEAST_OF_CURVE:
        return []
    return expected_best([trial["valid_accuracy"] or 0.0 for trial in facts.trials])


@computed_once
def sweeps(findings: Findings) -> list[Sweep]:
    """Return the numbers that the study's own alternatives vary alone, in three values or more.

    The share of the training images is left out: it has a topic of its own.
    """
    groups: dict[tuple[str, str], list[tuple[float, AlternativeFacts]]] = {}
    tuned = {search.alternative.name for search in findings.facts.searches}
    own = [each for each in findings.facts.own if each.name not in tuned]
    for alternative in own:
        for setting, value in alternative.settings.items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if is_number and setting != "train_fraction":
                others = {key: each for key, each in alternative.settings.items() if key != setting}
                group = setting, repr(sorted(others.items()))
                groups.setdefault(group, []).append((float(value), alternative))
    found = []
    for (setting, _), members in groups.items():
        if len({value for value, _ in members}) < _LEAST_OF_SWEEP:
            continue
        ordered = sorted(members, key=lambda member: member[0])
        points = [(value, each, findings.accuracy[each.name]) for value, each in ordered]
        best = max((each for _, each in ordered), key=lambda each: each.mean("valid", "accuracy"))
        found.append(Sweep(setting, points, best))
    return found
