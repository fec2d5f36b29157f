"""Means and differences of a repeated cross-validation, whose networks share training images.

A repetition answers each image once, with K networks that learn from mostly the same images. The
variance of a mean, or of a difference, has these parts:

- **the images**: the images as test images, of which more repetitions answer the same ones.
- **the networks**: what they vary between parts and repetitions beyond the luck of the images that
  each one is tested on. It includes luck with single images as far as repetitions show it, and
  becomes smaller with more of them.
- **what the networks share**: they move together, since they learn from the same images. One
  cross-validation can't tell by how much (Bengio and Grandvalet 2004). So a share of the images'
  part stands for it: the number of test images per training image, as in the correction of Nadeau
  and Bengio (2003). Their own correction applies the share to the whole variance between parts,
  which is mostly luck with images that no two parts share, and makes intervals about twice as
  wide as they need to be.

The images' part and what is shared have the normal quantile, the networks' part that of t with
parts·repetitions - 1 degrees of freedom (`cotejo.stats.seeds_and_images`). The method was chosen
by its coverage, in docs/coverage.md.

References:
    Nadeau, C., and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
    52.
    Bengio, Y., and Grandvalet, Y. (2004). No unbiased estimator of the variance of K-fold
    cross-validation. Journal of Machine Learning Research 5.
    Bouckaert, R. R., and Frank, E. (2004). Evaluating the replicability of significance tests for
    comparing learning algorithms. PAKDD 2004.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import Interval
from cotejo.stats.accuracy import VarianceParts, accuracy_interval
from cotejo.stats.difference import Difference, difference_from
from cotejo.stats.fixed_value import accuracy_minus_value
from cotejo.stats.fold_values import FEWEST_PARTS, FoldValues
from cotejo.stats.two_alternatives import image_part, without_luck

__all__ = ["fold_above", "fold_difference", "fold_mean"]


def fold_mean(folds: FoldValues, confidence: float = 0.95, share: float | None = None) -> Interval:
    """Return the mean accuracy of a cross-validation, with its interval.

    It is for the accuracy that training on so many images would reach on average, over all images
    of the same kind and all seeds. The bounds are solved for as in `mean_accuracy`, so they stay
    within ``[0, 1]``.

    Args:
        folds: the accuracy, or balanced accuracy, of each part.
        confidence: in ``(0, 1)``.
        share: the number of test images per training image, above 0; by default 1 / (parts - 2),
            of one part to test on, one to validate on, and the others to learn from.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> from cotejo.stats import fold_values
        >>> folds = fold_values([[True] * 50 + [False] * 10], [[0, 1, 2, 3, 4] * 12])
        >>> interval = fold_mean(folds)
        >>> round(interval.estimate, 2), round(interval.low, 2), round(interval.high, 2)
        (0.83, 0.7, 0.92)
    """
    return accuracy_interval(folds.estimate, _parts_of_mean(folds, share), confidence)


def fold_difference(
    first: FoldValues, second: FoldValues, share: float | None = None
) -> Difference:
    """Return the first's mean accuracy minus the second's, paired by image and by part.

    The images' part is Bonett and Price's, as in `accuracy_difference`: it counts two images more,
    one that only the first gets right and one that only the second does. So no interval has no
    width, even where the two differ by the same in every part.

    Args:
        first: the accuracy, or balanced accuracy, of each part.
        second: the same figure of the second alternative, of the same parts and images.
        share: the number of test images per training image, as in `fold_mean`.

    Returns:
        Its ``seed_variance`` is the part of the networks, which more repetitions make smaller; its
        ``image_variance`` is the rest.

    Raises:
        ValueError: the shapes or the classes differ, or ``share`` is out of its range.

    Example:
        >>> from cotejo.stats import fold_values
        >>> parts = [[0, 1, 2, 3, 4] * 12]
        >>> first = fold_values([[True] * 50 + [False] * 10], parts)
        >>> second = fold_values([[True] * 37 + [False] * 23], parts)
        >>> difference = fold_difference(first, second)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (0.22, 0.09, 0.34)
    """
    if first.values.shape != second.values.shape or not np.array_equal(
        first.classes, second.classes
    ):
        raise ValueError(
            "`first` and `second` must have the same repetitions, parts, images and classes; "
            f"received values {list(first.values.shape)} of {first.images} images and "
            f"{list(second.values.shape)} of {second.images}"
        )
    share, repetitions = _checked_share(share, first), len(first.values)
    seeds = repetitions, repetitions
    gaps = first.answers.astype(np.float64) - second.answers
    image, luck = 0.0, 0.0
    for own in first.classes:
        own_luck = _luck(gaps[:, own])
        # The networks' part is never below this luck.
        image += without_luck(
            image_part(gaps[:, own].mean(axis=0)), own_luck, own_luck, int(own.sum())
        )
        luck += own_luck
    image, luck = image / len(first.classes) ** 2, luck / len(first.classes) ** 2
    return difference_from(
        first.estimate - second.estimate,
        seeds,
        _network_part(first.values - second.values, image, luck),
        (1 + share) * image,
        "folds",
        degrees=first.values.size - 1.0,
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
        >>> from cotejo.stats import fold_values
        >>> folds = fold_values([[True] * 50 + [False] * 10], [[0, 1, 2, 3, 4] * 12])
        >>> difference = fold_above(folds, 0.5)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (0.33, 0.2, 0.42)
    """
    if not 0 <= value <= 1:
        raise ValueError(f"`value` must be in [0, 1]; received {value}")
    parts = _parts_of_mean(folds, share)
    return accuracy_minus_value(
        folds.estimate, parts, value, len(folds.values), "folds", folds.images
    )


