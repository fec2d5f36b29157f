"""An observer that keeps what it is told of a study's runs."""

from __future__ import annotations

from typing import Any

from cotejo.errors import CotejoError
from cotejo.study.progress import Observer, PlannedRun

__all__ = ["Listener"]


class Listener(Observer):
    """Keeps which runs began, which ended and how, and the epochs, in their order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def run_started(self, run: PlannedRun) -> None:
        self.calls.append(("started", *run.id))

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        self.calls.append(("epoch", *run.id, row["epoch"]))

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        self.calls.append(("finished", *run.id))

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        self.calls.append(("failed", *run.id, reason.key))
