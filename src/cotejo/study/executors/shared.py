"""A folder that several machines share is found by itself: by a token that lies in it.

A machine that finds the token under the same path trains the run right there, as a process of the
study's own machine does. What it leaves is read and compared with its record before it counts.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import RunFile, RunFolder, StudyFile, read_bytes, read_trial, write_file
from cotejo.store.layout import TRIAL
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import PlannedRun

__all__ = ["Shared", "announced", "check_left", "job_there"]

_TRIES = 5
_PAUSE = 0.2
"""How often, and after how many seconds, files are looked for that another machine has written: a
network's file system may show them a moment later."""


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

    Args:
        job: the run, or a trial.
        finished: whether it says that it finished.

    Raises:
        OutputError: it is of other settings, is not there, or is not as it was written.
    """
    folder = job.run.folder
    if job.trial is not None:
        _wait_for(folder / TRIAL)
        trial = read_trial(folder)
        is_whole = trial is not None and trial["key"] == job.run.key
    else:
        _wait_for(folder / RunFile.RECORD)
        run = RunFolder(folder)
        is_whole = run.key == job.run.key and (run.is_finished or not finished)
    if not is_whole:
        raise OutputError("machines.not_whole", path=folder)


def _wait_for(path: Path) -> None:
    """Wait a moment for a file. To list a folder has a network's file system look again."""
    for _ in range(_TRIES):
        with suppress(OSError):
            if path.name in os.listdir(path.parent):  # noqa: PTH208
                return
        time.sleep(_PAUSE)
