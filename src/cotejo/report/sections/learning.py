"""The section on learning curves: accuracy against the number of training images."""

from __future__ import annotations

from typing import Any

from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.learning import Curve, curves
from cotejo.report.learning_figure import learning_figure
from cotejo.report.page import Page
from cotejo.report.prose.learning import learning_intro, learning_steps

__all__ = ["learning_section"]


def learning_section(page: Page) -> dict[str, Any] | None:
    """How much data is needed; None where no alternatives differ in that alone."""
    found = curves(page.findings)
    if not found:
        return None
    words = page.words
    return {
        "paragraphs": learning_intro(found, words),
        "learning": page.figure(
            "learning",
            learning_figure(found, words),
            words.say("learning.figure"),
            "learning-curve.csv",
        ),
        "steps": [
            (page.label(curve.points[-1].alternative), learning_steps(page.findings, curve, words))
            for curve in found
        ],
        "table": _table(page, found),
    }


def _table(page: Page, found: list[Curve]) -> Table:
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
        for curve in found
        for point in curve.points
    ]
    columns = [page.column("alternative", number=False)]
    columns += [Column(words.say("learning.column_images"), number=True)]
    columns += [page.column("test_accuracy")]
    caption = words.say("learning.table")
    return page.table(caption, columns, rows, files="learning-curve.csv")
