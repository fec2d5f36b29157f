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
    "CheckpointWritten",
    "Emit",
    "EpochEnded",
    "Event",
    "RunFailed",
    "RunFinished",
    "RunPlaced",
    "RunResumed",
    "RunStarted",
    "TestRead",
    "WaitingToWrite",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins; ``place`` is the number of a worker, the name of a machine, or empty."""

    run: RunId
    place: str = ""


@dataclass(frozen=True, slots=True)
class RunPlaced:
    """A run that has begun is trained anew, or goes on, at another ``place``."""

    run: RunId
    place: str


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
class CheckpointWritten:
    """A checkpoint of a run's network, counted from 1, lies where the run is trained.

    Where that is not in the study's folder, whoever trains there has it brought to that folder.
    """

    run: RunId
    network: int


@dataclass(frozen=True, slots=True)
class TestRead:
    """A run is about to read the test images.

    It is noted where the run is trained. Where that is not in the study's folder, the process that
    has locked that folder notes it there.
    """

    __test__ = False  # no test of pytest's
    run: RunId
    key: str
    time: str

    @property
    def reading(self) -> dict[str, Any]:
        """The arguments of `cotejo.store.note_reading`."""
        alternative, seed = self.run
        return {"time": self.time, "alternative": alternative, "seed": seed, "key": self.key}


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
    RunStarted
    | RunPlaced
    | RunResumed
    | BatchEnded
    | EpochEnded
    | CheckpointWritten
    | TestRead
    | WaitingToWrite
    | RunFinished
    | RunFailed
)
Emit: TypeAlias = Callable[[Event], None]
"""What an executor calls with each event, as it happens."""
