"""``progress.json`` and ``stop.json``: how far a study is, and a request to stop it, checked.

The one is written by the study that trains, for whoever watches it. The other is written by whoever
wants it to stop, from any machine that sees its folder, and is looked for by the study. It names
the start of the study that it is for, so that no later start heeds it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from cotejo.errors import OutputError
from cotejo.store.checks import check_content
from cotejo.store.clock import now
from cotejo.store.files import read_json, write_json
from cotejo.store.layout import FORMAT, StudyFile
from cotejo.store.lock import is_locked
from cotejo.store.schemas.values import (
    Content,
    Count,
    FolderName,
    Fraction,
    Moment,
    NotNegative,
    Positive,
    Seed,
)

__all__ = [
    "clear_progress",
    "is_asked_to_stop",
    "recorded_progress",
    "recorded_stop",
    "request_stop",
    "training_progress",
    "withdraw_stop",
    "write_progress",
]

_SURELY_ALIVE = 30.0
"""A study that wrote its progress so many seconds ago is training; of another the lock tells."""

_Start = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_Place = Annotated[str, Field(max_length=300)]


class _Run(Content):
    alternative: FolderName
    seed: Seed
    state: Literal["waiting", "running", "finished", "failed"]
    before: bool
    epochs: Positive
    parameters: Count


class _Running(Content):
    alternative: FolderName
    seed: Seed
    place: _Place
    epoch: Positive
    step: Count
    steps: Count
    seconds_left: NotNegative | None
    history: list[dict[str, float | None]]


class _Ended(Content):
    number: Positive
    status: Literal["finished", "stopped", "failed"]
    valid_accuracy: Fraction | None


class _Trial(Content):
    number: Positive
    place: _Place
    epoch: Positive
    epochs: Positive
    valid_accuracy: Fraction | None


class _Search(Content):
    search: FolderName
    trials: Positive
    best: Positive | None
    ended: list[_Ended]
    running: list[_Trial]


class _Look(Content):
    number: Positive
    runs: Count
    claims: Count
    settled: Count
    open: list[str]
    lines: list[str]
    further: Count


class _Progress(Content):
    start: _Start
    started: Moment
    updated: Moment
    doing: Literal["preparing", "searching", "training", "looking back"]
    elsewhere: bool
    seconds_left: NotNegative | None
    runs: list[_Run]
    running: list[_Running]
    searches: list[_Search]
    looks: list[_Look]


class _Stop(Content):
    start: _Start
    time: Moment


def write_progress(folder: Path, content: Mapping[str, Any]) -> None:
    """Write how far a study is.

    Raises:
        OutputError: it can't be written.
    """
    write_json(folder / StudyFile.PROGRESS, {"format": FORMAT, **content})


def training_progress(folder: Path) -> dict[str, Any] | None:
    """Return the ``progress.json`` of a study that trains; None where none does.

    One that a killed study left behind says nothing: a study that trains writes it again within
    half a minute, or holds the lock of its folder.
    """
    try:
        age = time.time() - (folder / StudyFile.PROGRESS).stat().st_mtime
    except OSError:
        return None
    content = recorded_progress(folder)
    return content if abs(age) < _SURELY_ALIVE or is_locked(folder) else None


def recorded_progress(folder: Path) -> dict[str, Any] | None:
    """Return the ``progress.json`` in ``folder``, even if a killed study left it; None if none."""
    path = folder / StudyFile.PROGRESS
    try:
        content = read_json(path)
        check_content(_Progress, content, path)
    except (OSError, OutputError):  # none, or the study ended at this moment
        return None
    return content


def clear_progress(folder: Path) -> None:
    """Delete the progress of a study that has ended, and a request to stop it."""
    withdraw_stop(folder)
    with suppress(OSError):
        (folder / StudyFile.PROGRESS).unlink(missing_ok=True)


def request_stop(folder: Path, start: str) -> None:
    """Ask the study that trains in ``folder`` to stop.

    Args:
        folder: the study's.
        start: which start of it, by the ``start`` of its ``progress.json``.

    Raises:
        OutputError: the folder can't be written to.
    """
    write_json(folder / StudyFile.STOP, {"format": FORMAT, "start": start, "time": now()})


def is_asked_to_stop(folder: Path, start: str) -> bool:
    """Return whether there is a request to stop this start of a study."""
    content = recorded_stop(folder)
    return content is not None and bool(content["start"] == start)


def recorded_stop(folder: Path) -> dict[str, Any] | None:
    """Return the ``stop.json`` in ``folder``; None if there is none that Cotejo wrote."""
    path = folder / StudyFile.STOP
    try:
        content = read_json(path)
        check_content(_Stop, content, path)
    except OutputError:  # none; or somebody else's
        return None
    return content


def withdraw_stop(folder: Path) -> None:
    """Delete a request to stop, if there is one."""
    with suppress(OSError):
        (folder / StudyFile.STOP).unlink(missing_ok=True)
