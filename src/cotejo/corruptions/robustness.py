"""How robust a network is: which images it still gets right after each corruption."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions.corrupting import corrupt
from cotejo.corruptions.strengths import CORRUPTIONS, SEVERITIES, published_side

__all__ = ["Corrupted", "Robustness", "batches_of", "corrupted_batches", "measure_robustness"]

Corrupted = Callable[[str, int], Iterator[NDArray[np.uint8]]]
"""Gives the images, batch after batch in their order, of a corruption at a severity."""

_BATCH_VALUES = 500 * 32 * 32 * 3
"""The most values of images that are changed at a time: some 60 MB while it is done."""


@dataclass(frozen=True)
class Robustness:
    """What a network answers to corrupted images.

    Attributes:
        clean: ``[n]``, whether it gets each image right as it is.
        correct: ``[15, 5, n]``, whether it does after each corruption at each severity, in the
            order of `CORRUPTIONS` and `SEVERITIES`.
        published_side: of which published set the figures of the corruptions are, by its side.
        seed: what was drawn with.
    """

    clean: NDArray[np.bool_]
    correct: NDArray[np.bool_]
    published_side: int
    seed: int = 0

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """``[15, 5]``: the accuracy after each corruption at each severity."""
        means: NDArray[np.float64] = self.correct.mean(axis=2)
        return means

    @property
    def mean(self) -> float:
        """The mean corruption accuracy: over all corruptions and severities."""
        return float(self.correct.mean())

    @property
    def counts(self) -> NDArray[np.int64]:
        """``[n]``: after how many of the 75 corruptions each image is got right."""
        totals: NDArray[np.int64] = self.correct.sum(axis=(0, 1))
        return totals

    def to_json(self) -> dict[str, Any]:
        """Return what ``robustness.json`` and ``evaluation.json`` hold of it.

        Example:
            >>> right = np.ones((15, 5, 2), bool)
            >>> Robustness(right[0, 0], right, 32).to_json()["mean_corruption_accuracy"]
            1.0
        """
        rows = zip(CORRUPTIONS, self.accuracy.tolist(), strict=True)
        return {
            "images": len(self.clean),
            "published_side": self.published_side,
            "seed": self.seed,
            "accuracy": float(self.clean.mean()),
            "mean_corruption_accuracy": self.mean,
            "corruptions": dict(rows),
            "right_of_75": self.counts.tolist(),
        }


def measure_robustness(
    images: NDArray[np.uint8],
    labels: NDArray[Any],
    answer: Callable[[NDArray[np.uint8]], NDArray[Any]],
    *,
    seed: int = 0,
    corrupted: Corrupted | None = None,
    on_corruption: Callable[[int], None] = lambda done: None,
) -> Robustness:
    """Have a network answer to images corrupted in 15 ways at five severities.

    Args:
        images: ``[n, height, width, channels]``, uint8; at least one.
        labels: ``[n]``, the right answers.
        answer: returns the label that the network gives each image of a batch.
        seed: what the corruptions are drawn with.
        corrupted: gives the corrupted images where they have been made already.
        on_corruption: called with how many of the 75 are done.

    Example:
        >>> images = np.zeros((2, 8, 8, 1), np.uint8)
        >>> dark = lambda batch: (batch.mean(axis=(1, 2, 3)) > 64).astype(int)
        >>> result = measure_robustness(images, np.zeros(2, int), dark)
        >>> float(result.clean.mean()), result.correct.shape
        (1.0, (15, 5, 2))
    """
    give = corrupted or corrupted_batches(images, seed)
    clean = np.concatenate([answer(images[part]) for part in batches_of(images.shape)]) == labels
    correct = np.zeros((len(CORRUPTIONS), len(SEVERITIES), len(images)), bool)
    for place, name in enumerate(CORRUPTIONS):
        for severity in SEVERITIES:
            answers = np.concatenate([answer(batch) for batch in give(name, severity)])
            correct[place, severity - 1] = answers == labels
            on_corruption(place * len(SEVERITIES) + severity)
    return Robustness(clean, correct, published_side(*images.shape[1:3]), seed)


def corrupted_batches(images: NDArray[np.uint8], seed: int = 0) -> Corrupted:
    """Return what corrupts images as they are asked for, so that few are in memory at a time."""

    def give(name: str, severity: int) -> Iterator[NDArray[np.uint8]]:
        for part in batches_of(images.shape):
            yield corrupt(images[part], name, severity, first=part.start, seed=seed)

    return give


def batches_of(shape: Sequence[int]) -> list[slice]:
    """Return the parts of images of this shape that are changed and answered at a time, in order.

    Example:
        >>> batches_of((1200, 32, 32, 3))
        [slice(0, 500, None), slice(500, 1000, None), slice(1000, 1200, None)]
    """
    count, size = shape[0], max(_BATCH_VALUES // prod(shape[1:]), 1)
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
