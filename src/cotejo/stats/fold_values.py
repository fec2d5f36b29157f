"""The accuracy of each part of a repeated cross-validation, from the answers of its networks.

A repetition deals all images into K parts and trains K networks. Network i is tested on part i and
learns from the others, except for the one that it is validated on. So a repetition answers each
image once, and a row of answers has K networks behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.stats.answers import checked_answers

__all__ = ["FEWEST_PARTS", "FoldValues", "fold_values"]

FEWEST_PARTS = 3
"""One part to test on, one to validate on, and one to learn from."""


@dataclass(frozen=True)
class FoldValues:
    """The accuracy, or balanced accuracy, of one alternative, and the answers behind it.

    Attributes:
        values: ``[seeds, parts]``, the figure of each part, which one network answered.
        answers: ``[seeds, images]``, whether each image was answered right in each repetition.
        classes: ``[classes, images]``, whether each image is of each class; for a plain accuracy
            one class, of all images.
    """

    values: NDArray[np.float64]
    answers: NDArray[np.bool_]
    classes: NDArray[np.bool_]

    @property
    def estimate(self) -> float:
        """The figure of all answers of a repetition together, on average over the repetitions.

        It is the mean of the parts, apart from their sizes and the classes that they lack.
        """
        return float(np.mean([self.answers[:, own].mean() for own in self.classes]))

    @property
    def images(self) -> int:
        """The number of images, each of which every repetition answers once."""
        return int(self.answers.shape[1])


def fold_values(
    correct: ArrayLike, parts: ArrayLike, labels: ArrayLike | None = None
) -> FoldValues:
    """Return the accuracy of each part; with ``labels``, its balanced accuracy.

    The balanced accuracy of a part is the mean over the classes that are in it. A class that a
    part lacks, which happens where a class has fewer images than there are parts, is left out of
    that part alone.

    Args:
        correct: ``[seeds, images]``, whether each image was answered right in each repetition.
        parts: ``[seeds, images]``, the part that each image is in, 0 to K - 1; each repetition
            has K parts, 3 or more, and none is empty.
        labels: ``[images]``, the class of each image.

    Raises:
        ValueError: an argument has another shape, or is out of its range.

    Example:
        >>> folds = fold_values([[True, True, False, True, True, False]], [[0, 0, 1, 1, 2, 2]])
        >>> folds.values.tolist(), round(folds.estimate, 3), folds.images
        ([[1.0, 0.5, 0.5]], 0.667, 6)
    """
    answers = checked_answers(correct).astype(np.bool_)
    cells, shape = _cells(np.asarray(parts), answers.shape)
    classes = _classes(labels, answers.shape[1])
    size = shape[0] * shape[1]
    rights = [np.bincount(cells[:, own].ravel(), answers[:, own].ravel(), size) for own in classes]
    counts = [np.bincount(cells[:, own].ravel(), minlength=size) for own in classes]
    recalls = [right / np.maximum(count, 1) for right, count in zip(rights, counts, strict=True)]
    values = np.sum(recalls, axis=0) / np.count_nonzero(counts, axis=0)
    return FoldValues(values.reshape(shape), answers, classes)


def _classes(labels: ArrayLike | None, images: int) -> NDArray[np.bool_]:
    """Return ``[classes, images]``; without labels one class."""
    if labels is None:
        return np.ones((1, images), np.bool_)
    array = np.asarray(labels)
    if array.shape != (images,):
        raise ValueError(
            f"`labels` must be [images], {images} of them; received {list(array.shape)}"
        )
    return np.asarray(np.unique(array)[:, None] == array)


def _cells(
    parts: NDArray[np.int64], expected: tuple[int, ...]
) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Return ``[seeds, images]``, a number for each part of each repetition, and their shape."""
    if parts.shape != expected or parts.dtype.kind not in "iu":
        raise ValueError(
            f"`parts` must be whole numbers of the shape of `correct`, {list(expected)}; "
            f"received {parts.dtype} values of the shape {list(parts.shape)}"
        )
    seeds, count = len(parts), max(int(parts.max()) + 1, FEWEST_PARTS)
    if any(np.unique(row).tolist() != list(range(count)) for row in parts):
        raise ValueError(
            f"`parts` must have each part from 0 on in each repetition, {FEWEST_PARTS} or more; "
            f"received {[np.unique(row).tolist() for row in parts]}"
        )
    return parts + count * np.arange(seeds)[:, None], (seeds, count)
