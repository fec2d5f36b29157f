"""The difference of two alternatives: of their accuracies, or of another figure of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.stats.answers import Answers, summarize_answers
from cotejo.stats.difference import Difference, difference_from
from cotejo.stats.seeds_and_images import welch_degrees
from cotejo.stats.shrinkage import Spread

__all__ = [
    "accuracy_difference",
    "balanced_difference",
    "checked_values",
    "difference_of_answers",
    "image_part",
    "own_spread",
    "scalar_difference",
    "without_luck",
]

_SQUARES_ADDED = 2.0
"""The sum of the squared differences of the two images that Bonett and Price's method adds."""


def accuracy_difference(
    first: ArrayLike, second: ArrayLike, spreads: tuple[Spread, Spread] | None = None
) -> Difference:
    """Return the first's mean accuracy minus the second's, paired on the same images.

    With one seed per side: the exact McNemar test and Bonett and Price's interval, over the
    images alone. With more seeds, interval and p-value account for both sources of chance: the
    images are the same for both alternatives, the seeds are independent, and each alternative has
    its own variance between seeds. If only one side has several seeds, the other side is assumed
    to have the same variance.

    Args:
        first: ``[seeds, images]``, whether each seed's model got each image right.
        second: ``[seeds, images]``, of the same images; the number of seeds may differ.
        spreads: the variances between seeds of both, by `moderated_spreads`; their own, if left
            out.

    Raises:
        ValueError: an argument has another shape, or the numbers of images differ.

    Example:
        >>> first = [[True] * 70 + [False] * 30]
        >>> second = [[True] * 50 + [False] * 50]
        >>> difference = accuracy_difference(first, second)
        >>> round(difference.low, 2), round(difference.high, 2), difference.method
        (0.11, 0.28, 'mcnemar')
    """
    return difference_of_answers(
        summarize_answers(first, "first"), summarize_answers(second, "second"), spreads
    )


def difference_of_answers(
    first: Answers, second: Answers, spreads: tuple[Spread, Spread] | None = None
) -> Difference:
    """Return the same as `accuracy_difference`, from answers already summarized.

    Raises:
        ValueError: the numbers of images differ.
    """
    if first.images != second.images:
        raise ValueError(
            "`first` and `second` must be of the same images; "
            f"received {first.images} and {second.images}"
        )
    by_image = first.image_means - second.image_means
    seeds = first.seeds, second.seeds
    image_variance = image_part(by_image)
    if seeds == (1, 1):
        return difference_from(
            float(by_image.mean()),
            seeds,
            0.0,
            image_variance,
            "mcnemar",
            images=first.images,
            p_value=_mcnemar(int((by_image > 0).sum()), int((by_image < 0).sum())),
        )
    seed_variance, degrees = _parts_of((first.own_spread, second.own_spread), spreads, seeds)
    # Luck with single images also moves the seeds' accuracies: it is in the seeds' part already.
    luck, _ = _own_part((first.luck, second.luck), seeds)
    return difference_from(
        first.accuracy - second.accuracy,
        seeds,
        seed_variance,
        without_luck(image_variance, luck, seed_variance, first.images),
        "seeds-and-images",
        degrees=degrees,
        images=first.images,
    )


def balanced_difference(first: ArrayLike, second: ArrayLike, labels: ArrayLike) -> Difference:
    """Return the first's mean balanced accuracy minus the second's, paired on the same images.

    Each seed has one balanced accuracy, and so Welch's method covers the luck of the seeds, as in
    `scalar_difference`. The images add the variance of the mean over the classes, whose images
    differ; that of each class is Bonett and Price's. With one seed per side the interval covers
    the images alone.

    Args:
        first: ``[seeds, images]``, whether each seed's model got each image right.
        second: ``[seeds, images]``, of the same images; the number of seeds may differ.
        labels: ``[images]``, the class of each image.

    Raises:
        ValueError: an argument has another shape, or the numbers of images differ.

    Example:
        >>> first, second = [[True] * 12], [[True] * 10 + [False] * 2]
        >>> balanced_difference(first, second, [0] * 8 + [1] * 4).estimate
        0.25
    """
    sides = [np.asarray(side, np.float64) for side in (first, second)]
    classes = np.asarray(labels)
    if any(side.ndim != 2 or side.shape[1:] != classes.shape for side in sides):
        raise ValueError(
            "`first` and `second` must be [seeds, images] and `labels` [images]; "
            f"received {[list(side.shape) for side in (*sides, classes)]}"
        )
    parts = [classes == label for label in np.unique(classes)]
    values = [np.mean([side[:, part].mean(axis=1) for part in parts], axis=0) for side in sides]
    seeds = len(sides[0]), len(sides[1])
    by_image = sides[0].mean(axis=0) - sides[1].mean(axis=0)
    image_variance = sum(image_part(by_image[part]) for part in parts) / len(parts) ** 2
    if seeds == (1, 1):
        estimate = float(values[0][0] - values[1][0])
        return difference_from(
            estimate, seeds, 0.0, image_variance, "seeds-and-images", images=len(classes)
        )
    return scalar_difference(values[0].tolist(), values[1].tolist(), image_variance)


