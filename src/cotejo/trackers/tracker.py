"""The protocol of trackers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy

__all__ = ["Tracker"]


class Tracker:
    """Is told of a study. All methods do nothing; a subclass overrides those that it needs.

    `check` is called first, in the thread of whoever starts the study. All other methods are called
    in another thread, one at a time and in order; they may be slow, and they may raise: the
    training does not wait for them, and whoever started it is told at the end what was lost.

    The order is `study_started`; `run_killed` for each run that an earlier process left unfinished;
    then for each run `run_started`, `epoch_ended` for each epoch, and `run_finished`, `run_failed`
    or `run_killed`; at the end `study_ended`. Where several runs are trained at once, the calls of
    one come between those of others, and each says which run it is about. A run may start more than
    once: what was told of it before, now or in an earlier process, is replaced.

    Args:
        where: what follows the tracker's name, such as the address of a server; None if nothing
            does.

    Attributes:
        writes_stdout: whether it writes to standard output, where people are told nothing then.
    """

    writes_stdout: bool = False

    def __init__(self, where: str | None = None) -> None:
        self.where = where

    def check(self) -> None:
        """Say what is wrong with the tracker before anything is trained, without asking a server.

        Raises:
            ConfigError: it can't work, as it is set up here.
        """

    def place(self, study: TrackedStudy) -> str:
        """Return where people look: a folder, an address or a command; empty if that is nowhere."""
        return ""

    def study_started(self, study: TrackedStudy) -> None:
        """A study begins, or goes on."""

    def run_started(self, run: TrackedRun) -> None:
        """A run begins."""

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """An epoch of a run ended; ``row`` is its row of ``history.csv``, as numbers."""

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """A run finished."""

    def run_failed(self, run: TrackedRun, reason: str) -> None:
        """A run failed; ``reason`` is a sentence."""

    def run_killed(self, run: TrackedRun) -> None:
        """A run was stopped, now or in an earlier process, and has not begun again since."""

    def study_ended(self, status: StudyStatus, files: Sequence[Path]) -> None:
        """The study ended; ``files`` are those about all of it, such as the report."""