def _parts_of_mean(folds: FoldValues, share: float | None) -> VarianceParts:
    """Return the parts of the variance of a mean accuracy p, in units of ``p·(1 - p)``.

    What networks share is a share of the variance of single answers. Its part that is luck does
    not cancel out, as it does in a difference of two alternatives that learn from the same images.
    """
    share, estimate = _checked_share(share, folds), folds.estimate
    unit, repetitions, degrees = estimate * (1 - estimate), len(folds.values), folds.values.size - 1
    # No sample says more than the same number of independent answers would.
    least = 1 / (repetitions * folds.images)
    if unit == 0:
        return VarianceParts(0.0, degrees, (1 + share) / folds.images, 0.0)
    image, luck = 0.0, 0.0
    for own in folds.classes:
        answers = folds.answers[:, own]
        luck += _luck(answers) / len(folds.classes) ** 2
        image += answers.mean(axis=0).var() / max(own.sum() - 1, 1) / len(folds.classes) ** 2
    image = max(image - luck, least * unit)
    networks = _network_part(folds.values, image, luck)
    shared = share * (image + repetitions * luck)
    return VarianceParts(networks / unit, degrees, (image + shared) / unit, 0.0)


def _luck(answers: NDArray[np.bool_] | NDArray[np.float64]) -> float:
    """Return what luck with single images adds to the variance of the mean of one class's answers.

    It shows in how the repetitions, ``[seeds, images]``, differ about an image. A single one does
    not show it, and it then counts with the images.
    """
    repetitions, images = len(answers), int(answers.shape[1])
    if repetitions == 1:
        return 0.0
    variance = float(answers.var(axis=0, ddof=1).mean())
    return variance / (repetitions * images)


def _network_part(values: NDArray[np.float64], image: float, luck: float) -> float:
    """Return what the networks add to the variance of the mean of ``[seeds, parts]`` values."""
    return max(float(values.var(ddof=1) / values.size) - image / len(values), luck)


def _checked_share(share: float | None, folds: FoldValues) -> float:
    if share is None:
        return 1 / (int(folds.values.shape[1]) - FEWEST_PARTS + 1)
    if not share > 0:
        raise ValueError(f"`share` must be above 0; received {share}")
    return share
