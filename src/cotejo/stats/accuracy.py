"""The mean accuracy of an alternative over its seeds and the test images, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from numpy.typing import ArrayLike

from cotejo.evaluate.intervals import Interval, wilson_bounds
from cotejo.stats.answers import Answers, summarize_answers
from cotejo.stats.seeds_and_images import half_width

__all__ = [
    "VarianceParts",
    "accuracy_interval",
    "mean_accuracy",
    "variance_for_interval",
    "variance_parts",
]

_ENOUGH_SEEDS = 3
"""With two seeds, chance alone often makes the spread smaller than luck with images explains."""


def mean_accuracy(correct: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the mean accuracy over seeds, with its interval over seeds and images.

    With several seeds, the interval is for the accuracy that training would reach on average over
    all possible seeds and all images of the same kind. With one seed, it is Wilson's interval of
    that one model over the images alone, and says nothing about luck in training.

    The bounds solve ``(accuracy - bound)² = c·bound·(1 - bound)``, as Wilson's do. Wilson's c
    comes from the images alone; here it comes from the seeds and the images together. So the
    bounds stay within ``[0, 1]``, and the interval reaches farther on the side with more room.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        confidence: in ``(0, 1)``.

    Raises:
        ValueError: an argument has another shape, or is out of its range.

    Example:
        >>> correct = [[True] * 72 + [False] * 28, [True] * 70 + [False] * 30]
        >>> interval = mean_accuracy(correct)
        >>> round(interval.estimate, 2), round(interval.low, 2), round(interval.high, 2)
        (0.71, 0.54, 0.84)
    """
    answers = summarize_answers(correct)
    return accuracy_interval(answers.accuracy, variance_for_interval(answers), confidence)


@dataclass(frozen=True)
class VarianceParts:
    """The two parts of the variance of a mean accuracy p, in units of ``p·(1 - p)``.

    Attributes:
        seed: the part that comes from the seeds, including their luck with single images.
        degrees: the degrees of freedom of ``seed``.
        image: the part that comes from the images; with one seed, 1 / number of images.
        luck: how much of ``seed`` is luck with single images.
    """

    seed: float
    degrees: float
    image: float
    luck: float


def variance_parts(answers: Answers) -> VarianceParts:
    """Return the parts of the variance of a mean accuracy."""
    images, seeds = answers.images, answers.seeds
    unit = answers.accuracy * (1 - answers.accuracy)
    if seeds == 1 or images == 1 or unit == 0:
        # Several seeds that are always right, or always wrong, say no more than one seed does.
        return VarianceParts(0.0, inf, 1 / images, 0.0)
    spread = answers.spread / seeds / unit
    # Where seeds vary less than luck alone would make them, the images' part keeps the rest of it.
    luck = min(answers.luck / seeds / unit, spread)
    observed = float(answers.image_means.var(ddof=1)) / images / unit
    # No sample says more than the same number of independent answers would.
    image = max(observed - luck, 1 / (seeds * images))
    return VarianceParts(spread, seeds - 1.0, image, luck)


def variance_for_interval(answers: Answers) -> VarianceParts:
    """Return `variance_parts`, with the luck with single images moved to the images' part.

    This luck is estimated from thousands of answers, not from the few seeds, so it may have the
    images' narrower quantile. A test that will be corrected for many comparisons must not do
    this: at a small level, only the seeds' wider quantile keeps the error rate.
    """
    parts = variance_parts(answers)
    if answers.seeds < _ENOUGH_SEEDS:
        return parts
    seed = max(parts.seed - parts.luck, 0.0)
    return VarianceParts(seed, parts.degrees, parts.image + parts.luck, 0.0)


def accuracy_interval(accuracy: float, parts: VarianceParts, confidence: float) -> Interval:
    """Return the interval around a mean accuracy with this variance."""
    c = half_width(parts.seed, parts.degrees, parts.image, confidence) ** 2
    low, high = wilson_bounds(accuracy, c)
    # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
    return Interval(accuracy, max(min(low, accuracy), 0.0), min(max(high, accuracy), 1.0))
