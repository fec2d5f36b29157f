"""What trackers are told, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

__all__ = ["RunResult", "StudyStatus", "TrackedRun", "TrackedStudy", "named_row", "scalars"]

StudyStatus: TypeAlias = Literal["finished", "failed", "killed"]
"""How a study ended: all runs finished; one failed, or an error ended it; somebody stopped it."""


@dataclass(frozen=True)
class TrackedStudy:
    """A study, as trackers know it.

    Attributes:
        id: 16 hexadecimal digits that stay the same when the study is continued.
        name: the study's.
        title: the report's, in the language of the command.
        folder: where its files are.
        data: the name of the data set.
        image_shape: height, width and channels of its images.
        class_names: in the order of the labels.
        quick: whether it is a quick look.
    """

    id: str
    name: str
    title: str
    folder: Path
    data: str
    image_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    quick: bool = False


@dataclass(frozen=True)
class TrackedRun:
    """A run of a study, or a trial of one of its searches.

    Attributes:
        id: 16 hexadecimal digits, made of the study's id and the run's key: a run that is done
            again has the same, one whose settings have changed has another.
        name: such as ``"cnn3/seed-1"``; also the folder below the study's.
        alternative: the alternative's name; for a trial, that of its search.
        seed: the run's; None for a trial.
        key: the hash of everything that determines its result; empty for a trial.
        folder: where its files will be; None for a trial.
        settings: by name, each a number, a text, a truth value or None.
        epochs: the most that it has.
        parameters: of its model; None for a trial.
    """

    id: str
    name: str
    alternative: str
    seed: int | None
    key: str
    folder: Path | None
    settings: Mapping[str, Any]
    epochs: int
    parameters: int | None = None


@dataclass(frozen=True)
class RunResult:
    """How a run ended that finished.

    Attributes:
        metrics: its ``metrics.json``.
        files: its files, of those that are kept.
    """

    metrics: Mapping[str, Any]
    files: tuple[Path, ...] = ()

    @property
    def scalars(self) -> dict[str, float]:
        """The single numbers of the metrics, as `scalars` names them."""
        return scalars(self.metrics)

    @property
    def confusion(self) -> list[list[int]] | None:
        """The confusion matrix of the test images: rows are true classes; None without one."""
        found = self.metrics.get("test", {}).get("confusion")
        return None if found is None else [list(row) for row in found]


def scalars(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return the single numbers of a ``metrics.json``, by split and name.

    Example:
        >>> scalars({"test": {"accuracy": 0.9, "loss": None, "confusion": [[1]]}, "valid": {}})
        {'final/test_accuracy': 0.9}
    """
    return {
        f"final/{split}_{name}": float(value)
        for split, figures in metrics.items()
        for name, value in (figures or {}).items()
        if type(value) in (int, float)
    }


def named_row(row: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of an epoch under the names that trackers show in groups.

    Example:
        >>> named_row({"epoch": 1, "train_loss": 2.0, "valid_loss": None, "learning_rate": 0.1})
        {'train/loss': 2.0, 'learning_rate': 0.1}
    """
    return {
        name.replace("_", "/", 1) if name.startswith(("train_", "valid_")) else name: float(value)
        for name, value in row.items()
        if name != "epoch" and value is not None
    }
