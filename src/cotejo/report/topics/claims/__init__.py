"""The claims: each with what was measured, and its verdict."""

from __future__ import annotations

from typing import Any

from cotejo.report.elements import Cell, Table
from cotejo.report.page import Page
from cotejo.report.publications import of_comparisons
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.claims.files import CLAIM_COLUMNS, claim_rows
from cotejo.report.topics.claims.words import advantage, claimed, claims, reasons, what_differs

__all__ = ["TOPIC"]

_SHADES = {
    "supported": "#d3ead9",
    "smaller": "#e7f1dc",
    "refuted": "#f6d5c9",
    "equal": "#d6e4f2",
    "unsettled": "#eeeeee",
    "untested": None,
}


def section(page: Page) -> dict[str, Any] | None:
    """Return the claims and their verdicts; None if the study states none."""
    if not page.findings.evidence.verdicts:
        return None
    return {"paragraphs": claims(page.findings, page.words), "table": _table(page)}


def _table(page: Page) -> Table:
    words, findings = page.words, page.findings
    columns = [
        page.column(f"claims.{name}", number=False) for name in ("claim", "outcome", "advantage")
    ]
    rows = []
    for verdict in findings.evidence.verdicts:
        shown = Cell(
            words.say(f"claims.outcome_{verdict.outcome}"),
            background=_SHADES[verdict.outcome],
        )
        stated = Cell(verdict.text(words.language), remarks=claimed(verdict, words))
        named = [stated, shown]
        # One row per comparison, so that what would settle each of them stands beside it.
        for part in verdict.parts:
            measured = Cell(
                advantage(verdict, part, findings, words),
                remarks=[
                    *what_differs(verdict, part, findings, words),
                    *reasons(verdict, part, words),
                ],
            )
            rows.append([*named, measured])
            named = [Cell(words.say("claims.same")), shown]
    caption = words.say("claims.table")
    return page.table(caption, columns, rows, files="claims.csv")


TOPIC = Topic(
    "claims",
    section,
    place="body",
    files=[CsvFile("claims.csv", CLAIM_COLUMNS, claim_rows)],
    references=lambda findings: ["goeman-2010", *of_comparisons(findings)],
)
