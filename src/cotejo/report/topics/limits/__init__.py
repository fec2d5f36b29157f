"""Limits: the classes that can't be ruled out, and whether networks say what they do not know."""

from __future__ import annotations

from typing import Any

from cotejo.evaluate.probes import PROBES
from cotejo.report.elements import Cell, Table
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.limits.analysis import AlternativeLimits, limits, limits_of_best
from cotejo.report.topics.limits.files import (
    CLASS_COLUMNS,
    LIMITS_COLUMNS,
    class_rows,
    limits_rows,
)
from cotejo.report.topics.limits.words import about_probes, about_sets
from cotejo.report.words import NOT_APPLICABLE

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return the coverage of the sets and the AUROC of unlikeness; None without probabilities."""
    rows, best = limits(page.findings), limits_of_best(page.findings)
    if not rows:
        return None
    return {
        "sets": about_sets(page.findings, best, page.words),
        "probes": about_probes(page.findings, best, page.words),
        "table": _table(page, rows),
    }


def _table(page: Page, rows: list[AlternativeLimits]) -> Table:
    n, probed = page.words.numbers, any(row.areas for row in rows)
    columns = [
        page.column("alternative", number=False),
        page.column("limits.coverage"),
        page.column("limits.size", better="lower"),
        page.column("limits.singles", better="higher"),
    ]
    if probed:
        columns += [page.column(f"limits.{name}", better="higher") for name in PROBES]
    cells = []
    for row in rows:
        bounds = n.interval(row.coverage.low, row.coverage.high)
        own = [
            page.named(row.alternative, mark_best=True),
            Cell(f"{n.percent(row.coverage.estimate)} {bounds}"),
            Cell(n.decimal(row.size, 2), value=row.size),
            Cell(n.percent(row.singles), value=row.singles),
        ]
        if probed:
            own += [_area(page, row.areas.get(name)) for name in PROBES]
        cells.append(own)
    caption = page.words.say("limits.table", count=page.findings.most_seeds)
    return page.table(caption, columns, cells, files="limits.csv")


def _area(page: Page, area: float | None) -> Cell:
    text = NOT_APPLICABLE if area is None else page.words.numbers.decimal(area, 3)
    return Cell(text, value=area)


def _report_json(findings: Findings) -> dict[str, Any]:
    best = limits_of_best(findings)
    return {"limits": best.to_json() if best else None}


def _references(findings: Findings) -> list[str]:
    rows = limits(findings)
    if not rows:
        return []
    probed = any(row.areas for row in rows)
    of_probes = ["hendrycks-2022", "theiler-1992"] if probed else []
    return ["vovk-2005", "sadinle-2019", *of_probes]


TOPIC = Topic(
    "limits",
    section,
    files=[
        CsvFile("limits.csv", LIMITS_COLUMNS, limits_rows),
        CsvFile("limits-by-class.csv", CLASS_COLUMNS, class_rows),
    ],
    report_json=_report_json,
    references=_references,
)
