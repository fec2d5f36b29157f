"""Calibration: every alternative's figures, and the best's reliability diagram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from cotejo.report.drawing import colour
from cotejo.report.elements import Cell, Table
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.calibration.analysis import (
    FEWEST,
    Calibration,
    calibrations,
    can_be_drawn,
    diagnosis,
)
from cotejo.report.topics.calibration.figure import reliability_figure
from cotejo.report.topics.calibration.files import (
    CALIBRATION_COLUMNS,
    RELIABILITY_COLUMNS,
    calibration_rows,
    reliability_rows,
)
from cotejo.report.topics.calibration.words import (
    calibration_intro,
    diagnosis_sentences,
    diagram_caption,
)
from cotejo.report.words import NOT_APPLICABLE

__all__ = ["TOPIC"]

_COLUMNS: dict[str, Literal["higher", "lower"] | None] = {
    "log_loss": "lower",
    "brier": "lower",
    "top2": "higher",
    "excess": None,
    "error": "lower",
    "temperature": None,
    "error_scaled": "lower",
    "loss_scaled": "lower",
}
"""The columns, and which end of each is the better one."""


def section(page: Page) -> dict[str, Any] | None:
    """Return how far probabilities can be trusted; None if no run has these measures."""
    words, findings = page.words, page.findings
    rows, diagnosed = calibrations(page.facts.trained), diagnosis(findings)
    if not rows:
        return None
    bins = len(diagnosed.before) if diagnosed else _bins(rows)
    figure = None
    said = diagnosis_sentences(findings, diagnosed, words) if diagnosed else []
    if diagnosed is not None and not can_be_drawn(diagnosed.before):
        said.append(words.say("calibration.undrawn", least=FEWEST))
    elif diagnosed is not None:
        figure = page.figure(
            "reliability",
            partial(reliability_figure, diagnosed, colour(findings.best.index), words),
            diagram_caption(findings, diagnosed, words),
            "reliability.csv",
        )
    return {
        "paragraphs": calibration_intro(rows, bins, words),
        "table": _table(page, rows),
        "diagnosis": said,
        "reliability": figure,
    }


def _bins(rows: list[Calibration]) -> int:
    measured = next(row.alternative for row in rows if row.error is not None)
    return len(measured.representative.metrics["test"]["calibration"]["reliability"])


def _table(page: Page, rows: list[Calibration]) -> Table:
    # With two classes, the true one is always among the two most probable.
    shown = [name for name in _COLUMNS if name != "top2" or len(page.findings.best.per_class) > 2]
    columns = [page.column("alternative", number=False)]
    columns += [page.column(f"calibration.{name}", better=_COLUMNS[name]) for name in shown]
    return page.table(
        page.words.say("calibration.table", count=page.findings.most_seeds),
        columns,
        [_row(page, row, shown) for row in rows],
        files="calibration.csv",
    )


def _row(page: Page, row: Calibration, shown: Sequence[str]) -> list[Cell]:
    n = page.words.numbers

    def known(value: float | None, form: Callable[[float], str]) -> Cell:
        return Cell(NOT_APPLICABLE if value is None else form(value), value=value)

    def three(value: float) -> str:
        return n.decimal(value, 3)

    of = {
        "log_loss": known(row.loss, three),
        "brier": known(row.brier, three),
        "top2": known(row.top2_accuracy, n.percent),
        "excess": known(row.excess, n.difference),
        "error": known(row.error, n.points),
        "temperature": known(row.temperature, lambda value: n.decimal(value, 2)),
        "error_scaled": known(row.error_scaled, n.points),
        "loss_scaled": known(row.loss_scaled, three),
    }
    return [page.named(row.alternative, mark_best=True), *(of[name] for name in shown)]


def _report_json(findings: Findings) -> dict[str, Any]:
    diagnosed = diagnosis(findings)
    return {"calibration": diagnosed.to_json() if diagnosed else None}


def _references(findings: Findings) -> list[str]:
    if not calibrations(findings.facts.trained):
        return []
    of_diagram = ["brocker-2007"] if diagnosis(findings) else []
    return ["brier-1950", "naeini-2015", "guo-2017", *of_diagram]


TOPIC = Topic(
    "calibration",
    section,
    files=[
        CsvFile("calibration.csv", CALIBRATION_COLUMNS, calibration_rows),
        CsvFile("reliability.csv", RELIABILITY_COLUMNS, reliability_rows),
    ],
    report_json=_report_json,
    references=_references,
)
