"""The difference of two alternatives: of their accuracies, or of another figure of their runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.compare.answers import Answers, take_apart
from cotejo.compare.difference import Difference, difference_from
from cotejo.compare.shared import Shared
from cotejo.compare.twofold import welch_degrees

__all__ = ["accuracy_difference", "checked_values", "difference_of_answers", "scalar_difference"]


def accuracy_difference(
    first: ArrayLike, second: ArrayLike, shared: Shared | None = None
) -> Difference:
    """Return the first's mean accuracy less the second's, paired on the same images.

    With one seed a side: the exact McNemar test, with Bonett and Price's interval, over images
    alone. With more, interval and p-value account for both sources of chance: the seeds of the
    two are independent, each alternative with a variance of its own; the images are the same.
    Where only one side has several seeds, the other's variance is taken to be as large.

    Args:
        first: ``[seeds, images]``, whether each seed's model got each image right.
        second: ``[seeds, images]``, of the same images; the number of seeds may differ.
        shared: a study's `spread_of_study`, which either side's spread is then drawn to: for
            p-values that are to be corrected for many comparisons.

    Raises:
        ValueError: an argument has another shape, or the images are not as many.

    Example:
        >>> first = [[True] * 70 + [False] * 30]
        >>> second = [[True] * 50 + [False] * 50]
        >>> found = accuracy_difference(first, second)
        >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2), found.method
        (0.2, 0.11, 0.28, 'mcnemar')
    """
    return difference_of_answers(take_apart(first, "first"), take_apart(second, "second"), shared)


def difference_of_answers(
    first: Answers, second: Answers, shared: Shared | None = None
) -> Difference:
    """Return what `accuracy_difference` does, of answers already taken apart.

    Raises:
        ValueError: the images are not as many.
    """
    if first.images != second.images:
        raise ValueError(
            "`first` and `second` must be of the same images; "
            f"received {first.images} and {second.images}"
        )
    by_image = first.image_means - second.image_means
    seeds = first.seeds, second.seeds
    image_variance = _image_part(by_image, seeds)
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
    if shared is None:
        seed_variance, degrees = _seed_part((first.spread, second.spread), seeds)
    else:
        drawn = [shared.drawn(one.spread, one.seeds - 1.0) for one in (first, second)]
        seed_variance = drawn[0][0] / seeds[0] + drawn[1][0] / seeds[1]
        # What both sides share is one estimate, whose degrees of freedom don't add up.
        degrees = min(drawn[0][1], drawn[1][1])
    # Luck with single images makes the seeds' accuracies vary, and so is in their part already.
    luck, _ = _seed_part((first.luck, second.luck), seeds)
    return difference_from(
        first.accuracy - second.accuracy,
        seeds,
        seed_variance,
        max(image_variance - luck, _added(seeds) / (first.images + 2) ** 2),
        "seeds-and-images",
        degrees=degrees,
        images=first.images,
    )


def scalar_difference(
    first: Sequence[float], second: Sequence[float], image_variance: float = 0.0
) -> Difference:
    """Return the first's mean less the second's, of a figure that each seed has one value of.

    Welch's t interval and test. With one value a side nothing is known of chance: the interval
    is infinite. Where only one side has several, the other's variance is taken to be as large.
    Values that never vary are taken at their word: p is then 0, or 1 for no difference.

    Args:
        first: one value a seed: seconds, epochs, a gap.
        second: the same of the second.
        image_variance: what images add to the variance of the difference and does not shrink
            with seeds, 0 or more.

    Raises:
        ValueError: an argument has no values, one that isn't finite, or is out of its range.

    Example:
        >>> found = scalar_difference([61.0, 64.0, 62.0], [70.0, 71.0, 75.0])
        >>> round(found.estimate, 1), round(found.low, 1), round(found.high, 1)
        (-9.7, -15.1, -4.2)

    References:
        Welch, B. L. (1947). The generalization of "Student's" problem when several different
        population variances are involved. Biometrika 34.
    """
    values = (
        checked_values(first, image_variance, "first"),
        checked_values(second, image_variance, "second"),
    )
    seeds = len(values[0]), len(values[1])
    estimate = float(values[0].mean() - values[1].mean())
    if seeds == (1, 1):
        return Difference(estimate, -inf, inf, 1.0, seeds, 0.0, image_variance, "single")
    variances = [float(one.var(ddof=1)) if len(one) > 1 else 0.0 for one in values]
    seed_variance, degrees = _seed_part((variances[0], variances[1]), seeds)
    return difference_from(estimate, seeds, seed_variance, image_variance, "welch", degrees=degrees)


def checked_values(
    values: Sequence[float], image_variance: float, name: str
) -> NDArray[np.float64]:
    """Return a figure's values, one a seed, as an array.

    Raises:
        ValueError: there are none, one isn't finite, or ``image_variance`` is out of its range.
    """
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or found.size == 0 or not np.isfinite(found).all():
        raise ValueError(f"`{name}` must be finite numbers, one or more; received {values}")
    if not (isfinite(image_variance) and image_variance >= 0):
        raise ValueError(f"`image_variance` must be 0 or more; received {image_variance}")
    return found


def _seed_part(variances: tuple[float, float], seeds: tuple[int, int]) -> tuple[float, float]:
    """Return the variance of a difference of means over seeds, and its degrees of freedom.

    A side of one seed is lent the other's variance: that it has none would be the bolder guess.
    """
    if 1 in seeds:
        lent, several = max(variances), max(seeds)
        return lent / several + lent, several - 1.0
    parts = [(one / count, count - 1.0) for one, count in zip(variances, seeds, strict=True)]
    return sum(variance for variance, _ in parts), welch_degrees(parts)


def _image_part(by_image: NDArray[np.float64], seeds: tuple[int, int]) -> float:
    """Return the variance of a mean over images, as Bonett and Price take it.

    With two images more: one that a seed of the first alone gets right, one that a seed of the
    second alone does. With one seed a side these are the two that they add.
    """
    count = len(by_image) + 2
    squares = float((by_image**2).sum()) + _added(seeds)
    return (squares / count - (float(by_image.sum()) / count) ** 2) / count


def _added(seeds: tuple[int, int]) -> float:
    """Return the squares of the differences that the two images more have."""
    return 1 / seeds[0] ** 2 + 1 / seeds[1] ** 2


def _mcnemar(only_first: int, only_second: int) -> float:
    from scipy.stats import binomtest

    if only_first + only_second == 0:
        return 1.0
    return float(binomtest(only_first, only_first + only_second).pvalue)