def scalar_difference(
    first: Sequence[float],
    second: Sequence[float],
    image_variance: float = 0.0,
    spreads: tuple[Spread, Spread] | None = None,
) -> Difference:
    """Return the first's mean minus the second's, for a figure with one value per seed.

    The interval and the test are Welch's. With one value per side, nothing is known about chance
    and the interval is infinite; so it is with values that never vary, which were rounded, or are
    too few. If only one side has several values, the other side is assumed to have the same
    variance.

    Args:
        first: one value per seed: seconds, epochs, a gap.
        second: the same for the second alternative.
        image_variance: what the images add to the variance of the difference, and does not
            shrink with more seeds; 0 or more.
        spreads: the variances between seeds of both, by `moderated_spreads`; their own, if left
            out.

    Raises:
        ValueError: an argument has no values, one that isn't finite, or is out of its range.

    Example:
        >>> difference = scalar_difference([61.0, 64.0, 62.0], [70.0, 71.0, 75.0])
        >>> round(difference.estimate, 1), round(difference.low, 1), round(difference.high, 1)
        (-9.7, -15.1, -4.2)

    References:
        Welch, B. L. (1947). The generalization of "Student's" problem when several different
        population variances are involved. Biometrika 34.
    """
    samples = (
        checked_values(first, image_variance, "first"),
        checked_values(second, image_variance, "second"),
    )
    seeds = len(samples[0]), len(samples[1])
    estimate = float(samples[0].mean() - samples[1].mean())
    if seeds == (1, 1):
        return difference_from(estimate, seeds, 0.0, image_variance, "single")
    own = own_spread(samples[0]), own_spread(samples[1])
    seed_variance, degrees = _parts_of(own, spreads, seeds)
    if seed_variance + image_variance == 0:
        return difference_from(estimate, seeds, 0.0, 0.0, "single")
    return difference_from(estimate, seeds, seed_variance, image_variance, "welch", degrees=degrees)


def checked_values(
    values: Sequence[float], image_variance: float, name: str
) -> NDArray[np.float64]:
    """Return a figure's values, one per seed, as an array.

    Raises:
        ValueError: there are none, one isn't finite, or ``image_variance`` is out of its range.
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"`{name}` must be finite numbers, one or more; received {values}")
    if not (isfinite(image_variance) and image_variance >= 0):
        raise ValueError(f"`image_variance` must be 0 or more; received {image_variance}")
    return array


def own_spread(values: ArrayLike) -> Spread:
    """Return the variance of a figure over its seeds, one value each."""
    sample = np.asarray(values, np.float64)
    return Spread(float(sample.var(ddof=1)) if len(sample) > 1 else 0.0, len(sample) - 1.0)


def _parts_of(
    own: tuple[Spread, Spread], moderated: tuple[Spread, Spread] | None, seeds: tuple[int, int]
) -> tuple[float, float]:
    """Return the variance of a difference of means over seeds, and its degrees of freedom."""
    if moderated is None or any(side.degrees == 0 for side in moderated):
        return _own_part((own[0].variance, own[1].variance), seeds)
    parts = [
        (side.variance / count, side.degrees) for side, count in zip(moderated, seeds, strict=True)
    ]
    # Both sides lean on the same spreads of others, so their degrees of freedom don't add up.
    degrees = min(welch_degrees(parts), max(side.degrees for side in moderated))
    return sum(variance for variance, _ in parts), degrees


def _own_part(variances: tuple[float, float], seeds: tuple[int, int]) -> tuple[float, float]:
    """Return the same of variances that borrow from no other alternative.

    A side with one seed borrows the other side's variance: to assume that it has none would be
    the bolder guess.
    """
    if 1 in seeds:
        borrowed, several = max(variances), max(seeds)
        return borrowed / several + borrowed, several - 1.0
    parts = [
        (variance / count, count - 1.0) for variance, count in zip(variances, seeds, strict=True)
    ]
    return sum(variance for variance, _ in parts), welch_degrees(parts)


def image_part(by_image: NDArray[np.float64]) -> float:
    """Return the variance of a mean difference over images, by Bonett and Price's method.

    The method adds two images: one that only the first alternative gets right, and one that only
    the second does. They count in full, however many seeds there are: seeds that agree about the
    images say no more about further images than one seed does.
    """
    count = len(by_image) + 2
    squares = float((by_image**2).sum()) + _SQUARES_ADDED
    return (squares / count - (float(by_image.sum()) / count) ** 2) / count


def without_luck(image: float, luck: float, seed: float, images: int) -> float:
    """Return the images' part of a variance without the luck with single images in it.

    The seeds' part has that luck, too. But where seeds vary less than their luck alone would make
    them, by chance, no more is taken off than they vary: so the two parts together are never
    below what the images alone allow. Nor is what is left below what the two images add that
    Bonett and Price's method adds.

    Args:
        image: the variance over images, with the luck.
        luck: how much of it is luck, by the residuals.
        seed: the seeds' part.
        images: the number of images.
    """
    return max(image - min(luck, seed), _SQUARES_ADDED / (images + 2) ** 2)


def _mcnemar(only_first: int, only_second: int) -> float:
    from scipy.stats import binomtest

    if only_first + only_second == 0:
        return 1.0
    return float(binomtest(only_first, only_first + only_second).pvalue)
