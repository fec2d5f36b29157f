"""Trackers by name. A new one is a module with a subclass of `Tracker`, and a line here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean
from cotejo.platform import install_command
from cotejo.trackers.tracker import Tracker

__all__ = ["make_tracker", "tracker_names"]


@dataclass(frozen=True)
class _Kind:
    module: str
    cls: str
    packages: tuple[str, ...] = ()
    """What it imports; they are installed by the extra that has the tracker's name."""


_KINDS = {
    "csv": _Kind("lines", "CsvTracker"),
    "jsonl": _Kind("lines", "JsonlTracker"),
    "mlflow": _Kind("mlflow", "MlflowTracker", ("mlflow",)),
    "tensorboard": _Kind("tensorboard", "TensorBoardTracker", ("tensorboard",)),
    "wandb": _Kind("wandb", "WandbTracker", ("wandb",)),
}


def tracker_names() -> list[str]:
    """Return the names of all trackers.

    Example:
        >>> tracker_names()
        ['csv', 'jsonl', 'mlflow', 'tensorboard', 'wandb']
    """
    return sorted(_KINDS)


def make_tracker(spec: str) -> Tracker:
    """Return the tracker that ``NAME`` or ``NAME:WHERE`` stands for, checked.

    Raises:
        ConfigError: there is none of that name, its packages are not installed, or it can't work
            as it is set up here.

    Example:
        >>> make_tracker("jsonl:events.jsonl").where
        'events.jsonl'
    """
    name, _, where = spec.partition(":")
    kind = _KINDS.get(name)
    if kind is None:
        known: Iterable[str] = tracker_names()
        raise ConfigError(
            "tracking.unknown", name=name, known=", ".join(known), hint=did_you_mean(name, known)
        )
    if not all(map(find_spec, kind.packages)):
        raise ConfigError("tracking.missing", name=name, command=install_command(name))
    cls: type[Tracker] = getattr(import_module(f"cotejo.trackers.{kind.module}"), kind.cls)
    tracker = cls(where or None)
    tracker.check()
    return tracker
