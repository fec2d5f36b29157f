"""Calibration: every alternative's figures, and the best's reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cotejo.report.drawing import PHONE_WIDTH
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.calibration.analysis import Calibration, calibrations, diagnosis
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

_COLUMNS = (
    "log_loss", "brier", "top2", "excess", "error", "temperature", "error_scaled", "loss_scaled",
)  # fmt: skip


def section(page: Page) -> dict[str, Any] | None:
    """Return how far probabilities can be trusted; None if no run has these measures."""
    words, findings = page.words, page.findings
    rows, diagnosed = calibrations(page.facts.trained), diagnosis(findings)
    if not rows:
        return None
    bins = len(diagnosed.before) if diagnosed else _bins(rows)
    drawn = None
    if diagnosed is not None:
        drawn = page.figure(
            "reliability",
            reliability_figure(diagnosed, words),
            diagram_caption(findings, diagnosed, words),
            "reliability.csv",
            narrow=reliability_figure(diagnosed, words, PHONE_WIDTH),
        )
    return {
        "paragraphs": calibration_intro(rows, bins, words),
        "table": _table(page, rows),
        "diagnosis": diagnosis_sentences(findings, diagnosed, words) if diagnosed else [],
        "reliability": drawn,
    }


def _bins(rows: list[Calibration]) -> int:
    measured = next(row.alternative for row in rows if row.error is not None)
    return len(measured.representative.metrics["test"]["calibration"]["reliability"])


def _table(page: Page, rows: list[Calibration]) -> Table:
    # With two classes, the true one is always among the two most probable.
    shown = [name for name in _COLUMNS if name != "top2" or len(page.findings.best.per_class) > 2]
    columns = [page.column("alternative", number=False)]
    columns += [page.column(f"calibration.{name}") for name in shown]
    return page.table(
        page.words.say("calibration.table"),
        columns,
        [_row(page, row, shown) for row in rows],
        marked=page.facts.trained.index(page.findings.best),
        files="calibration.csv",
    )


def _row(page: Page, row: Calibration, shown: Sequence[str]) -> list[Cell]:
    n = page.words.numbers

    def decimal(value: float | None, digits: int = 3) -> str:
        return NOT_APPLICABLE if value is None else n.decimal(value, digits)

    def points(value: float | None) -> str:
        return NOT_APPLICABLE if value is None else n.points(value)

    top2 = NOT_APPLICABLE if row.top2_accuracy is None else n.percent(row.top2_accuracy)
    texts = {
        "log_loss": decimal(row.loss),
        "brier": decimal(row.brier),
        "top2": top2,
        "excess": points(row.excess),
        "error": points(row.error),
        "temperature": decimal(row.temperature, 2),
        "error_scaled": points(row.error_scaled),
        "loss_scaled": decimal(row.loss_scaled),
    }
    return [page.named(row.alternative, mark_best=True), *cells(*(texts[name] for name in shown))]


def _report_json(findings: Findings) -> dict[str, Any]:
    diagnosed = diagnosis(findings)
    return {"calibration": diagnosed.to_json() if diagnosed else None}


def _references(findings: Findings) -> list[str]:
    if not calibrations(findings.facts.trained):
        return []
    drawn = ["brocker-2007"] if diagnosis(findings) else []
    return ["brier-1950", "naeini-2015", "guo-2017", *drawn]


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
