"""How far a figure is above a value fixed beforehand, such as the value that a claim states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from numpy.typing import ArrayLike

from cotejo.stats.accuracy import VarianceParts, variance_for_interval, variance_parts
from cotejo.stats.answers import summarize_answers
from cotejo.stats.difference import Difference, Method, answer_variance, difference_from
from cotejo.stats.shrinkage import Spread
from cotejo.stats.two_alternatives import checked_values, own_spread

__all__ = ["accuracy_above", "accuracy_minus_value", "scalar_above"]


def accuracy_above(correct: ArrayLike, value: float, spread: Spread | None = None) -> Difference:
    """Return an alternative's mean accuracy minus a fixed value.

    The interval is that of `mean_accuracy` minus the value. The p-value comes from inverting it.
    One seed says nothing about luck in training: its interval is infinite, as in `scalar_above`.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        value: in ``[0, 1]``.
        spread: the variance between seeds, by `moderated_spreads`. The seeds' luck with single
            images then counts as part of the seeds, as in `accuracy_difference`, which makes the
            interval a little wider. Left out, it is the alternative's own.

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
    accuracy, seeds = answers.accuracy, answers.seeds
    parts = variance_for_interval(answers) if spread is None else variance_parts(answers)
    if spread is not None and seeds > 1 and (unit := accuracy * (1 - accuracy)):
        parts = replace(parts, seed=spread.variance / seeds / unit, degrees=spread.degrees)
    method: Method = "single" if seeds == 1 else "seeds-and-images"
    return accuracy_minus_value(accuracy, parts, value, seeds, method, answers.images)


def accuracy_minus_value(
    accuracy: float, parts: VarianceParts, value: float, seeds: int, method: Method, images: int
) -> Difference:
    """Return a mean accuracy of this variance minus a fixed value, both in ``[0, 1]``."""
    unit = answer_variance(accuracy, value)
    return difference_from(
        accuracy - value,
        (seeds, seeds),
        parts.seed * unit,
        parts.image * unit,
        method,
        degrees=parts.degrees,
        images=images,
        value=value,
    )


def scalar_above(
    values: Sequence[float],
    value: float,
    image_variance: float = 0.0,
    spread: Spread | None = None,
) -> Difference:
    """Return the mean of a figure minus a fixed value, with a one-sample t interval.

    One seed says nothing about luck in training: its interval is infinite. So is that of values
    that never vary.

    Args:
        values: the figure of each seed: seconds, epochs, a gap.
        value: the fixed value.
        image_variance: what the images add to the variance of the mean, and does not shrink with
            more seeds.
        spread: the variance between seeds, by `moderated_spreads`; its own, if left out.

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
    spread = spread or own_spread(sample)
    variance = spread.variance / len(sample)
    if variance + image_variance == 0:
        return difference_from(estimate, seeds, 0.0, 0.0, "single")
    return difference_from(
        estimate, seeds, variance, image_variance, "welch", degrees=spread.degrees
    )
