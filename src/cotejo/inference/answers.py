"""What a model answers for a picture: classes with probabilities, or why it could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cotejo.errors import DataError

__all__ = ["Prediction", "Unreadable"]


@dataclass(frozen=True)
class Prediction:
    """What a model says of one image.

    Attributes:
        classes: the positions of its classes, the likeliest first.
        probabilities: theirs, in the same order, in ``[0, 1]``; together 1.
        candidates: those of the classes that can't be ruled out, the likeliest first; None where
            the model has no limits, as after a final training.
        unlike: whether it is unlike anything that the model has learned; None likewise, and where
            there were fewer than 199 validation images, too few to say so.
        unlikeness: the share of validation images that look less unlike, in ``[0, 1]``; None where
            the model has no limits.
    """

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]
    candidates: tuple[int, ...] | None = None
    unlike: bool | None = None
    unlikeness: float | None = None


@dataclass(frozen=True)
class Unreadable:
    """A picture that could not be read, in the place of what a model would say of it.

    Attributes:
        path: the picture's, as it was given.
        error: why, in one line.
    """

    path: Path | str
    error: DataError
