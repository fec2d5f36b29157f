"""What a job has to know to be a trial of a search, and not a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["TrialTask"]


@dataclass(frozen=True)
class TrialTask:
    """A trial of a search.

    Attributes:
        search: the name of the alternative that is searched.
        number: of the trial, from 1.
        values: of the settings that are searched.
        stop_below: for each epoch, the validation accuracy that the trial must have reached by
            then, or it is stopped; None for an epoch after which no trial is stopped. There is
            none stopped after later epochs than are listed.
    """

    search: str
    number: int
    values: Mapping[str, Any]
    stop_below: tuple[float | None, ...] = ()
