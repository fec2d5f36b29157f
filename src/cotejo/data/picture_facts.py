"""What is known of pictures that were read from files: how, and which could not be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["PictureFacts"]


@dataclass(frozen=True)
class PictureFacts:
    """How somebody's own pictures were read.

    Attributes:
        fit: what was done with pictures of other proportions: ``pad``, ``crop`` or ``stretch``.
        chosen: whether the size was chosen from the pictures, not asked for.
        smaller, larger: how many became smaller, and how many larger.
        least, middle, most: the smallest, the median and the largest longer side, in pixels.
        left_out: ``(path, reason, what a library said)`` of each file that could not be used.
        groups: how many groups of pictures had to stay together by their name; 0 for none.
    """

    fit: str
    chosen: bool
    smaller: int
    larger: int
    least: int
    middle: int
    most: int
    left_out: tuple[tuple[str, str, str], ...] = ()
    groups: int = 0

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> PictureFacts:
        """Return the facts of a table that `dataclasses.asdict` made, from JSON perhaps."""
        left_out = tuple((str(a), str(b), str(c)) for a, b, c in table["left_out"])
        return cls(**{**table, "left_out": left_out})
