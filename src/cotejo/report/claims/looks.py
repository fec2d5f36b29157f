"""The claims of a study that goes on until they are settled, over all of its looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cotejo.facts import StudyFacts
from cotejo.report.claims.advantages import Measured, measure
from cotejo.report.claims.open import seconds_of
from cotejo.report.claims.verdicts import Verdict, kind_of, level_of, parts_of
from cotejo.report.judging import Judging
from cotejo.stats import ERROR, Difference, Standing, errors_of_looks, standings

__all__ = ["Course", "Look", "course_of", "unjudged", "verdicts_over"]


@dataclass(frozen=True)
class Look:
    """One look at the claims.

    Attributes:
        number: which one, from 1.
        facts: the study as it was then.
        verdicts: the claims as they stood after it.
    """

    number: int
    facts: StudyFacts
    verdicts: tuple[Verdict, ...]

    @property
    def runs(self) -> int:
        """How many runs the study itself had finished."""
        return sum(len(alternative.finished) for alternative in self.facts.own)

    @property
    def seconds(self) -> float:
        """What they took, in seconds."""
        return sum(seconds_of(run) for each in self.facts.own for run in each.finished)

    @property
    def settled(self) -> int:
        """How many claims were settled by then."""
        return sum(verdict.settled_at is not None for verdict in self.verdicts)


@dataclass(frozen=True)
class Course:
    """How the claims of a study went, look by look.

    Attributes:
        looks: those that were taken; none before the first.
        intervals: of each look, the difference of each claim's comparisons with the interval as
            it was judged then; None where it could not be stated.
    """

    looks: tuple[Look, ...]
    intervals: tuple[tuple[tuple[Difference | None, ...], ...], ...]

    @property
    def verdicts(self) -> list[Verdict]:
        """The claims as they stand, in the study's order."""
        return list(self.looks[-1].verdicts)

    @property
    def open(self) -> list[Verdict]:
        """Those of them that more runs may settle."""
        return [
            verdict
            for verdict in self.verdicts
            if verdict.settled_at is None and verdict.is_testable
        ]


def course_of(facts: StudyFacts) -> Course | None:
    """Return how the claims of a study went over its looks; None where it has none planned.

    Runs that were trained since the last look do not count: to look at them would be a look.
    """
    if facts.plan_of_looks is None or not facts.study.get("claims"):
        return None
    judgings = [Judging(facts.at(look)) for look in facts.looks]
    if not judgings:
        return Course((), ())
    measured = [_measured(judging) for judging in judgings]
    looks = tuple(
        Look(number, judging.facts, verdicts)
        for number, (judging, verdicts) in enumerate(
            zip(judgings, _verdicts(judgings, measured), strict=True), start=1
        )
    )
    errors = errors_of_looks(_levels(measured), kind_of(facts.study))
    intervals = tuple(
        tuple(tuple(part.difference for part in parts_of(parts, error)) for parts in row)
        for row, error in zip(measured, errors, strict=True)
    )
    return Course(looks, intervals)


def verdicts_over(judgings: Sequence[Judging]) -> list[tuple[Verdict, ...]]:
    """Return the claims as they stand after each of several looks.

    Args:
        judgings: the study as it was at each look, in order; one or more.
    """
    return _verdicts(judgings, [_measured(judging) for judging in judgings])


_Row = list[list[Measured]]
"""What was measured at one look: of each claim, its comparisons."""


def _measured(judging: Judging) -> _Row:
    claims: Sequence[Mapping[str, Any]] = judging.facts.study["claims"]
    return [measure(judging, claim) for claim in claims]


def _levels(measured: Sequence[_Row]) -> list[list[float | None]]:
    return [[level_of(parts) for parts in row] for row in measured]


def _verdicts(judgings: Sequence[Judging], measured: Sequence[_Row]) -> list[tuple[Verdict, ...]]:
    study, levels = judgings[0].facts.study, _levels(measured)
    return [
        tuple(
            _verdict(claim, [row[position] for row in measured], standing)
            for position, (claim, standing) in enumerate(
                zip(study["claims"], standings(levels[:number], kind_of(study)), strict=True)
            )
        )
        for number in range(1, len(measured) + 1)
    ]


def unjudged(facts: StudyFacts) -> list[Verdict]:
    """Return the claims of a study before its first look: none is tested yet."""
    return [
        Verdict(
            claim,
            parts_of([Measured(name, claim.get("value"), None) for name in names], ERROR),
            look=0,
        )
        for claim in facts.study.get("claims") or []
        for names in [claim.get("than") or [None]]
    ]


def _verdict(
    claim: Mapping[str, Any], measured: Sequence[Sequence[Measured]], standing: Standing
) -> Verdict:
    """Return a claim's verdict, by the look that gave it."""
    parts = parts_of(measured[standing.look - 1], standing.error)
    return Verdict(claim, parts, standing.error, standing.level, standing.look, standing.settled)
