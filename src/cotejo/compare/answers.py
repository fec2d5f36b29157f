"""What is known of one alternative's answers: which image which seed got right.

The answers are taken apart as ``accuracy + seed + image + residual``, with the seeds and the
images both drawn by chance and crossed; the residual is a seed's luck with single images. The
mean squares of that analysis of variance give the variance of each part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Answers", "take_apart"]


@dataclass(frozen=True)
class Answers:
    """One alternative's answers, as far as intervals and tests need them.

    Attributes:
        image_means: ``[images]``, the fraction of the seeds that got each image right.
        seed_means: ``[seeds]``, the accuracy of each seed.
        residual: the variance of one answer that neither the seed nor the image accounts for;
            0 for one seed, where it can't be told from the images'.
    """

    image_means: NDArray[np.float64]
    seed_means: NDArray[np.float64]
    residual: float

    @property
    def accuracy(self) -> float:
        """The mean over seeds and images."""
        return float(self.seed_means.mean())

    @property
    def images(self) -> int:
        """How many images there are."""
        return len(self.image_means)

    @property
    def seeds(self) -> int:
        """How many seeds there are."""
        return len(self.seed_means)

    @property
    def spread(self) -> float:
        """The variance of the seeds' accuracies on these images; of one seed, not known: 0.

        It has two sources: the seeds, and their luck with single images.
        """
        return float(self.seed_means.var(ddof=1)) if self.seeds > 1 else 0.0

    @property
    def luck(self) -> float:
        """What luck with single images adds to `spread`."""
        return self.residual / self.images


def take_apart(correct: ArrayLike, name: str = "correct") -> Answers:
    """Return what is known of an alternative's answers.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        name: what an error calls ``correct``.

    Raises:
        ValueError: ``correct`` has another shape, nothing in it, or more than rights and wrongs.

    Example:
        >>> answers = take_apart([[True, True, False, False], [True, False, False, False]])
        >>> answers.accuracy, answers.seed_means.tolist(), answers.image_means.tolist()
        (0.375, [0.5, 0.25], [1.0, 0.5, 0.0, 0.0])
    """
    table = np.asarray(correct)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(
            f"`{name}` must be [seeds, images], with one of each or more; "
            f"received {list(table.shape)}"
        )
    if table.dtype != np.bool_ and not np.isin(table, (0, 1)).all():
        raise ValueError(f"`{name}` must be true or false; received {table.dtype} values")
    image_means = np.count_nonzero(table, axis=0) / table.shape[0]
    seed_means = np.count_nonzero(table, axis=1) / table.shape[1]
    return Answers(image_means, seed_means, _residual(image_means, seed_means))


def _residual(image_means: NDArray[np.float64], seed_means: NDArray[np.float64]) -> float:
    images, seeds = len(image_means), len(seed_means)
    if images == 1 or seeds == 1:
        return 0.0
    accuracy = seed_means.mean()
    # Squares of rights and wrongs are themselves, so their sum needs no table of floats.
    total = seeds * images * accuracy * (1 - accuracy)
    between_seeds = images * ((seed_means - accuracy) ** 2).sum()
    between_images = seeds * ((image_means - accuracy) ** 2).sum()
    left = total - between_seeds - between_images
    return max(float(left), 0.0) / ((seeds - 1) * (images - 1))
