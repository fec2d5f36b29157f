"""``progress.json``: how far a study is while it trains, for whoever watches it from elsewhere.

It is written about once a second, and deleted when the study ends. One that a killed study left
behind says nothing new: who reads it looks at whether the study's folder is still locked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.store import FORMAT, StudyFile, now, write_json
from cotejo.study.pace import Pace
from cotejo.study.progress import Estimate, PlannedRun, RunId

__all__ = ["Journal"]

_SECONDS = 1.0
"""The least time between two writings; what happens in between is written with the next."""


@dataclass
class _Running:
    """A run that is being trained.

    Attributes:
        run: which one.
        rows: its epochs.
        place: the epoch that is being trained, and how many of its steps are done, of how many.
    """

    run: PlannedRun
    rows: list[dict[str, Any]] = field(default_factory=list)
    place: tuple[int, int, int] = (1, 0, 0)

    @property
    def epochs_done(self) -> float:
        """How many epochs are done, a part of one included."""
        epoch, step, steps = self.place
        return epoch - 1 + (step / steps if steps else 0.0)

    def epoch_ended(self, row: dict[str, Any]) -> None:
        """Take note of an epoch; a run that is begun again tells its epochs again."""
        epoch = int(row["epoch"])
        self.rows = [*self.rows[: epoch - 1], row]
        self.place = (epoch + 1, 0, 0)


class Journal:
    """Keeps ``progress.json`` up to date.

    A study is worth more than its progress: if the file can't be written, it is left alone from
    then on. The study's own files tell of a disk that is full.

    Args:
        folder: the study's.
        runs: the runs of the plan.
    """

    def __init__(self, folder: Path, runs: Sequence[PlannedRun]) -> None:
        self._path = folder / StudyFile.PROGRESS
        self._pace = Pace(runs)
        self._started = now()
        self._states = {run.id: "finished" if run.finished else "waiting" for run in runs}
        self._runs = {run.id: run for run in runs}
        self._running: dict[RunId, _Running] = {}
        self._written = float("-inf")
        self._ended = False

    def timed(self, estimate: Estimate) -> None:
        """A few steps of one alternative were timed."""
        self._pace.timed(estimate)

    def run_started(self, run: PlannedRun) -> None:
        """A run begins."""
        self._running[run.id] = _Running(run)
        self._states[run.id] = "running"
        self._write(always=True)

    def run_resumed(self, run: PlannedRun, rows: Sequence[dict[str, Any]]) -> None:
        """A run goes on after the epochs of these rows."""
        for row in rows:
            self.epoch_ended(run, row)

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """``step`` of an epoch's ``steps`` are done."""
        self._running[run.id].place = (epoch, step, steps)
        self._write()

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """An epoch ended."""
        self._pace.epoch_ended(run, float(row["seconds"]))
        self._running[run.id].epoch_ended(row)
        self._write()

    def run_ended(self, run: PlannedRun, state: str) -> None:
        """A run came to its end: it ``finished`` or ``failed``."""
        self._states[run.id] = state
        self._running.pop(run.id, None)
        self._write(always=True)

    def close(self) -> None:
        """The study ended, however it did."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._ended = True

    def _write(self, always: bool = False) -> None:
        if self._ended or (not always and time.monotonic() - self._written < _SECONDS):
            return
        try:
            write_json(self._path, self._content())
            self._written = time.monotonic()
        except OutputError:
            self._ended = True

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "started": self._started,
            "updated": now(),
            "seconds_left": self._left(),
            "runs": [
                {
                    "alternative": alternative,
                    "seed": seed,
                    "state": state,
                    "epochs": self._runs[alternative, seed].epochs,
                }
                for (alternative, seed), state in self._states.items()
            ],
            "running": self._of_running(),
        }

    def _of_running(self) -> dict[str, Any] | None:
        """Return the run that is trained; of several at once the one that has run longest."""
        running = next(iter(self._running.values()), None)
        if running is None:
            return None
        epoch, step, steps = running.place
        return {
            "alternative": running.run.alternative,
            "seed": running.run.seed,
            "epoch": epoch,
            "step": step,
            "steps": steps,
            "seconds_left": self._pace.run_left(running.run, running.epochs_done),
            "history": running.rows,
        }

    def _left(self) -> float | None:
        waiting = [self._runs[each] for each, state in self._states.items() if state == "waiting"]
        running = [(each.run, each.epochs_done) for each in self._running.values()]
        return self._pace.study_left(waiting, running)
