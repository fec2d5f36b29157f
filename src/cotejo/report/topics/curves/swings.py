"""Accuracy curves that swing: validation accuracy falls far from one epoch to the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.store import RunFolder

__all__ = ["Swing", "swings"]

_NOTABLE = 0.10
"""A fall of validation accuracy, in [0, 1], that is worth a word."""


@dataclass(frozen=True)
class Swing:
    """The largest fall of an alternative's validation accuracy from one epoch to the next.

    Attributes:
        alternative: whose.
        seed: the run that it happened in.
        epoch: the one after the fall; epochs count from 1.
        fall: by how much accuracy fell, in ``[0, 1]``.
    """

    alternative: AlternativeFacts
    seed: int
    epoch: int
    fall: float


def swings(facts: StudyFacts) -> list[Swing]:
    """Return the largest fall of each alternative that has one of 10 points or more.

    The first third of a training does not count: there every curve is restless.
    """
    largest = []
    for alternative in facts.trained:
        every = [_largest_fall(alternative, run) for run in alternative.finished]
        known = [swing for swing in every if swing is not None]
        if known:
            largest.append(max(known, key=lambda swing: swing.fall))
    # Accuracies are means of 0 and 1, whose differences floats leave a little below the tenth.
    return [swing for swing in largest if swing.fall >= _NOTABLE - 1e-9]


def _largest_fall(alternative: AlternativeFacts, run: RunFolder) -> Swing | None:
    accuracies = [row["valid_accuracy"] for row in run.history]
    first = ceil(len(accuracies) / 3)
    seed = int(run.record["seed"])
    falls = [
        Swing(alternative, seed, epoch, before - after)
        for epoch, (before, after) in enumerate(pairwise(accuracies), start=2)
        if epoch > first + 1
    ]
    return max(falls, key=lambda swing: swing.fall, default=None)
