"""``trial.json``: one trial of a search, whole in one file, checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from cotejo.store.checks import read_checked
from cotejo.store.files import make_folder, write_json
from cotejo.store.layout import FORMAT, SEARCHES, TRIAL, trial_folder_name
from cotejo.store.schemas import Resumed
from cotejo.store.schemas.values import (
    Content,
    FolderName,
    Fraction,
    Key,
    Moment,
    NotNegative,
    Positive,
    Reason,
    Seed,
    Settings,
)

__all__ = ["read_trial", "trial_folder", "write_trial"]


class _Trial(Content):
    key: Key
    search: FolderName
    number: Positive
    seed: Seed
    values: Annotated[Settings, Field(min_length=1)]
    status: Literal["finished", "stopped", "failed"]
    reason: Reason | None
    valid_accuracy: Fraction | None
    valid_accuracies: list[Fraction]
    best_epoch: Positive | None
    epochs: Positive
    images: Positive
    seconds: NotNegative
    started: Moment
    finished: Moment
    resumed: list[Resumed] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Trial:
        """Check that the trial's accuracy is that of its epoch, and that a failure has a reason."""
        if (self.status == "failed") != (self.reason is not None):
            raise ValueError("reason")
        if (self.status == "failed") != (self.valid_accuracy is None):
            raise ValueError("valid_accuracy")
        if len(self.valid_accuracies) > self.epochs:
            raise ValueError("valid_accuracies")
        if self.valid_accuracy is not None:
            epoch = self.best_epoch or 0
            if not 1 <= epoch <= len(self.valid_accuracies):
                raise ValueError("best_epoch")
            if self.valid_accuracies[epoch - 1] != self.valid_accuracy:
                raise ValueError("valid_accuracy")
        return self


def trial_folder(folder: Path, search: str, number: int) -> Path:
    """Return the folder of a trial.

    Args:
        folder: the study's.
        search: the name of the alternative that is searched.
        number: of the trial, from 1.
    """
    return folder / SEARCHES / search / trial_folder_name(number)


def read_trial(folder: Path) -> dict[str, Any] | None:
    """Return the ``trial.json`` of a trial's folder; None without one.

    Raises:
        OutputError: it is not as it was written.
    """
    return read_checked(folder / TRIAL, _Trial)


def write_trial(folder: Path, content: Mapping[str, Any]) -> None:
    """Write a trial into its folder, which is made.

    Raises:
        OutputError: it can't be written.
    """
    make_folder(folder)
    write_json(folder / TRIAL, {"format": FORMAT, **content})
