"""The events of an executor: what it says while it trains, one small value per event.

They hold plain data, so that an executor can send them from another process or machine. A run is
named by its alternative and its seed; what it left is in its folder, not in the event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from cotejo.errors import CotejoError
from cotejo.study.progress import RunId

__all__ = [
    "BatchEnded",
    "Emit",
    "EpochEnded",
    "Event",
    "RunFailed",
    "RunFinished",
    "RunResumed",
    "RunStarted",
    "WaitingToWrite",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins."""

    run: RunId


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A run that has begun goes on from a checkpoint, in ``epoch``, counted from 1.

    ``rows`` are those of ``history.csv`` of the epochs before: of one network of the run, so that
    this comes again for the next one that goes on.
    """

    run: RunId
    epoch: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """Of an epoch's ``steps``, the first ``step`` are done. Epochs count from 1."""

    run: RunId
    epoch: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch ended; ``row`` is its row of ``history.csv``, with numbers."""

    run: RunId
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WaitingToWrite:
    """The results of a run can be written nowhere. They wait in memory, and it is tried again."""

    run: RunId
    reason: CotejoError


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A run finished: all its files are in its folder."""

    run: RunId


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run failed; the others go on."""

    run: RunId
    reason: CotejoError


Event: TypeAlias = (
    RunStarted | RunResumed | BatchEnded | EpochEnded | WaitingToWrite | RunFinished | RunFailed
)
Emit: TypeAlias = Callable[[Event], None]
"""What an executor calls with each event, as it happens."""
