"""One trial of a search: trained, looked at on the validation images, and written.

The dataset that it gets has no test images (`without_test`), so that none can have a say.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cotejo.data import Dataset
from cotejo.errors import CotejoError, OutputError
from cotejo.store import (
    RunFile,
    delete_checkpoints,
    make_folder,
    now,
    write_file,
    write_trial,
    writing,
)
from cotejo.study.events import BatchEnded, Emit, EpochEnded, RunResumed
from cotejo.study.keeping import checkpoints_of, goes_on
from cotejo.study.place import clear_half_written
from cotejo.study.planning import Job, Plan
from cotejo.study.record import described_reason, reason_of
from cotejo.study.search.pruning import is_stopped
from cotejo.study.search.task import TrialTask
from cotejo.train import Training, fresh_backend
from cotejo.train.checkpoint import Checkpoints, Resumed
from cotejo.train.loop import training_steps
from cotejo.train.work import Steps
from cotejo.trained.learned import learned_part

__all__ = ["failed_trial", "trial_steps", "without_test"]


def without_test(dataset: Dataset) -> Dataset:
    """Return a dataset whose validation images stand in the place of its test images, too."""
    return replace(dataset, test=dataset.valid)


class _Stopped(Exception):  # noqa: N818
    """Ends a training from within, after an epoch in which it was worse than half of the others."""


@dataclass
class _SoFar:
    """How a trial has gone so far.

    Attributes:
        accuracies: on the validation images, after each epoch.
        checkpoints: its checkpoints; None if it keeps none.
        log: lines on checkpoints that could not be read or written, and why it failed.
    """

    accuracies: list[float] = field(default_factory=list)
    checkpoints: Checkpoints | None = None
    log: list[str] = field(default_factory=list)


def trial_steps(
    plan: Plan,
    job: Job,
    task: TrialTask,
    emit: Emit,
    clock: Callable[[], float] = time.perf_counter,
) -> Steps[CotejoError | None]:
    """Train a trial, and return why it failed; None if it finished or was stopped.

    Args:
        plan: of the trials.
        job: the trial as a job.
        task: what it tries.
        emit: told of each batch and epoch.
        clock: what its seconds are read from.

    Raises:
        OutputError: its file can't be written.
    """
    so_far, started, began = _SoFar(), now(), clock()
    reason: CotejoError | None = None
    best: int | None = None
    status = "finished"
    # What a process left that was killed, and what is said of an earlier failure, goes.
    clear_half_written(make_folder(job.run.folder))
    with writing(job.run.folder):
        (job.run.folder / RunFile.LOG).unlink(missing_ok=True)
    try:
        with fresh_backend(job.run.seed):
            training = yield from _train(plan, job, task, emit, clock, so_far)
        best = training.best_epoch if training.is_of_epoch else len(so_far.accuracies)
    except _Stopped:
        status, best = "stopped", len(so_far.accuracies)
    except OutputError:
        raise
    except Exception as error:
        status, reason = "failed", reason_of(error, job)
        so_far.log.append(traceback.format_exc())
    accuracies, seconds = so_far.accuracies, clock() - began
    if so_far.log:
        write_file(job.run.folder / RunFile.LOG, "\n".join(so_far.log))
    if so_far.checkpoints is not None and so_far.checkpoints.resumed:
        started = min(started, so_far.checkpoints.started)
        seconds += so_far.checkpoints.seconds_before
    content = _described(plan, job, task, started) | {
        "status": status,
        "reason": None if reason is None else described_reason(reason),
        "valid_accuracy": None if best is None else accuracies[best - 1],
        "valid_accuracies": accuracies,
        "best_epoch": best,
        "seconds": round(seconds, 3),
        "finished": now(),
    }
    if so_far.checkpoints is not None and so_far.checkpoints.resumed:
        content["resumed"] = [asdict(each) for each in so_far.checkpoints.resumed]
    write_trial(job.run.folder, content)
    if not goes_on(reason):
        delete_checkpoints(job.run.folder)
    return reason


def failed_trial(plan: Plan, job: Job, task: TrialTask, reason: CotejoError) -> dict[str, Any]:
    """Return the ``trial.json`` of a trial that could not be trained, or said nothing of its end.

    Args:
        plan: of the trials.
        job: the trial as a job.
        task: what it tries.
        reason: why it failed.
    """
    return _described(plan, job, task, now()) | {
        "status": "failed",
        "reason": described_reason(reason),
        "valid_accuracy": None,
        "valid_accuracies": [],
        "best_epoch": None,
        "seconds": 0.0,
        "finished": now(),
    }


def _described(plan: Plan, job: Job, task: TrialTask, started: str) -> dict[str, Any]:
    return {
        "key": job.run.key,
        "search": task.search,
        "number": task.number,
        "seed": job.run.seed,
        "values": dict(task.values),
        "epochs": job.settings.epochs,
        "images": len(plan.dataset.valid),
        "started": started,
    }


def _train(
    plan: Plan,
    job: Job,
    task: TrialTask,
    emit: Emit,
    clock: Callable[[], float],
    so_far: _SoFar,
) -> Steps[Training]:
    # A run builds its network likewise, and trains trials: each of the two needs the other.
    from cotejo.study.run import build_network

    run, dataset = job.run, plan.dataset
    learned = learned_part(dataset.train, job.settings.train_fraction, run.seed)
    so_far.checkpoints = checkpoints_of(plan, job, dataset.train, 0, so_far.log.append, emit)
    network = build_network(job.settings, learned, dataset.num_classes)

    def on_epoch(row: dict[str, Any]) -> None:
        so_far.accuracies.append(row["valid_accuracy"])
        emit(EpochEnded(run.id, row))
        if is_stopped(task.stop_below, so_far.accuracies):
            raise _Stopped

    def on_resume(resumed: Resumed, rows: Sequence[dict[str, Any]]) -> None:
        so_far.accuracies.extend(row["valid_accuracy"] for row in rows)
        emit(RunResumed(run.id, resumed.epoch, rows))

    return (
        yield from training_steps(
            network,
            dataset,
            job.settings,
            run.seed,
            on_epoch=on_epoch,
            on_batch=lambda epoch, step, steps: emit(BatchEnded(run.id, epoch, step, steps)),
            clock=clock,
            checkpoints=so_far.checkpoints,
            on_resume=on_resume,
        )
    )
