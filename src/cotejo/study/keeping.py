"""Which runs of a study keep checkpoints, and how often."""

from __future__ import annotations

from collections.abc import Callable

from cotejo.backend import keras
from cotejo.data import Split
from cotejo.errors import CotejoError
from cotejo.study.events import CheckpointWritten, Emit
from cotejo.study.planning import Job, Plan
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.scan import can_scan
from cotejo.train.streaming import fits

__all__ = ["checkpoints_of", "goes_on"]


def checkpoints_of(
    plan: Plan, job: Job, train: Split, number: int, note: Callable[[str], None], emit: Emit
) -> Checkpoints | None:
    """Return the checkpoints of one network of a run, or a trial's; None if it keeps none.

    One that keeps none begins anew when it is interrupted. That is so if the study asks for none;
    if the run has to end at a time, because the time that it took before would be added; and on
    PyTorch, where resuming is not promised.

    Args:
        plan: the study's.
        job: the run, or the trial.
        train: the images that the network learns from.
        number: which of the run's networks it is, from 0.
        note: called with a line on each checkpoint that could not be read or written.
        emit: told of each that was written.
    """
    minutes = plan.config.checkpoint_minutes
    if minutes == 0 or plan.deadline is not None or keras.config.backend() == "torch":
        return None
    settings = job.settings
    return Checkpoints(
        job.run.folder,
        number + 1,
        job.run.key,
        "scan" if can_scan(settings) and fits(train) else "fit",
        own_code=any(not source.is_model for source in settings.sources.values()),
        minutes=minutes,
        note=note,
        written=lambda network: emit(CheckpointWritten(job.run.id, network)),
    )


def goes_on(reason: CotejoError | None) -> bool:
    """Return whether a run or a trial that has ended is to go on when it is tried again.

    One that failed begins anew, because its checkpoint may hold the cause. One that ran out of
    memory goes on: next time there may be more.

    Args:
        reason: why it failed; None if it did not.
    """
    return reason is not None and reason.key == "out_of_memory"
