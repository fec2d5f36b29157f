"""Why a run has failed whose process or machine ended before it did, and what is written of it."""

from __future__ import annotations

from cotejo.errors import CotejoError, TrainingError
from cotejo.store import RunFile, now
from cotejo.study.events import Emit
from cotejo.study.planning import Job, Plan
from cotejo.study.record import described_reason, start_record
from cotejo.study.replaced import clear
from cotejo.study.results import Results, save

__all__ = ["why_lost", "write_lost"]


def why_lost(error: Exception, job: Job, tries: int) -> CotejoError:
    """Return why a run has failed that was begun for the last time, from how that ended."""
    cause = getattr(error, "cause", error)
    # That of a trial says that nothing came of it because of the machines: it is tried again.
    if job.trial is None and isinstance(cause, CotejoError):
        return cause
    return TrainingError("machines.node_lost", tries=tries, end=type(error).__name__)


def write_lost(plan: Plan, job: Job, reason: CotejoError, said: str, emit: Emit) -> None:
    """Write the record and the log of a run that failed without saying so itself.

    Args:
        plan: the plan that the job is of.
        job: the run; of a trial nothing is written here.
        reason: why it failed.
        said: what its process said last.
        emit: told if the files have to wait for room.

    Raises:
        OutputError: the files can't be written.
    """
    if job.trial is not None:
        return  # the search writes how its trials ended
    clear(job.run.folder, job.run.key, plan.folder, but_checkpoints=True)
    record = start_record(plan, job) | {
        "status": "failed",
        "reason": described_reason(reason),
        "finished": now(),
    }
    log = f"{now()} {reason.in_language('en')}\n{said}".encode()
    save(Results(job.run, plan.folder, record, {RunFile.LOG: log}), emit)
