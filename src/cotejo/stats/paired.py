"""Differences of alternatives that share each seed's training: compared seed by seed.

One that continues another's training, or the same training stopped later, moves with it. What
the two sides of a seed have in common cancels out in their difference, so that its variance is
taken over the seeds' differences, and not added up from both sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cotejo.stats.answers import checked_answers
from cotejo.stats.difference import Difference, difference_from
from cotejo.stats.shrinkage import Spread
from cotejo.stats.two_alternatives import checked_values, image_part, own_spread, without_luck

__all__ = ["paired_accuracy_difference", "paired_scalar_difference"]


def paired_accuracy_difference(
    first: ArrayLike, second: ArrayLike, spread: Spread | None = None
) -> Difference:
    """Return the first's mean accuracy minus the second's, paired by seed and by image.

    Args:
        first: ``[seeds, images]``, whether each seed's model got each image right; two seeds or
            more.
        second: the same of the second alternative, of the same seeds and images.
        spread: the variance of a seed's difference, by `moderated_spreads`; its own, if left out.

    Raises:
        ValueError: an argument has another shape, or there is one seed.

    Example:
        >>> first = [[True] * 70 + [False] * 30, [True] * 68 + [False] * 32]
        >>> second = [[True] * 60 + [False] * 40, [True] * 57 + [False] * 43]
        >>> difference = paired_accuracy_difference(first, second)
        >>> round(difference.estimate, 3), difference.degrees
        (0.105, 1.0)
    """
    sides = [
        checked_answers(side, name).astype(np.int8)
        for side, name in ((first, "first"), (second, "second"))
    ]
    if sides[0].shape != sides[1].shape or len(sides[0]) < 2:
        raise ValueError(
            "`first` and `second` must be of the same two or more seeds and the same images; "
            f"received {[list(side.shape) for side in sides]}"
        )
    gaps = sides[0] - sides[1]
    seeds, images = gaps.shape
    by_seed, by_image = gaps.mean(axis=1), gaps.mean(axis=0)
    own = spread or own_spread(by_seed)
    residuals = gaps - by_seed[:, None] - by_image + by_seed.mean()
    luck = float((residuals**2).sum()) / ((seeds - 1) * max(images - 1, 1)) / (seeds * images)
    return difference_from(
        float(by_seed.mean()),
        (seeds, seeds),
        own.variance / seeds,
        without_luck(image_part(by_image), luck, own.variance / seeds, images),
        "seeds-and-images",
        degrees=own.degrees,
        images=images,
    )


def paired_scalar_difference(
    first: Sequence[float],
    second: Sequence[float],
    image_variance: float = 0.0,
    spread: Spread | None = None,
) -> Difference:
    """Return the first's mean minus the second's, of a figure with one value per seed.

    It is the paired t test. Differences that never vary settle nothing, as in
    `scalar_difference`.

    Args:
        first: the figure of each seed.
        second: that of the second alternative, of the same two or more seeds.
        image_variance: what the images add to the variance of the difference.
        spread: the variance of a seed's difference, by `moderated_spreads`; its own, if left out.

    Raises:
        ValueError: the numbers of values differ, or a value is out of its range.

    Example:
        >>> difference = paired_scalar_difference([61.0, 64.0, 62.0], [70.0, 72.0, 71.5])
        >>> round(difference.estimate, 1), round(difference.low, 1), round(difference.high, 1)
        (-8.8, -10.7, -6.9)
    """
    one, other = (
        checked_values(values, image_variance, name)
        for values, name in ((first, "first"), (second, "second"))
    )
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(
            "`first` and `second` must be of the same two or more seeds; "
            f"received {len(one)} and {len(other)} values"
        )
    gaps, seeds = one - other, (len(one), len(one))
    own = spread or own_spread(gaps)
    estimate, variance = float(gaps.mean()), own.variance / len(gaps)
    if variance + image_variance == 0:
        return difference_from(estimate, seeds, 0.0, 0.0, "single")
    return difference_from(estimate, seeds, variance, image_variance, "paired", degrees=own.degrees)
