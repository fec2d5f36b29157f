"""One alternative's answers in numbers: which image each seed got right, and what varies.

Each answer is modelled as ``accuracy + seed + image + residual``. Seeds and images are both drawn
at random, and every seed answers every image (a crossed design); the residual is a seed's luck
with a single image. A two-way analysis of variance estimates the variance of each part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.stats.shrinkage import Spread

__all__ = ["Answers", "checked_answers", "summarize_answers"]


@dataclass(frozen=True)
class Answers:
    """A summary of one alternative's answers: all that intervals and tests need.

    Attributes:
        image_means: ``[images]``, the fraction of the seeds that got each image right.
        seed_means: ``[seeds]``, the accuracy of each seed.
        residual: the variance of one answer that neither the seed nor the image explains; 0 for
            one seed, where it can't be told apart from the variance of the images.
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
        """The number of images."""
        return len(self.image_means)

    @property
    def seeds(self) -> int:
        """The number of seeds."""
        return len(self.seed_means)

    @property
    def spread(self) -> float:
        """The variance of the seeds' accuracies on these images; 0 for one seed.

        It has two sources: the seeds themselves, and their luck with single images.
        """
        return float(self.seed_means.var(ddof=1)) if self.seeds > 1 else 0.0

    @property
    def own_spread(self) -> Spread:
        """The same with its degrees of freedom."""
        return Spread(self.spread, self.seeds - 1.0)

    @property
    def luck(self) -> float:
        """How much luck with single images adds to `spread`."""
        return self.residual / self.images


def summarize_answers(correct: ArrayLike, name: str = "correct") -> Answers:
    """Return the summary of an alternative's answers.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        name: the name of ``correct`` in error messages.

    Raises:
        ValueError: ``correct`` has another shape, is empty, or has values other than true and
            false.

    Example:
        >>> answers = summarize_answers([[True, True, False, False], [True, False, False, False]])
        >>> answers.accuracy, answers.seed_means.tolist(), answers.image_means.tolist()
        (0.375, [0.5, 0.25], [1.0, 0.5, 0.0, 0.0])
    """
    table = checked_answers(correct, name)
    image_means = np.count_nonzero(table, axis=0) / table.shape[0]
    seed_means = np.count_nonzero(table, axis=1) / table.shape[1]
    return Answers(image_means, seed_means, _residual_variance(image_means, seed_means))


def checked_answers(correct: ArrayLike, name: str = "correct") -> NDArray[Any]:
    """Return an alternative's answers, ``[seeds, images]``, as an array.

    Raises:
        ValueError: as of `summarize_answers`.
    """
    table = np.asarray(correct)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(
            f"`{name}` must be [seeds, images], with one of each or more; "
            f"received {list(table.shape)}"
        )
    if table.dtype != np.bool_ and not np.isin(table, (0, 1)).all():
        raise ValueError(f"`{name}` must be true or false; received {table.dtype} values")
    return table


def _residual_variance(image_means: NDArray[np.float64], seed_means: NDArray[np.float64]) -> float:
    images, seeds = len(image_means), len(seed_means)
    if images == 1 or seeds == 1:
        return 0.0
    accuracy = seed_means.mean()
    # 0 and 1 are their own squares, so the sum of squares needs no table of floats.
    total = seeds * images * accuracy * (1 - accuracy)
    between_seeds = images * ((seed_means - accuracy) ** 2).sum()
    between_images = seeds * ((image_means - accuracy) ** 2).sum()
    residual = total - between_seeds - between_images
    return max(float(residual), 0.0) / ((seeds - 1) * (images - 1))
