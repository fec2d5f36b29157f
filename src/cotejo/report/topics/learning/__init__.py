"""How much data is needed: accuracy against the number of training images."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.report.elements import Cell, Table, cells
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.learning.analysis import CURVE_COLUMNS, Curve, curve_rows, curves
from cotejo.report.topics.learning.figure import learning_figure
from cotejo.report.topics.learning.words import learning_intro, learning_steps

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return how much data is needed; None if no alternatives differ in that alone."""
    all_curves = curves(page.findings)
    if not all_curves:
        return None
    words = page.words
    return {
        "paragraphs": learning_intro(all_curves, words),
        "learning": page.figure(
            "learning",
            partial(learning_figure, all_curves, words),
            words.say("learning.figure"),
            "learning-curve.csv",
        ),
        "steps": [
            (page.label(curve.points[-1].alternative), learning_steps(page.findings, curve, words))
            for curve in all_curves
        ],
        "table": _table(page, all_curves),
    }


def _table(page: Page, all_curves: list[Curve]) -> Table:
    words, n = page.words, page.words.numbers
    rows = [
        [
            page.named(point.alternative),
            *cells(n.integer(point.images)),
            Cell(
                n.percent(point.accuracy.estimate),
                remarks=[n.interval(point.accuracy.low, point.accuracy.high)],
            ),
        ]
        for curve in all_curves
        for point in curve.points
    ]
    columns = [page.column("alternative", number=False)]
    columns += [page.column("learning.images")]
    columns += [page.column("test_accuracy")]
    caption = words.say("learning.table")
    return page.table(caption, columns, rows, files="learning-curve.csv")


TOPIC = Topic(
    "learning",
    section,
    files=[CsvFile("learning-curve.csv", CURVE_COLUMNS, curve_rows)],
)
