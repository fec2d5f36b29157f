"""The best alternative's whole training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from cotejo.facts import Phase
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.training import figure
from cotejo.report.topics.training.words import added_best, whole_training
from cotejo.store import RunFile

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return the best's training from its first epoch on, and its test evaluation."""
    words, best = page.words, page.findings.best
    if best.is_added:
        title = words.say("training.title_added")
        return {"title": title, "paragraphs": added_best(page.findings, words), "figure": None}
    phases = page.facts.phases(best)
    return {
        "paragraphs": whole_training(page.findings, words),
        "figure": page.figure(
            "training",
            partial(figure.whole_training, phases, words),
            words.say("training.figure", best=page.label(best)),
            RunFile.HISTORY,
        ),
    }


def details(page: Page) -> dict[str, Any] | None:
    """Return the best's training epoch by epoch; None where it was trained elsewhere."""
    if page.findings.best.is_added:
        return None
    return {"table": _epochs_table(page)}


def _epochs_table(page: Page) -> Table:
    phases = page.facts.phases(page.findings.best)
    digits = _rate_digits(row for phase in phases for row in phase.run.history)
    rows = [row for phase in phases for row in _epoch_rows(page, phase, digits)]
    names = (
        "training.epoch", "valid_accuracy", "training.valid_loss", "train_accuracy",
        "training.train_loss", "training.rate", "training.time",
    )  # fmt: skip
    columns = [page.column("alternative", number=False), *map(page.column, names)]
    if len(phases) == 1:
        columns, rows = columns[1:], [row[1:] for row in rows]
    return page.table(
        page.words.say("training.table"),
        columns,
        rows,
        marked=phases[-1].epochs_before + _kept(phases[-1]) - 1,
        files=RunFile.HISTORY,
    )


def _epoch_rows(page: Page, phase: Phase, digits: int) -> list[list[Cell]]:
    words, n = page.words, page.words.numbers
    kept = words.say("training.kept_mark")
    return [
        [
            # An alternative is named in its first row only: more names would hide the numbers.
            page.named(phase.alternative) if position == 1 else Cell(""),
            Cell(
                str(phase.epochs_before + position),
                mark=kept if position == _kept(phase) else None,
            ),
            *cells(
                n.percent(row["valid_accuracy"]),
                n.decimal(row["valid_loss"], 3),
                n.percent(row["train_accuracy"]),
                n.decimal(row["train_loss"], 3),
                n.decimal(_rate(row), digits),
                n.decimal(row["seconds"], 1),
            ),
        ]
        for position, row in enumerate(phase.run.history, start=1)
    ]


def _rate(row: Mapping[str, float]) -> float:
    """Return an epoch's learning rate with three significant digits."""
    return float(f"{row['learning_rate']:.3g}")


def _rate_digits(rows: Iterable[Mapping[str, float]]) -> int:
    """Return the decimals that the rates of all epochs take, at most 8."""
    rates = [_rate(row) for row in rows]
    return next(d for d in range(9) if d == 8 or all(round(rate, d) == rate for rate in rates))


def _kept(phase: Phase) -> int:
    """Return the epoch of a phase whose weights were kept, from 1."""
    return int(phase.run.record.get("best_epoch") or len(phase.run.history))


TOPIC = Topic("training", section, place="body", details=details)
