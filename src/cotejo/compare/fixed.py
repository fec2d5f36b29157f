"""How far a figure is above a value fixed beforehand, such as one that a claim states."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

from numpy.typing import ArrayLike

from cotejo.compare.accuracy import Chance, bounds, chance_in, chance_of_mean
from cotejo.compare.answers import take_apart
from cotejo.compare.difference import Difference, difference_from
from cotejo.compare.pairs import checked_values
from cotejo.compare.twofold import two_sided_p

__all__ = ["accuracy_above", "scalar_above"]


def accuracy_above(correct: ArrayLike, value: float, *, to_correct: bool = False) -> Difference:
    """Return an alternative's mean accuracy less a fixed value.

    The interval is `mean_accuracy`'s, less the value; the p-value is found by inverting it. One
    seed tells nothing of luck in training: the interval is infinite, as with `scalar_above`.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        value: in ``[0, 1]``.
        to_correct: count the seeds' luck with single images with the seeds, as
            `accuracy_difference` does: for a p-value that is to be corrected for many
            comparisons. The interval is then a little wider.

    Raises:
        ValueError: an argument has another shape, or is out of its range.

    Example:
        >>> found = accuracy_above([[True] * 72 + [False] * 28, [True] * 70 + [False] * 30], 0.5)
        >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
        (0.21, 0.04, 0.34)
    """
    if not 0 <= value <= 1:
        raise ValueError(f"`value` must be in [0, 1]; received {value}")
    answers = take_apart(correct)
    accuracy, seeds = answers.accuracy, (answers.seeds, answers.seeds)
    chance = chance_in(answers) if to_correct else chance_of_mean(answers)
    # Always right or always wrong, the answers show no variance: the value's stands in.
    unit = accuracy * (1 - accuracy) or value * (1 - value)
    if answers.seeds == 1:
        return difference_from(accuracy - value, seeds, 0.0, chance.image * unit, "single")
    interval = bounds(accuracy, chance, 0.95)
    return Difference(
        accuracy - value,
        interval.low - value,
        interval.high - value,
        _p_value(accuracy, chance, value),
        seeds,
        chance.seed * unit,
        chance.image * unit,
        "seeds-and-images",
        chance.degrees,
        answers.images,
    )


def scalar_above(values: Sequence[float], value: float, image_variance: float = 0.0) -> Difference:
    """Return the mean of one figure a seed, less a fixed value: a one-sample t interval.

    One seed tells nothing of luck in training: the interval is infinite.

    Args:
        values: one a seed: seconds, epochs, a gap.
        value: what they are compared with.
        image_variance: what images add to the mean's variance and does not shrink with seeds.

    Raises:
        ValueError: there are no values, one isn't finite, or an argument is out of its range.

    Example:
        >>> found = scalar_above([61.0, 64.0, 62.0], 60.0)
        >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
        (2.33, -1.46, 6.13)
    """
    known = checked_values(values, image_variance, "values")
    if not isfinite(value):
        raise ValueError(f"`value` must be finite; received {value}")
    seeds, estimate = (len(known), len(known)), float(known.mean()) - value
    if len(known) == 1:
        return difference_from(estimate, seeds, 0.0, image_variance, "single")
    variance = float(known.var(ddof=1)) / len(known)
    return difference_from(
        estimate, seeds, variance, image_variance, "welch", degrees=len(known) - 1.0
    )


def _p_value(accuracy: float, chance: Chance, value: float) -> float:
    distance, deviation = accuracy - value, sqrt(value * (1 - value))
    if deviation == 0:
        # One mistake is enough for an accuracy not to be 1.
        return 1.0 if distance == 0 else 0.0
    return two_sided_p(distance / deviation, chance.seed, chance.degrees, chance.image)
