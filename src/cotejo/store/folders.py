"""The folders of a study and of its runs: which files they hold, read when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store.files import read_csv, read_json, read_npz

__all__ = ["HISTORY_COLUMNS", "RUN_FILES", "RunFolder", "StudyFolder"]

HISTORY_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_accuracy",
    "learning_rate",
    "seconds",
)
"""The columns of ``history.csv``."""

RUN_FILES = (
    "history.csv",
    "log.txt",
    "metrics.json",
    "mistakes.npz",
    "model.keras",
    "predictions.npz",
    "run.json",
)
"""What a finished run's folder holds."""


@dataclass(frozen=True)
class RunFolder:
    """One run's files: one alternative trained with one seed."""

    path: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """``run.json``."""
        return read_json(self.path / "run.json")

    @property
    def is_written(self) -> bool:
        """Whether the run came to an end, finished or failed."""
        return (self.path / "run.json").is_file()

    @property
    def is_finished(self) -> bool:
        """Whether the run finished and every file of it is there; a damaged record is not."""
        if not all((self.path / name).is_file() for name in RUN_FILES):
            return False
        try:
            return self.record.get("status") == "finished"
        except OutputError:
            return False

    @property
    def key(self) -> str | None:
        """The key of the run that is there; None where there is none, or its record is damaged."""
        try:
            return self.record.get("key") if self.is_written else None
        except OutputError:
            return None

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """``history.csv``: a row an epoch, as numbers."""
        rows = read_csv(self.path / "history.csv")
        return [{name: float(value) for name, value in row.items()} for row in rows]

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """``metrics.json``."""
        return read_json(self.path / "metrics.json")

    @cached_property
    def predictions(self) -> dict[str, NDArray[Any]]:
        """``predictions.npz``."""
        return read_npz(self.path / "predictions.npz")

    @cached_property
    def mistakes(self) -> dict[str, NDArray[Any]]:
        """``mistakes.npz``."""
        return read_npz(self.path / "mistakes.npz")


@dataclass(frozen=True)
class StudyFolder:
    """A study's files, and its runs'."""

    path: Path

    @cached_property
    def study(self) -> dict[str, Any]:
        """``study.json``."""
        return read_json(self.path / "study.json")

    @cached_property
    def data(self) -> dict[str, Any]:
        """``data.json``."""
        return read_json(self.path / "data.json")

    @cached_property
    def images(self) -> dict[str, NDArray[Any]]:
        """``data.npz``."""
        return read_npz(self.path / "data.npz")

    def run(self, alternative: str, seed: int) -> RunFolder:
        """Return the folder of one run, there or not."""
        return RunFolder(self.path / alternative / f"seed-{seed}")

    def runs(self, alternative: str) -> list[RunFolder]:
        """Return the runs of ``alternative`` that came to an end, in the study's seed order.

        A run of other settings than the study's own, left by an earlier one, is not among them.
        """
        keys = self.study.get("keys", {}).get(alternative, {})
        folders = {seed: self.run(alternative, seed) for seed in self.study["seeds"]}
        return [
            folder
            for seed, folder in folders.items()
            if folder.is_written and folder.key == keys.get(str(seed), folder.key)
        ]
