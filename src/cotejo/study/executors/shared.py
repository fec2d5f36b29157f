"""A folder that several machines share is found by itself: by a token that lies in it.

A machine that finds the token under the same path trains the run right there, as a process of the
study's own machine does. What it leaves is read and compared with its record before it counts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import (
    RunFolder,
    StudyFile,
    read_bytes,
    read_trial,
    temporary_path,
    write_file,
)
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import PlannedRun

__all__ = ["Shared", "announced", "check_left", "is_done", "job_there"]


@dataclass(frozen=True)
class Shared:
    """A study's folder, as other machines may find it.

    Attributes:
        path: where it is, absolute.
        token: what lies in it.
    """

    path: Path
    token: str

    @property
    def is_here(self) -> bool:
        """Whether this machine has that very folder, and may write to it."""
        try:
            found = read_bytes(self.path / StudyFile.SHARED, most=len(self.token))
        except OutputError:
            return False
        return found == self.token.encode() and os.access(self.path, os.W_OK | os.X_OK)


@contextmanager
def announced(folder: Path) -> Iterator[Shared]:
    """Have a token in the study's folder for a block.

    Raises:
        OutputError: it can't be written.
    """
    shared = Shared(folder.absolute(), secrets.token_hex(16))
    path = shared.path / StudyFile.SHARED
    write_file(path, shared.token)
    try:
        yield shared
    finally:
        with suppress(OSError):  # it means nothing to the next study, which writes its own
            path.unlink()


def job_there(job: Job, plan: Plan, shared: Shared) -> Job:
    """Return a job whose files lie in the shared folder, by its absolute path."""

    def placed(run: PlannedRun) -> PlannedRun:
        return replace(run, folder=shared.path / run.folder.relative_to(plan.folder))

    return replace(job, run=placed(job.run), parent=job.parent and placed(job.parent))


def check_left(job: Job, *, finished: bool) -> None:
    """Check what a run has left in the study's folder by itself.

    A network's file system may show it up to a minute later; this does not wait for that.

    Args:
        job: the run, or a trial.
        finished: whether it says that it finished.

    Raises:
        OutputError: it is of other settings, is not there, or is not as it was written.
    """
    if _is_whole(job, finished=finished):
        return
    _look_again(job.run.folder)
    if not _is_whole(job, finished=finished):
        raise OutputError("machines.not_whole", path=job.run.folder)


def is_done(job: Job) -> bool:
    """Return whether a run is finished, with the key of the job."""
    run = RunFolder(job.run.folder)
    return job.trial is None and run.key == job.run.key and run.is_finished


def _is_whole(job: Job, *, finished: bool) -> bool:
    folder = job.run.folder
    if job.trial is not None:
        trial = read_trial(folder)
        return trial is not None and trial["key"] == job.run.key
    run = RunFolder(folder)
    return run.key == job.run.key and (run.is_finished or not finished)


def _look_again(folder: Path) -> None:
    """Have a network's file system look again: to write to a folder renews what it knows of it."""
    for each in (folder.parent.parent, folder.parent, folder):
        path = temporary_path(each / "seen")
        with suppress(OSError):  # it is not there yet
            path.touch()
            path.unlink()
