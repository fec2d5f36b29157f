"""What a study that goes on until its claims are settled has to know after each look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cotejo.facts import gather
from cotejo.report.claims import sides_of
from cotejo.report.findings import Findings
from cotejo.report.judging import Judging
from cotejo.report.topics.claims.words import claim_line
from cotejo.report.words import Words
from cotejo.stats import Side

__all__ = ["AfterLook", "OpenClaim", "after_look"]


@dataclass(frozen=True)
class OpenClaim:
    """A claim that is not settled.

    Attributes:
        text: its words.
        line: the same with what was measured, and what would close it.
    """

    text: str
    line: str


@dataclass(frozen=True)
class AfterLook:
    """How the claims stand after the last look that was taken.

    Attributes:
        number: which look, from 1.
        runs: how many runs of the study's own it saw.
        seconds: what these took.
        claims: how many claims there are.
        settled: how many are settled.
        open: those that are not.
        sides: what further runs are worth, by alternative; empty where more runs can settle none.
    """

    number: int
    runs: int
    seconds: float
    claims: int
    settled: int
    open: tuple[OpenClaim, ...]
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
        tuple(_open(findings, Words(language))),
        sides_of(Judging(last.facts), course.verdicts) if course.open else {},
    )


def _open(findings: Findings, words: Words) -> list[OpenClaim]:
    return [
        OpenClaim(verdict.text(words.language), claim_line(verdict, findings, words))
        for verdict in findings.evidence.verdicts
        if verdict.outcome == "unsettled"
    ]
