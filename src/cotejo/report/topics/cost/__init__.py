"""Accuracy against cost: each alternative's size, operations and time."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.report.alternative_marks import has_own_colours
from cotejo.report.elements import Cell, Table
from cotejo.report.naming import quoted
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.cost.analysis import (
    COST_COLUMNS,
    Cost,
    Kind,
    cost_rows,
    costs,
    kinds_that_differ,
)
from cotejo.report.topics.cost.figure import (
    cost_figure,
    floor,
    has_clipped_intervals,
    has_wide_axis,
)
from cotejo.report.topics.cost.words import fronts
from cotejo.report.words import NOT_APPLICABLE

__all__ = ["TOPIC"]

_COLUMNS = ("parameters", "size", "operations", "seconds", "inference")
_MEBIBYTE = 2**20


def section(page: Page) -> dict[str, Any] | None:
    """Return accuracy against cost; only the table if all alternatives cost the same.

    None where all alternatives were added.
    """
    words = page.words
    rows = costs(page.findings)
    if not rows:
        return None
    kinds = kinds_that_differ(rows)
    figure = None
    if kinds:
        figure = page.figure(
            "cost",
            partial(cost_figure, rows, kinds, page.findings, words),
            _caption(page, rows, kinds),
            "cost.csv",
        )
    return {
        "paragraphs": [words.say("cost.intro"), *_without(page)],
        "table": _table(page, rows),
        "cost": figure,
        "fronts": fronts(rows, kinds, words),
    }


def _without(page: Page) -> list[str]:
    """Return of which alternatives the cost is not known; nothing if none was added."""
    added = page.facts.added
    labels = quoted(added, page.words)
    return [page.words.say("cost.without", labels=labels)] if added else []


def _caption(page: Page, rows: list[Cost], kinds: list[Kind]) -> str:
    said = [page.words.say("cost.figure")]
    if has_wide_axis(rows, kinds):
        said.append(page.words.say("cost.figure_wide"))
    if floor(rows) is not None:
        said.append(page.words.say("cost.figure_far"))
    if has_clipped_intervals(rows):
        said.append(page.words.say("cost.figure_clipped"))
    if not has_own_colours(page.facts):
        said.append(page.words.say("cost.figure_grey"))
    return " ".join(said)


def _table(page: Page, rows: list[Cost]) -> Table:
    words = page.words
    columns = [page.column("alternative", number=False)]
    columns.append(page.column("test_accuracy", better="higher"))
    columns += [page.column(f"cost.{name}", better="lower") for name in _COLUMNS]
    return page.table(
        words.say("cost.table"),
        columns,
        [_row(page, row) for row in rows],
        files="cost.csv",
    )


def _row(page: Page, row: Cost) -> list[Cell]:
    n = page.words.numbers

    def known(value: float | None, digits: int) -> Cell:
        return Cell(NOT_APPLICABLE if value is None else n.decimal(value, digits), value=value)

    size = None if row.file_bytes is None else row.file_bytes / _MEBIBYTE
    operations = None if row.operations is None else row.operations / 1e6
    return [
        page.named(row.alternative, mark_best=True),
        Cell(
            n.percent(row.accuracy.estimate),
            remarks=[n.interval(row.accuracy.low, row.accuracy.high)],
            value=row.accuracy.estimate,
        ),
        known(row.parameters, 0),
        known(size, 2),
        known(operations, 1),
        Cell(n.duration(row.seconds), value=row.seconds),
        known(row.inference_ms, 3),
    ]


TOPIC = Topic(
    "cost",
    section,
    files=[CsvFile("cost.csv", COST_COLUMNS, cost_rows)],
)
