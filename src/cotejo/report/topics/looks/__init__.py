"""The looks at the claims of a study that goes on until they are settled."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import Any

from cotejo.report.claims import Course, Verdict
from cotejo.report.elements import Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.looks.figure import Row, intervals_by_look
from cotejo.report.topics.looks.files import LOOK_COLUMNS, look_rows
from cotejo.report.topics.looks.words import looks, seeds_each
from cotejo.report.words import Words
from cotejo.stats import Difference

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return how the claims were settled; None of a study that judges them once."""
    course = page.findings.evidence.course
    if course is None:
        return None
    shown: dict[str, Any] = {"paragraphs": looks(page.findings, course, page.words)}
    if not course.looks:
        return shown
    rows = _rows(course, page.words)
    drawn = partial(intervals_by_look, rows, page.words)
    caption = page.words.say("looks.figure")
    figure = page.figure("looks", drawn, caption, "looks.csv") if rows else None
    return {**shown, "table": _table(page, course), "figure": figure}


def _table(page: Page, course: Course) -> Table:
    words, numbers = page.words, page.words.numbers
    columns = [page.column(f"looks.{name}") for name in ("look", "runs", "seeds", "settled")]
    rows = [
        cells(
            str(look.number),
            numbers.integer(look.runs),
            seeds_each(look.facts, words),
            f"{look.settled}/{len(look.verdicts)}",
        )
        for look in course.looks
    ]
    return page.table(words.say("looks.table"), columns, rows, files="looks.csv")


def _rows(course: Course, words: Words) -> list[Row]:
    """Return the claims whose intervals can be drawn; of several comparisons the first."""
    rows = []
    for position, verdict in enumerate(course.verdicts):
        margin = _margin(verdict)
        if margin is None:
            continue
        ends = [_ends(of_look[position][0], verdict.line, margin) for of_look in course.intervals]
        look = verdict.look if verdict.settled_at is not None else None
        if any(ends):
            rows.append(Row(verdict.text(words.language), ends, look))
    return rows


def _margin(verdict: Verdict) -> float | None:
    tested = verdict.parts[0].tested
    return tested.margin if tested is not None and tested.margin < inf else None


def _ends(
    difference: Difference | None, line: float, margin: float
) -> tuple[float, float, float] | None:
    if difference is None:
        return None
    low, estimate, high = (
        (value - line) / margin for value in (difference.low, difference.estimate, difference.high)
    )
    return low, estimate, high


def _report_json(findings: Findings) -> dict[str, Any]:
    course = findings.evidence.course
    if course is None:
        return {}
    return {
        "looks": [
            {"runs": look.runs, "settled": look.settled, "claims": len(look.verdicts)}
            for look in course.looks
        ]
    }


TOPIC = Topic(
    "looks",
    section,
    place="body",
    files=[CsvFile("looks.csv", LOOK_COLUMNS, look_rows)],
    report_json=_report_json,
    references=lambda findings: ["pocock-1977"] if findings.evidence.course else [],
)
