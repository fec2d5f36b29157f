"""Means and differences of a repeated cross-validation, whose networks share training images.

Two networks of a repetition learn from mostly the same images, so their accuracies move together,
and a t interval over them is too narrow. The corrected resampled t test adds what they share to
the variance of a mean: ``(1 / (parts·repetitions) + share)·s²``, with parts·repetitions - 1
degrees of freedom; ``share`` is the number of test images per training image. More repetitions
make the first part smaller. The second one stays, since the images stay the same.

References:
    Nadeau, C., and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
    52.
    Bouckaert, R. R., and Frank, E. (2004). Evaluating the replicability of significance tests for
    comparing learning algorithms. PAKDD 2004.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cotejo.compare.accuracy import VarianceParts, accuracy_interval
from cotejo.compare.difference import Difference, difference_from
from cotejo.compare.fixed_value import accuracy_minus_value
from cotejo.compare.fold_values import FEWEST_PARTS, FoldValues
from cotejo.evaluate.intervals import Interval

__all__ = ["fold_above", "fold_difference", "fold_mean"]


def fold_mean(folds: FoldValues, confidence: float = 0.95, share: float | None = None) -> Interval:
    """Return the mean accuracy of a cross-validation, with its interval.

    It is for the accuracy that training on so many images would reach on average, over all images
    of the same kind and all seeds. The bounds are solved for as in `mean_accuracy`, so they stay
    within ``[0, 1]``. The interval is never based on a smaller variance than that of as many
    independent answers as there are images: parts that agree by chance prove nothing.

    Args:
        folds: the accuracy, or balanced accuracy, of each part.
        confidence: in ``(0, 1)``.
        share: the number of test images per training image, above 0; by default 1 / (parts - 2),
            of one part to test on, one to validate on, and the others to learn from.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> from cotejo.compare import fold_values
        >>> folds = fold_values([[True] * 50 + [False] * 10], [[0, 1, 2, 3, 4] * 12])
        >>> interval = fold_mean(folds)
        >>> round(interval.estimate, 2), round(interval.low, 2), round(interval.high, 2)
        (0.83, 0.66, 0.93)
    """
    spread = _spread(folds.values, share)
    return accuracy_interval(folds.estimate, _parts_of_mean(folds, spread), confidence)


def fold_difference(
    first: FoldValues, second: FoldValues, share: float | None = None
) -> Difference:
    """Return the first's mean accuracy minus the second's, paired by part and repetition.

    Where the parts hardly vary, the variance is that of as many images and two more, one that only
    the first gets right and one that only the second does (Bonett and Price's rule). So two
    alternatives that differ by the same in every part don't get an interval of no width.

    Args:
        first: the accuracy, or balanced accuracy, of each part.
        second: the same figure of the second alternative, of the same parts and images.
        share: the number of test images per training image, as in `fold_mean`.

    Returns:
        Its ``seed_variance`` is the part that more repetitions make smaller, its
        ``image_variance`` the part that stays; both have the same degrees of freedom.

    Raises:
        ValueError: the shapes differ, or ``share`` is out of its range.

    Example:
        >>> from cotejo.compare import fold_values
        >>> parts = [[0, 1, 2, 3, 4] * 12]
        >>> first = fold_values([[True] * 50 + [False] * 10], parts)
        >>> second = fold_values([[True] * 37 + [False] * 23], parts)
        >>> difference = fold_difference(first, second)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (0.22, 0.12, 0.31)
    """
    if (first.values.shape, first.images) != (second.values.shape, second.images):
        raise ValueError(
            "`first` and `second` must have the same repetitions, parts and images; received "
            f"{list(first.values.shape)} of {first.images} images and "
            f"{list(second.values.shape)} of {second.images}"
        )
    spread = _spread(first.values - second.values, share)
    repetitions = len(first.values)
    return difference_from(
        first.estimate - second.estimate,
        (repetitions, repetitions),
        spread.shrinking,
        max(spread.staying, 2 / (first.images + 2) ** 2),
        "folds",
        degrees=spread.degrees,
        images=first.images,
    )


def fold_above(folds: FoldValues, value: float, share: float | None = None) -> Difference:
    """Return an alternative's mean accuracy minus a fixed value.

    The interval is that of `fold_mean` minus the value. The p-value comes from inverting it.

    Args:
        folds: the accuracy, or balanced accuracy, of each part.
        value: in ``[0, 1]``.
        share: the number of test images per training image, as in `fold_mean`.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> from cotejo.compare import fold_values
        >>> folds = fold_values([[True] * 50 + [False] * 10], [[0, 1, 2, 3, 4] * 12])
        >>> difference = fold_above(folds, 0.5)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (0.33, 0.16, 0.43)
    """
    if not 0 <= value <= 1:
        raise ValueError(f"`value` must be in [0, 1]; received {value}")
    spread = _spread(folds.values, share)
    parts, repetitions = _parts_of_mean(folds, spread), len(folds.values)
    difference = accuracy_minus_value(
        folds.estimate, parts, value, repetitions, "folds", folds.images
    )
    return replace(
        difference,
        seed_variance=difference.seed_variance * spread.shrinking_share,
        image_variance=difference.seed_variance * (1 - spread.shrinking_share),
    )


@dataclass(frozen=True)
class _Spread:
    """The variance of a mean over parts, in two parts with the same degrees of freedom.

    Attributes:
        shrinking: what more repetitions make smaller.
        staying: what stays, since the networks share training images.
        shrinking_share: the first one's share of both.
        degrees: of freedom.
    """

    shrinking: float
    staying: float
    shrinking_share: float
    degrees: float


def _spread(values: NDArray[np.float64], share: float | None) -> _Spread:
    """Return the variance of the mean of ``[seeds, parts]`` values."""
    if share is None:
        share = 1 / (values.shape[1] - FEWEST_PARTS + 1)
    elif not share > 0:
        raise ValueError(f"`share` must be above 0; received {share}")
    variance, count = float(values.var(ddof=1)), values.size
    return _Spread(variance / count, share * variance, 1 / (1 + share * count), count - 1.0)


def _parts_of_mean(folds: FoldValues, spread: _Spread) -> VarianceParts:
    """Return the variance of a mean accuracy p, in units of ``p·(1 - p)``."""
    unit = folds.estimate * (1 - folds.estimate)
    variance = (spread.shrinking + spread.staying) / unit if unit else 0.0
    return VarianceParts(max(variance, 1 / folds.images), spread.degrees, 0.0, 0.0)
