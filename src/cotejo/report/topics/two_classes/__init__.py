"""Two classes: how well each network tells them apart, and what a threshold does."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from cotejo.report.alternative_marks import ink
from cotejo.report.elements import Cell, Table
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.two_classes.figure import threshold_curves
from cotejo.report.topics.two_classes.files import (
    ROC_COLUMNS,
    SEPARATION_COLUMNS,
    roc_rows,
    separation_rows,
)
from cotejo.report.topics.two_classes.words import (
    about_curves,
    about_thresholds,
    figure_caption,
    intro,
)
from cotejo.report.two_classes import AtThreshold, Separation, separations
from cotejo.report.words import NOT_APPLICABLE
from cotejo.stats import Interval

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return curves and thresholds; None unless the study has exactly two classes."""
    rows = separations(page.findings)
    if not rows:
        return None
    words, findings = page.words, page.findings
    best = next(row for row in rows if row.alternative is findings.best)
    shade = ink(findings.best, findings)
    return {
        "intro": intro(findings, words),
        "table": _separation_table(page, rows),
        "curves": about_curves(findings, best, words),
        "figure": page.figure(
            "threshold-curves",
            partial(threshold_curves, best, shade, words),
            figure_caption(findings, best, words),
            "roc.csv",
        ),
        "thresholds": about_thresholds(findings, best, words),
        "threshold_table": _threshold_table(page, rows),
    }


def _separation_table(page: Page, rows: list[Separation]) -> Table:
    columns = [
        page.column("alternative", number=False),
        page.column("two_classes.area", better="higher"),
        page.column("two_classes.average_precision", better="higher"),
    ]
    return page.table(
        page.words.say("two_classes.table", count=page.findings.most_seeds),
        columns,
        [
            [
                page.named(row.alternative, mark_best=True),
                _decimal(page, row.area),
                _decimal(page, row.precision),
            ]
            for row in rows
        ],
        files="two-classes.csv",
    )


def _decimal(page: Page, known: Interval | None) -> Cell:
    n = page.words.numbers
    if known is None:
        return Cell(NOT_APPLICABLE)
    bounds = n.decimal_interval(known.low, known.high, 3)
    return Cell(n.decimal(known.estimate, 3), remarks=[bounds], value=known.estimate)


def _threshold_table(page: Page, rows: list[Separation]) -> Table:
    columns = [
        page.column("alternative", number=False),
        *(
            page.column(f"two_classes.{name}")
            for name in ("threshold", "sensitivity", "specificity", "precision", "accuracy")
        ),
    ]
    return page.table(
        page.words.say("two_classes.threshold_table"),
        columns,
        [_threshold_row(page, row, at) for row in rows for at in row.at],
        files="two-classes.csv",
    )


def _threshold_row(page: Page, row: Separation, at: AtThreshold) -> list[Cell]:
    words, n = page.words, page.words.numbers

    def percent(known: Interval | None) -> Cell:
        if known is None:
            return Cell(NOT_APPLICABLE)
        return Cell(n.percent(known.estimate), remarks=[n.interval(known.low, known.high)])

    return [
        page.named(row.alternative, mark_best=True),
        Cell(
            n.decimal(at.threshold, 2 if at.chosen_on == "half" else 3),
            remarks=[words.say(f"two_classes.chosen_on_{at.chosen_on}")],
        ),
        *map(percent, (at.sensitivity, at.specificity, at.precision, at.accuracy)),
    ]


def _report_json(findings: Findings) -> dict[str, Any]:
    rows = separations(findings)
    # Only of two classes, so that the file of any other study stays as it was.
    return {"two_classes": {row.alternative.name: _described(row) for row in rows}} if rows else {}


def _described(row: Separation) -> dict[str, Any]:
    return {
        "seed": int(row.run.record["seed"]),
        "auc": asdict(row.area) if row.area else None,
        "average_precision": asdict(row.precision),
        "thresholds": [
            {
                "chosen_on": at.chosen_on,
                "threshold": at.threshold,
                "sensitivity": asdict(at.sensitivity),
                "specificity": asdict(at.specificity),
            }
            for at in row.at
        ],
    }


def _references(findings: Findings) -> list[str]:
    if not separations(findings):
        return []
    return ["fawcett-2006", "delong-1988", "campbell-1994", "massart-1990", "boyd-2013",
            "youden-1950"]  # fmt: skip


TOPIC = Topic(
    "two_classes",
    section,
    files=[
        CsvFile("two-classes.csv", SEPARATION_COLUMNS, separation_rows),
        CsvFile("roc.csv", ROC_COLUMNS, roc_rows),
    ],
    report_json=_report_json,
    references=_references,
    anchor="two-classes",
)
