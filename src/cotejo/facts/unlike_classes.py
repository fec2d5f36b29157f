"""Whether the classes of a data set are unlike in size, so that accuracy alone would mislead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["UNLIKE", "UnlikeClasses", "unlike_classes"]

UNLIKE = 3
"""From how many times as many images of the largest class as of the smallest classes are unlike.

Always naming the largest of two such classes is right for three images in four.
"""


@dataclass(frozen=True)
class UnlikeClasses:
    """The largest and the smallest class of a split, where they are unlike in size.

    Attributes:
        split: the split in which they are.
        largest, smallest: their labels.
        most, fewest: how many images they have.
    """

    split: Literal["train", "test"]
    largest: int
    smallest: int
    most: int
    fewest: int

    @property
    def ratio(self) -> float:
        """How many times as many images the largest class has."""
        return self.most / self.fewest


def unlike_classes(counts: Mapping[str, Sequence[int]]) -> UnlikeClasses | None:
    """Return the split in which the classes are most unlike; None where they are alike.

    Classes are unlike where the largest has at least `UNLIKE` times as many test or training
    images as the smallest. A class without images in a split has no say in it.

    Args:
        counts: how many images each class has, by split, as ``data.json`` has them.

    Example:
        >>> unlike_classes({"train": [900, 100], "test": [90, 10]})
        UnlikeClasses(split='test', largest=0, smallest=1, most=90, fewest=10)
        >>> unlike_classes({"train": [600, 400], "test": [60, 40]}) is None
        True
    """
    splits: tuple[Literal["test", "train"], ...] = ("test", "train")
    known = [
        extremes
        for split in splits
        if (extremes := _extremes(split, counts[split])) is not None and extremes.ratio >= UNLIKE
    ]
    # Of two equal ratios the first is taken: on the test images one sees what it does.
    return max(known, key=lambda extremes: extremes.ratio, default=None)


def _extremes(split: Literal["train", "test"], counts: Sequence[int]) -> UnlikeClasses | None:
    present = [label for label, count in enumerate(counts) if count]
    if not present:
        return None
    largest = max(present, key=lambda label: counts[label])
    smallest = min(present, key=lambda label: counts[label])
    return UnlikeClasses(split, largest, smallest, counts[largest], counts[smallest])
