"""The mean accuracy of an alternative, over its seeds and the test images."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from numpy.typing import ArrayLike

from cotejo.compare.answers import Answers, take_apart
from cotejo.compare.intervals import Interval
from cotejo.compare.twofold import half_width

__all__ = ["Chance", "bounds", "chance_in", "chance_of_mean", "mean_accuracy"]

_ENOUGH_SEEDS = 3
"""Of two, the spread is by chance alone too often below what luck with images adds to it."""


def mean_accuracy(correct: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the mean accuracy over seeds, and its interval over seeds and images.

    With several seeds the interval is for the accuracy that training would have on average
    over all seeds and all images of the kind. With one, it is that one model's over images
    alone, Wilson's, and says nothing about luck in training.

    The bounds solve ``(accuracy - bound)² = c·bound·(1 - bound)``, as Wilson's do, where c has
    what both sources of chance add up to in place of the images' alone. So they stay within
    ``[0, 1]`` and are farther on the side where there is more room.

    Args:
        correct: ``[seeds, images]``, whether each seed's model got each image right.
        confidence: in ``(0, 1)``.

    Raises:
        ValueError: an argument has another shape, or is out of its range.

    Example:
        >>> correct = [[True] * 72 + [False] * 28, [True] * 70 + [False] * 30]
        >>> found = mean_accuracy(correct)
        >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2)
        (0.71, 0.54, 0.84)
    """
    answers = take_apart(correct)
    return bounds(answers.accuracy, chance_of_mean(answers), confidence)


@dataclass(frozen=True)
class Chance:
    """The two parts of the variance of a mean accuracy p, in units of ``p·(1 - p)``.

    Attributes:
        seed: the seeds' part, with their luck with single images.
        degrees: its degrees of freedom.
        image: the images' part: of one seed, one over their number.
        luck: what of ``seed`` is luck with single images.
    """

    seed: float
    degrees: float
    image: float
    luck: float


def chance_in(answers: Answers) -> Chance:
    """Return what chance there is in a mean accuracy."""
    images, seeds = answers.images, answers.seeds
    unit = answers.accuracy * (1 - answers.accuracy)
    if seeds == 1 or images == 1 or unit == 0:
        # Several seeds that are always right, or always wrong, tell no more than one does.
        return Chance(0.0, inf, 1 / images, 0.0)
    spread, luck = answers.spread / seeds / unit, answers.luck / seeds / unit
    observed = float(answers.image_means.var(ddof=1)) / images / unit
    # No sample says more than as many answers would that have nothing to do with each other.
    return Chance(spread, seeds - 1.0, max(observed - luck, 1 / (seeds * images)), luck)


def chance_of_mean(answers: Answers) -> Chance:
    """Return `chance_in`, with luck with single images counted with the images.

    That luck is known from thousands of answers, not from the few seeds. A test that is to stand
    corrections may not count on it: at a small level the seeds' quantile is what holds it.
    """
    chance = chance_in(answers)
    if answers.seeds < _ENOUGH_SEEDS:
        return chance
    seed = max(chance.seed - chance.luck, 0.0)
    return Chance(seed, chance.degrees, chance.image + chance.luck, 0.0)


def bounds(accuracy: float, chance: Chance, confidence: float) -> Interval:
    """Return the interval around a mean accuracy that has so much chance in it."""
    c = half_width(chance.seed, chance.degrees, chance.image, confidence) ** 2
    centre, reach = accuracy + c / 2, sqrt(accuracy * (1 - accuracy) * c + c**2 / 4)
    # Rounding may push a bound past the estimate where the accuracy is 0 or 1.
    return Interval(
        accuracy,
        max(min((centre - reach) / (1 + c), accuracy), 0.0),
        min(max((centre + reach) / (1 + c), accuracy), 1.0),
    )
