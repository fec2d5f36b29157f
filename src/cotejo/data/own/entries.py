"""The pictures that were found, with what is known of each, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REASONS", "Entry", "LeftOut"]

REASONS = (
    "unreadable",
    "damaged",
    "too_large",
    "empty",
    "no_picture",
    "hidden",
    "missing",
    "outside",
    "no_file",
    "loop",
    "twice",
    "no_label",
    "no_class_folder",
    "two_classes",
    "empty_class",
    "class_of_few",
    "wrong_label",
)
"""Why a file was left out, in the order in which it is said; the words are in ``data.toml``."""


@dataclass(frozen=True)
class Entry:
    """A picture with its label.

    Attributes:
        name: its path within what holds it, parted by ``/``.
        label: its class's name.
        split: ``train``, ``valid`` or ``test`` where the layout says it; else None.
        group: what it must stay together with, such as a patient; None if nothing.
    """

    name: str
    label: str
    split: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class LeftOut:
    """A file, or a class, that is no part of the data set.

    Attributes:
        name: its path within what holds it, or the class's name.
        reason: one of `REASONS`.
        said: what a library said of it; empty where the reason says all.
    """

    name: str
    reason: str
    said: str = ""
