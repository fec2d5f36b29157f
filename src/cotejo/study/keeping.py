"""Which runs of a study keep checkpoints, and how often."""

from __future__ import annotations

from collections.abc import Callable

from cotejo.backend import keras
from cotejo.data.folds import Fold
from cotejo.study.events import CheckpointWritten, Emit
from cotejo.study.planning import Job, Plan
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.scan import can_scan
from cotejo.train.streaming import fits

__all__ = ["checkpoints_of"]


def checkpoints_of(
    plan: Plan, job: Job, fold: Fold, number: int, note: Callable[[str], None], emit: Emit
) -> Checkpoints | None:
    """Return the checkpoints of one network of a run; None if it begins anew when interrupted.

    That is so if the study asks for none; if the run has to end at a time, because the time that
    it took before would be added; and on PyTorch, where resuming is not promised.

    Args:
        plan: the study's.
        job: the run.
        fold: what the network learns from.
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
        "scan" if can_scan(settings) and fits(fold.dataset.train) else "fit",
        own_code=any(not source.is_model for source in settings.sources.values()),
        minutes=minutes,
        note=note,
        written=lambda network: emit(CheckpointWritten(job.run.id, network)),
    )
