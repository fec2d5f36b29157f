"""The section on cost: size, operations and time of each alternative, against its accuracy."""

from __future__ import annotations

from typing import Any

from cotejo.report.cost_figure import cost_figure, floor
from cotejo.report.costs import Cost, costs, kinds_that_differ
from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.page import Page
from cotejo.report.prose.cost import fronts
from cotejo.report.prose.words import NOT_APPLICABLE

__all__ = ["cost_section"]

_COLUMNS = ("parameters", "size", "operations", "seconds", "inference")
_MEBIBYTE = 2**20


def cost_section(page: Page) -> dict[str, Any]:
    """Accuracy against cost; for alternatives of the same cost the table alone."""
    words = page.words
    rows = costs(page.findings)
    kinds = kinds_that_differ(rows)
    drawn = None
    if kinds:
        drawn = page.figure(
            "cost",
            cost_figure(rows, kinds, words),
            _caption(page, rows),
            "cost.csv",
        )
    return {
        "paragraphs": [words.say("cost.intro")],
        "table": _table(page, rows),
        "cost": drawn,
        "fronts": fronts(rows, kinds, words),
    }


def _caption(page: Page, rows: list[Cost]) -> str:
    said = [page.words.say("cost.figure")]
    if floor(rows) is not None:
        said.append(page.words.say("cost.figure_far"))
    return " ".join(said)


def _table(page: Page, rows: list[Cost]) -> Table:
    words = page.words
    columns = [page.column("alternative", number=False), page.column("test_accuracy")]
    columns += [Column(words.say(f"cost.column_{name}"), number=True) for name in _COLUMNS]
    return page.table(
        words.say("cost.table"),
        columns,
        [_row(page, row) for row in rows],
        marked=page.facts.trained.index(page.findings.best),
        files="cost.csv",
    )


def _row(page: Page, row: Cost) -> list[Cell]:
    n = page.words.numbers

    def known(value: float | None, digits: int) -> str:
        return NOT_APPLICABLE if value is None else n.decimal(value, digits)

    parameters = NOT_APPLICABLE if row.parameters is None else n.integer(row.parameters)
    size = None if row.file_bytes is None else row.file_bytes / _MEBIBYTE
    operations = None if row.operations is None else row.operations / 1e6
    return [
        page.named(row.alternative, mark_best=True),
        Cell(
            n.percent(row.accuracy.estimate),
            remarks=[n.interval(row.accuracy.low, row.accuracy.high)],
        ),
        *cells(parameters, known(size, 2), known(operations, 1), n.duration(row.seconds)),
        *cells(known(row.inference_ms, 3)),
    ]
