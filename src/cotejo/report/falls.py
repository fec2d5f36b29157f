"""Accuracy curves that fall: validation accuracy far below what an earlier epoch had reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.words import Words
from cotejo.store import RunFolder

__all__ = ["Fall", "fallen", "kept_after_fall", "kept_epoch", "swings"]

_NOTABLE = 0.10
"""A fall of validation accuracy, in [0, 1], that is worth a word."""

_NOTABLE_AT_THE_END = 0.05
"""The same of a fall from the best epoch to the kept one: it is in every figure of the network."""


@dataclass(frozen=True)
class Fall:
    """How far a run's validation accuracy fell from one epoch to a later one.

    Attributes:
        alternative: whose.
        seed: the run that it happened in.
        before: the epoch before the fall; epochs count from 1.
        after: the later epoch, which may be several epochs later.
        high: validation accuracy at ``before``, in ``[0, 1]``.
        low: the same at ``after``.
    """

    alternative: AlternativeFacts
    seed: int
    before: int
    after: int
    high: float
    low: float

    @property
    def fall(self) -> float:
        """By how much accuracy fell, in ``[0, 1]``."""
        return self.high - self.low


def kept_epoch(run: RunFolder) -> int:
    """Return the epoch whose weights a run kept, and all its figures are of; from 1."""
    return int(run.record.get("best_epoch") or len(run.history))


def swings(facts: StudyFacts) -> list[Fall]:
    """Return the largest fall of each alternative that has one of 10 points or more.

    It may last several epochs. The first third of a training does not count: there every curve
    is restless.
    """
    return _notable(facts.trained, _largest_fall, _NOTABLE)


def fallen(alternatives: Sequence[AlternativeFacts]) -> list[Fall]:
    """Return the alternatives whose kept weights are 5 points or more below their best epoch.

    Of an alternative's seeds it is the one that fell furthest.
    """
    return _notable(alternatives, _fall_to_kept, _NOTABLE_AT_THE_END)


def kept_after_fall(alternatives: Sequence[AlternativeFacts], words: Words) -> list[str]:
    """Return of which alternatives the kept weights are far below their best epoch's.

    Args:
        alternatives: the ones to look at, such as the two sides of a comparison.
        words: the language.

    Returns:
        One sentence, or none where no alternative fell by 5 points or more.
    """
    numbers = words.numbers
    falls = [
        words.say(
            "fall_of_seed" if len(fall.alternative.finished) > 1 else "fall",
            label=fall.alternative.label(words.language),
            seed=fall.seed,
            points=numbers.difference(fall.fall),
            best=fall.before,
            kept=fall.after,
            high=numbers.percent(fall.high),
            low=numbers.percent(fall.low),
        )
        for fall in fallen(alternatives)
    ]
    if not falls:
        return []
    return [words.say("falls", count=len(falls), falls=words.both(falls))]


def _notable(
    alternatives: Sequence[AlternativeFacts],
    fall_of: Callable[[AlternativeFacts, RunFolder], Fall | None],
    limit: float,
) -> list[Fall]:
    largest = []
    for alternative in alternatives:
        falls = [fall_of(alternative, run) for run in alternative.finished if run.has_history]
        known = [fall for fall in falls if fall is not None]
        if known:
            largest.append(max(known, key=lambda fall: fall.fall))
    # Accuracies are means of 0 and 1, whose differences floats leave a little below the limit.
    return [fall for fall in largest if fall.fall >= limit - 1e-9]


def _largest_fall(alternative: AlternativeFacts, run: RunFolder) -> Fall | None:
    accuracies = _accuracies(run)
    first = ceil(len(accuracies) / 3)
    falls = [
        _fall(alternative, run, before, after)
        for before in range(first + 1, len(accuracies))
        for after in range(before + 1, len(accuracies) + 1)
    ]
    # Of equal falls the shortest is the steepest.
    return max(falls, key=lambda fall: (fall.fall, fall.before - fall.after), default=None)


def _fall_to_kept(alternative: AlternativeFacts, run: RunFolder) -> Fall | None:
    if run.is_added:
        return None  # which epoch its predictions are of is not known
    accuracies, kept = _accuracies(run), kept_epoch(run)
    # What comes after the kept epoch was not kept for a reason: training was stopped by the loss.
    best = max(range(1, kept + 1), key=lambda epoch: accuracies[epoch - 1], default=kept)
    return _fall(alternative, run, best, kept) if best < kept else None


def _fall(alternative: AlternativeFacts, run: RunFolder, before: int, after: int) -> Fall:
    accuracies = _accuracies(run)
    high, low = accuracies[before - 1], accuracies[after - 1]
    return Fall(alternative, int(run.record["seed"]), before, after, high, low)


def _accuracies(run: RunFolder) -> list[float]:
    return [row["valid_accuracy"] for row in run.history]
