"""Robustness: accuracy on test images corrupted in 15 ways, beside accuracy."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from cotejo.report.alternative_marks import has_own_colours
from cotejo.report.drawing import GREY, colour
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.robustness.analysis import AlternativeRobustness, robustness
from cotejo.report.topics.robustness.figure import Line, corruption_panels
from cotejo.report.topics.robustness.files import (
    CORRUPTION_COLUMNS,
    ROBUSTNESS_COLUMNS,
    corruption_rows,
    robustness_rows,
)
from cotejo.report.topics.robustness.tables import corruption_heat
from cotejo.report.topics.robustness.words import extremes, robustness_sentences

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return mean corruption accuracy beside accuracy; None if no run was asked."""
    rows = robustness(page.findings)
    if not rows:
        return None
    return {
        "paragraphs": robustness_sentences(page.findings, page.words),
        "table": _table(page, rows),
    }


def _table(page: Page, rows: list[AlternativeRobustness]) -> Table:
    n = page.words.numbers
    columns = [page.column("alternative", number=False)]
    columns.append(page.column("test_accuracy", better="higher"))
    columns.append(page.column("robustness.clean"))
    columns.append(page.column("robustness.mean_accuracy", better="higher"))
    columns.append(page.column("robustness.lost", better="lower"))
    shown = []
    for row in rows:
        accuracy = page.findings.accuracy[row.alternative.name].estimate
        lost = row.clean - row.mean.estimate
        shown.append(
            [
                page.named(row.alternative, mark_best=True),
                Cell(n.percent(accuracy), value=accuracy),
                *cells(n.percent(row.clean)),
                Cell(
                    n.percent(row.mean.estimate),
                    remarks=[n.interval(row.mean.low, row.mean.high)],
                    value=row.mean.estimate,
                ),
                Cell(n.difference(lost), value=lost),
            ]
        )
    caption = page.words.say("robustness.table", images=n.integer(rows[0].images))
    return page.table(caption, columns, shown, files="robustness.csv")


def details(page: Page) -> dict[str, Any] | None:
    """Return accuracy after each corruption at each severity; None if no run was asked."""
    rows, words = robustness(page.findings), page.words
    if not rows:
        return None
    shown = next((row for row in rows if row.alternative is page.findings.best), rows[0])
    grey = "" if has_own_colours(page.facts) else f" {words.say('robustness.figure_grey')}"
    label = page.label(shown.alternative)
    return {
        "extremes": words.say("robustness.of_name", name=label, said=extremes(shown.table, words)),
        "figure": page.figure(
            "corruptions",
            partial(corruption_panels, _lines(page, rows, shown), words),
            words.say("robustness.figure") + grey,
            "corruptions.csv",
        ),
        "heat": corruption_heat(
            page,
            shown.table,
            shown.clean,
            words.say("robustness.heat", name=label, clean=words.numbers.percent(shown.clean)),
            "corruptions.csv",
        ),
    }


def _lines(
    page: Page, rows: list[AlternativeRobustness], shown: AlternativeRobustness
) -> list[Line]:
    """Return a line per alternative; of many, only the one that is shown has a colour."""
    own = has_own_colours(page.facts)
    lines = [
        Line(
            page.label(row.alternative) if own or row is shown else "",
            colour(row.alternative.index) if own else colour(0) if row is shown else GREY,
            row.clean,
            row.table,
        )
        for row in rows
    ]
    return lines[::-1]  # the best is drawn last, over the others


def _report_json(findings: Findings) -> dict[str, Any]:
    return {
        "robustness": {row.alternative.name: asdict(row.mean) for row in robustness(findings)}
        or None
    }


TOPIC = Topic(
    "robustness",
    section,
    place="body",
    details=details,
    files=[
        CsvFile("robustness.csv", ROBUSTNESS_COLUMNS, robustness_rows),
        CsvFile("corruptions.csv", CORRUPTION_COLUMNS, corruption_rows),
    ],
    report_json=_report_json,
    references=lambda findings: ["hendrycks-2019"] if robustness(findings) else [],
)
