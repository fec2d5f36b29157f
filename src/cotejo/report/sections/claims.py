"""The section on claims: each with what was measured and its verdict."""

from __future__ import annotations

from typing import Any

from cotejo.report.elements import Cell, Column, Table
from cotejo.report.page import Page
from cotejo.report.prose.claims import advantage, claimed, claims, wants

__all__ = ["claims_section"]

_SHADES = {"supported": "#d3ead9", "refuted": "#f6d5c9", "unsettled": "#eeeeee", "untested": None}


def claims_section(page: Page) -> dict[str, Any] | None:
    """The claims and their verdicts; None where the study states none."""
    verdicts = page.findings.verdicts
    if not verdicts:
        return None
    return {"paragraphs": claims(page.findings, page.words), "table": _table(page)}


def _table(page: Page) -> Table:
    words, findings = page.words, page.findings
    columns = [
        Column(words.say(f"evidence.column_{name}")) for name in ("claim", "verdict", "advantage")
    ]
    columns[1] = Column(words.say("evidence.column_outcome"))
    rows = []
    for verdict in findings.verdicts:
        shown = Cell(
            words.say(f"evidence.outcome_{verdict.outcome}"),
            background=_SHADES[verdict.outcome],
        )
        stated = Cell(verdict.text(words.language), remarks=claimed(verdict, words))
        named = [stated, shown]
        # A row a comparison, so that what each would take stands with it.
        for part in verdict.parts:
            measured = Cell(
                advantage(verdict, part, findings, words), remarks=wants(verdict, part, words)
            )
            rows.append([*named, measured])
            named = [Cell("", remarks=[words.say("evidence.claims_same")]), Cell("")]
    caption = words.say("evidence.table_claims")
    return page.table(caption, columns, rows, files="claims.csv")
