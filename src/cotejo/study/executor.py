"""Who carries out the jobs of a study: a protocol of one method, and the executor in this process.

A study hands over its plan and its jobs and is told of events. It does not know what carries the
jobs: this process, several, or other machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from cotejo.study.events import Emit, RunFailed, RunFinished, RunStarted
from cotejo.study.planning import Job, Plan
from cotejo.study.run import train_run

__all__ = ["Executor", "SerialExecutor", "dismiss", "kept"]


class Executor(Protocol):
    """Trains jobs, in whatever order and place."""

    def execute(self, plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
        """Train the jobs and return when each has finished or failed.

        One that trains elsewhere than in this process has an attribute ``elsewhere`` that is true:
        no steps are timed here for it. A run whose process ended may be begun again; it then tells
        its epochs again. One that starts something which serves several executions, such as
        processes, has a method `kept` for the block of these, and `dismiss` (`kept`, `dismiss`).

        A run has finished once its files are in ``job.run.folder``. A job with a parent begins
        after that parent, which is an earlier job or has finished before. A job of which nothing
        is told when this returns counts as failed.

        Args:
            plan: what the jobs have in common: the data, the study's folder, the deadline.
            jobs: the runs to train; each is told of by one `RunStarted`, and at the end by one
                `RunFinished` or `RunFailed`.
            emit: called with each event, in the thread that called `execute`. What it raises ends
                the execution, as when the user stops the study. It raises no `Exception`, so that
                no error of an observer is taken for one of a run.

        Raises:
            OutputError: files can't be written, which would end the other runs too.
        """


def kept(executor: Executor) -> AbstractContextManager[None]:
    """Return a block over whose executions an executor keeps what it starts for them.

    The rounds of a search, and the runs after it, are executions of their own.
    """
    keep: Callable[[], AbstractContextManager[None]] | None = getattr(executor, "kept", None)
    return nullcontext() if keep is None else keep()


def dismiss(executor: Executor) -> None:
    """Have an executor end, within a block of `kept`, what it keeps: no execution follows."""
    end: Callable[[], None] | None = getattr(executor, "dismiss", None)
    if end is not None:
        end()


class SerialExecutor:
    """Trains one job after the other in this process.

    Keras calls back from the middle of a training, so events are pushed to ``emit``. A generator
    that yields them would need a thread for every training (`docs/decisions/0016-executor.md`).
    """

    def execute(self, plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
        """Train the jobs in their order, as `Executor.execute` says."""
        for job in jobs:
            emit(RunStarted(job.run.id))
            reason = train_run(plan, job, emit)
            if reason is None:
                emit(RunFinished(job.run.id))
            else:
                emit(RunFailed(job.run.id, reason))
