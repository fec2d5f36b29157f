"""A run that is trained where the study's folder is not, or belongs to another process.

The list of readings of the test set has one writer, the process that locked the study's folder. A
run elsewhere notes its reading in a folder of its own, and says so by `TestRead`.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cotejo.errors import ConfigError, OutputError
from cotejo.models import family_of
from cotejo.store import is_abandoned, locked, note_reading, read_readings, reading_of
from cotejo.study.events import BatchEnded, Emit, Event
from cotejo.study.planning import Plan

__all__ = ["Readings", "check_can_travel", "own_folder", "seldom"]

_PREFIX = f".cotejo-run-{socket.gethostname()}-"
"""How the names of the folders begin in which runs are trained. It names the machine, because
several may share the place for temporary files."""

_OLD = 3600.0
"""Seconds after which a folder without a lock was left by a killed process. A younger one may
belong to a process that is about to lock it."""


class Readings:
    """When the test set was read under each key, for runs that are trained elsewhere.

    Args:
        folder: the study's.
    """

    def __init__(self, folder: Path) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = {}
        try:
            rows = read_readings(folder)
        except OutputError:  # damaged in the meantime: whoever notes the next one says so
            rows = []
        for row in rows:
            self.add(row["key"], reading_of(row))

    def of(self, key: str) -> list[dict[str, Any]]:
        """Return the readings of a run, as arguments of `note_reading`."""
        return list(self._rows.get(key, ()))

    def add(self, key: str, reading: Mapping[str, Any]) -> None:
        """Take note of a reading."""
        self._rows.setdefault(key, []).append(dict(reading))


@contextmanager
def own_folder(plan: Plan, readings: Sequence[Mapping[str, Any]]) -> Iterator[Plan]:
    """Give a run a study's folder of its own, with the earlier readings under its key.

    Those that killed processes left on this machine are deleted.

    Yields:
        The plan with that folder, which is deleted at the end.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if is_abandoned(left, _OLD):
            shutil.rmtree(left, ignore_errors=True)  # another user's stays
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder,
        locked(Path(folder)),
    ):
        for reading in readings:
            note_reading(Path(folder), **reading)
        yield replace(plan, folder=Path(folder))


def seldom(tell: Emit, seconds: float) -> Emit:
    """Return a function that passes events on to ``tell``; of batches, one in so many seconds."""
    last = 0.0

    def emit(event: Event) -> None:
        nonlocal last
        if isinstance(event, BatchEnded):
            if time.monotonic() - last < seconds:
                return
            last = time.monotonic()
        tell(event)

    return emit


def check_can_travel(plan: Plan) -> None:
    """Refuse models that only this process knows, before another one is asked to train them.

    Raises:
        ConfigError: a model was registered while this process ran.
    """
    for alternative in plan.config.alternatives:
        settings = alternative.settings
        is_registered = not family_of(settings).ships and not settings.sources
        if is_registered:
            raise ConfigError(
                "machines.registered_here", name=alternative.name, model=settings.model
            )
