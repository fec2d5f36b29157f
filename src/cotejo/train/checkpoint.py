"""The checkpoints of a training: where they are, what they belong to, and when one is due.

A checkpoint belongs to the run of one key, trained by one engine with the same versions of
everything. One of anything else is never used: the training would not end as an uninterrupted one
does. On another kind of processor a training does go on, and its record says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.platform import machine, versions
from cotejo.store import (
    NotPlainError,
    checkpoint_files,
    now,
    read_checkpoint,
    write_checkpoint,
    writing,
)

__all__ = ["CHECKPOINT_FORMAT", "Checkpoints", "Resumed"]

CHECKPOINT_FORMAT = 1
"""Increased when what a checkpoint holds changes, so that no earlier one is used."""

_SHARE = 0.01
"""The most that checkpoints may take of the time of a training."""

_INSIDE_SECONDS = 60.0
"""The least time since the last checkpoint for one inside of an epoch."""

_TRIES, _PAUSE = 3, 1.0
"""How often a checkpoint is asked for that can't be read, and the seconds between."""

_MACHINE = ("processor", "cores", "accelerator", "onednn")
"""The facts about a machine that decide how sums are rounded."""


@dataclass(frozen=True)
class Resumed:
    """A training that went on from a checkpoint.

    Attributes:
        network: which of the run's networks, from 1.
        epoch: the epoch in which it went on, from 1.
        step: how many steps of this epoch were done before.
        exact: whether it ends bit for bit as the uninterrupted training. That is not so on another
            kind of processor, nor where the user's own code may keep state that no checkpoint sees.
    """

    network: int
    epoch: int
    step: int
    exact: bool


class Checkpoints:
    """The checkpoints of one training.

    Args:
        folder: the run's.
        network: which of the run's networks is trained, from 1.
        key: the run's.
        engine: which engine trains.
        own_code: whether code of the user's own takes part.
        minutes: the time between two; None for as often as costs less than a hundredth of the time.
        note: told in a line what could not be read or written.
        written: called with the network's number when a checkpoint has been written. What it takes
            counts as a cost of the checkpoint.

    Attributes:
        resumed: how often this training went on, first to last.
        started: when it began, as ``run.json`` has it.
        seconds_before: those until the checkpoint from which it went on.
    """

    def __init__(
        self,
        folder: Path,
        network: int,
        key: str,
        engine: str,
        *,
        own_code: bool = False,
        minutes: float | None = None,
        note: Callable[[str], None] = lambda line: None,
        written: Callable[[int], None] = lambda network: None,
    ) -> None:
        self._folder, self._network = folder, network
        self._of: Mapping[str, Any] = {
            "format": CHECKPOINT_FORMAT,
            "key": key,
            "network": network,
            "engine": engine,
            "backend": keras.config.backend(),
            "versions": versions(),
        }
        here = machine()
        self._machine = {name: here[name] for name in _MACHINE}
        self._own_code = own_code
        self._minutes = minutes
        self._note = note
        self._written = written
        self._cost = 0.0
        self._last = time.monotonic()
        self._is_off = False
        self.resumed: list[Resumed] = []
        self.started = now()
        self.seconds_before = 0.0

    def latest(self) -> dict[str, Any] | None:
        """Return the state in the last checkpoint that is whole and of this training.

        One that is damaged, or of something else, is deleted; one that can't be read now stays.

        Raises:
            OutputError: one can't be deleted.
        """
        for path in checkpoint_files(self._folder, self._network):
            try:
                content = _read_patiently(path)
            except OutputError as error:
                self._note(f"{now()} checkpoint passed over: {error.in_language('en')}")
                if error.key == "cannot_read":
                    continue  # it may be whole
            else:
                if content.get("of") == self._of:
                    self._resume(content)
                    state: dict[str, Any] = content["training"]
                    return state
                self._note(f"{now()} {path.name} is of another training")
            with writing(path):
                path.unlink(missing_ok=True)
        return None

    def _resume(self, content: Mapping[str, Any]) -> None:
        self.started = content["started"]
        self.resumed = [Resumed(**each) for each in content["resumed"]]
        exact = content["machine"] == self._machine and not self._own_code
        state = content["training"]
        self.seconds_before = float(state["seconds"])
        self.resumed.append(Resumed(self._network, state["epoch"] + 1, state["step"], exact))

    def is_due(self, inside: bool) -> bool:
        """Return whether it is time for a checkpoint.

        Args:
            inside: whether an epoch is going on. Unless somebody chose the time between two, only
                a long epoch has checkpoints inside.
        """
        since = time.monotonic() - self._last
        if self._is_off:
            return False
        if self._minutes is not None:
            return since >= 60 * self._minutes
        return since >= max(self._cost / _SHARE, _INSIDE_SECONDS if inside else 0.0)

    def save(self, state: Callable[[], Mapping[str, Any]]) -> None:
        """Write a checkpoint. If that fails, the training goes on without it.

        Args:
            state: gives the state of the training.
        """
        if self._is_off:
            return
        started = time.monotonic()
        try:
            write_checkpoint(self._folder, self._network, self._content(state()))
        except NotPlainError as error:
            self._is_off = True
            self._note(f"{now()} no checkpoints: a callback keeps {error}")
        except OutputError as error:
            self._note(f"{now()} no checkpoint: {error.in_language('en')}")
        else:
            self._written(self._network)
        self._last = time.monotonic()
        self._cost = self._last - started

    def begin(self, size: int) -> None:
        """Count the time from now on.

        Args:
            size: of the arrays in bytes, from which the cost of the first checkpoint is guessed.
        """
        if not self._cost:
            self._cost = 0.1 + size / 50e6
            self._last = time.monotonic()

    def _content(self, state: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "of": dict(self._of),
            "machine": self._machine,
            "started": self.started,
            "resumed": [vars(each) for each in self.resumed],
            "training": dict(state),
        }


def _read_patiently(path: Path) -> dict[str, Any]:
    """Read a checkpoint; one that a network's file system does not give at once is asked for again.

    Raises:
        OutputError: as `read_checkpoint`.
    """
    for _ in range(_TRIES - 1):
        try:
            return read_checkpoint(path)
        except OutputError as error:
            if error.key != "cannot_read":
                raise
        time.sleep(_PAUSE)
    return read_checkpoint(path)
