"""How far a figure is above a value fixed beforehand, such as the value that a claim states."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

from numpy.typing import ArrayLike

from cotejo.stats.accuracy import (
    VarianceParts,
    accuracy_interval,
    variance_for_interval,
    variance_parts,
)
from cotejo.stats.answers import summarize_answers
from cotejo.stats.difference import Difference, Method, difference_from
from cotejo.stats.seeds_and_images import two_sided_p
from cotejo.stats.two_alternatives import checked_values

__all__ = ["accuracy_above", "accuracy_minus_value", "scalar_above"]


def accuracy_above(correct: ArrayLike, value: float, *, to_correct: bool = False) -> Difference:
    """Return an alternative's mean accuracy minus a fixed value.

    The interval is that of `mean_accuracy` minus the value. The p-value comes from inverting it.
    One seed says nothing about luck in training: its interval is infinite, as in `scalar_above`.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        value: in ``[0, 1]``.
        to_correct: whether the p-value will be corrected for many comparisons. If so, the seeds'
            luck with single images counts as part of the seeds, as in `accuracy_difference`, and
            the interval is a little wider.

    Raises:
        ValueError: an argument has another shape, or is out of its range.

    Example:
        >>> correct = [[True] * 72 + [False] * 28, [True] * 70 + [False] * 30]
        >>> difference = accuracy_above(correct, 0.5)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (0.21, 0.04, 0.34)
    """
    if not 0 <= value <= 1:
        raise ValueError(f"`value` must be in [0, 1]; received {value}")
    answers = summarize_answers(correct)
    accuracy = answers.accuracy
    parts = variance_parts(answers) if to_correct else variance_for_interval(answers)
    if answers.seeds == 1:
        image_variance = parts.image * _unit(accuracy, value)
        return difference_from(accuracy - value, (1, 1), 0.0, image_variance, "single")
    return accuracy_minus_value(
        accuracy, parts, value, answers.seeds, "seeds-and-images", answers.images
    )


def accuracy_minus_value(
    accuracy: float, parts: VarianceParts, value: float, seeds: int, method: Method, images: int
) -> Difference:
    """Return a mean accuracy of this variance minus a fixed value, both in ``[0, 1]``."""
    interval, unit = accuracy_interval(accuracy, parts, 0.95), _unit(accuracy, value)
    return Difference(
        accuracy - value,
        interval.low - value,
        interval.high - value,
        _p_value(accuracy, parts, value),
        (seeds, seeds),
        parts.seed * unit,
        parts.image * unit,
        method,
        parts.degrees,
        images,
    )


def scalar_above(values: Sequence[float], value: float, image_variance: float = 0.0) -> Difference:
    """Return the mean of a figure minus a fixed value, with a one-sample t interval.

    One seed says nothing about luck in training: its interval is infinite. So is that of values
    that never vary.

    Args:
        values: the figure of each seed: seconds, epochs, a gap.
        value: the fixed value.
        image_variance: what the images add to the variance of the mean, and does not shrink with
            more seeds.

    Raises:
        ValueError: there are no values, one isn't finite, or an argument is out of its range.

    Example:
        >>> difference = scalar_above([61.0, 64.0, 62.0], 60.0)
        >>> round(difference.estimate, 2), round(difference.low, 2), round(difference.high, 2)
        (2.33, -1.46, 6.13)
    """
    sample = checked_values(values, image_variance, "values")
    if not isfinite(value):
        raise ValueError(f"`value` must be finite; received {value}")
    seeds, estimate = (len(sample), len(sample)), float(sample.mean()) - value
    if len(sample) == 1:
        return difference_from(estimate, seeds, 0.0, image_variance, "single")
    variance = float(sample.var(ddof=1)) / len(sample)
    if variance + image_variance == 0:
        return difference_from(estimate, seeds, 0.0, 0.0, "single")
    return difference_from(
        estimate, seeds, variance, image_variance, "welch", degrees=len(sample) - 1.0
    )


def _unit(accuracy: float, value: float) -> float:
    """Return the variance of one answer.

    Answers that are always right, or always wrong, show no variance: the value's stands in.
    """
    return accuracy * (1 - accuracy) or value * (1 - value)


def _p_value(accuracy: float, parts: VarianceParts, value: float) -> float:
    distance, deviation = accuracy - value, sqrt(value * (1 - value))
    if deviation == 0:
        # One mistake proves that an accuracy is not 1, and one right answer that it is not 0.
        return 1.0 if distance == 0 else 0.0
    return two_sided_p(distance / deviation, parts.seed, parts.degrees, parts.image)
