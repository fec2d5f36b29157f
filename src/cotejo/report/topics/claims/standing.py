"""What a study that goes on until its claims are settled has to know after each look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cotejo.facts import gather
from cotejo.report.claims import sides_of
from cotejo.report.findings import Findings
from cotejo.report.judging import Judging
from cotejo.report.topics.claims.words import open_claim_lines
from cotejo.report.words import Words
from cotejo.stats import Side

__all__ = ["AfterLook", "after_look"]


@dataclass(frozen=True)
class AfterLook:
    """How the claims stand after the last look that was taken.

    Attributes:
        number: which look, from 1.
        runs: how many runs of the study's own it saw.
        seconds: what these took.
        claims: how many claims there are.
        settled: how many are settled.
        open: a line on each that is not: what was measured, and what would close it.
        sides: what further runs are worth, by alternative; empty where more runs can settle none.
    """

    number: int
    runs: int
    seconds: float
    claims: int
    settled: int
    open: tuple[str, ...]
    sides: Mapping[str, Side]


def after_look(folder: Path, language: str) -> AfterLook | None:
    """Return how the claims of a study stand, from its files; None before the first look.

    Args:
        folder: the study's.
        language: of the lines.

    Raises:
        OutputError: the folder holds no study, or no run has finished.
    """
    findings = Findings(gather(folder))
    course = findings.evidence.course
    if course is None or not course.looks:
        return None
    last = course.looks[-1]
    return AfterLook(
        last.number,
        last.runs,
        last.seconds,
        len(course.verdicts),
        last.settled,
        tuple(open_claim_lines(findings, Words(language))),
        sides_of(Judging(last.facts), course.verdicts) if course.open else {},
    )
