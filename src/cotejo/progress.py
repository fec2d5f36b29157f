"""What a study tells whoever watches it; the command line's display is one such watcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.errors import CotejoError

if TYPE_CHECKING:
    from cotejo.config import StudyConfig
    from cotejo.data import Dataset

__all__ = ["Estimate", "Observer", "PlannedRun"]


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study's plan.

    Attributes:
        alternative, seed: which.
        key: the hash of everything that determines its result.
        folder: where its files are or will be.
        finished: whether they are there already, of this very key.
        epochs: how many it trains at most.
        parameters: of its model.
        in_the_way: why what an earlier training found is put aside before this run begins; None
            where nothing is.
    """

    alternative: str
    seed: int
    key: str
    folder: Path
    finished: bool
    epochs: int
    parameters: int
    in_the_way: CotejoError | None = None


@dataclass(frozen=True)
class Estimate:
    """What timing a few steps says of an alternative's runs.

    Attributes:
        alternative: which.
        parameters: of its model.
        images_per_second: in training, validation left out.
        run_seconds: one run, at most: with early stopping it may be less.
    """

    alternative: str
    parameters: int
    images_per_second: float
    run_seconds: float


class Observer:
    """Watches a study; every method does nothing until a subclass says otherwise.

    The calls come in this order: `data_progress`*, `data_missing`?, `planned`, `timed`*,
    `estimated`, and then for each run `run_started`, `batch_ended`* and `epoch_ended` for each
    epoch, and `run_finished` or `run_failed`; at the end `look_back_failed`?,
    `audit_started`? and `audit_failed`?.
    """

    def data_progress(self, source: str, done: int, total: int | None) -> None:
        """A download has reached ``done`` of ``total`` bytes."""

    def data_missing(self, wanted: str, used: str, reason: CotejoError) -> None:
        """The data set ``wanted`` can't be had, and ``used`` takes its place."""

    def planned(
        self,
        study: StudyConfig,
        dataset: Dataset,
        runs: Sequence[PlannedRun],
        out: Path,
        quick: bool,
    ) -> None:
        """The plan is made; nothing has been trained."""

    def timed(self, estimate: Estimate) -> None:
        """A few steps of one alternative were timed."""

    def estimated(self, seconds: float) -> None:
        """All the runs to do will take about ``seconds``, at most."""

    def run_started(self, run: PlannedRun) -> None:
        """A run begins."""

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """``step`` of an epoch's ``steps`` are done; not told of each one. Epochs count from 1."""

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """An epoch ended; ``row`` is its row of ``history.csv``, with numbers."""

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """A run finished; ``metrics`` is its ``metrics.json``."""

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """A run failed; the study goes on with the next."""

    def waiting_to_write(self, run: PlannedRun, reason: CotejoError) -> None:
        """A run's results can be written nowhere; they wait in memory, and it is tried again."""

    def readings_put_aside(self, path: Path) -> None:
        """``test-reads.csv`` is damaged; it was renamed to ``path``, and a new one begins."""

    def look_back_failed(self, reason: CotejoError) -> None:
        """Where the networks fail could not be looked at; the study is whole without it."""

    def audit_started(self, dataset: Dataset) -> None:
        """The audit of the data begins; it takes a minute or so, once for each dataset."""

    def audit_failed(self, reason: CotejoError) -> None:
        """The data could not be audited; the study is whole without it."""
