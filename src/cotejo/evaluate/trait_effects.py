"""How the mistakes differ from the right answers in one trait of the image, such as brightness.

A trait is compared within each class. So a class that is both dark and hard does not make dark
images look hard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.error_rates import homogeneity
from cotejo.evaluate.intervals import effective_interval, proportion_interval
from cotejo.evaluate.multiple_testing import holm
from cotejo.evaluate.roc import area_under_curve

__all__ = ["Fifth", "TraitEffect", "corrected_effects", "trait_effect"]

_SETTLED = 0.05
_FIFTHS = 5


@dataclass(frozen=True)
class Fifth:
    """One fifth of the images of each class, ordered by a trait, and how many were wrong.

    Attributes:
        fifth: its number, from 1 (the images with the least of the trait) to 5.
        mean: the mean of the trait over its images.
        images, mistakes: the number of its images, and how many of them were wrong.
        low, high: Wilson's 95% interval of the error rate.
    """

    fifth: int
    mean: float
    images: int
    mistakes: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share of its images that were wrong."""
        return self.mistakes / self.images


@dataclass(frozen=True)
class TraitEffect:
    """How the mistakes differ in a trait from the right answers of the same class.

    Attributes:
        trait: the name of the trait.
        superiority: take one wrong and one right image of the same class: the probability that
            the wrong one has more of the trait. Equal values count half; 0.5 is no difference.
        low, high: the 95% interval of ``superiority``. It is too narrow where mistakes are few,
            so use ``p_direction`` to decide whether there is a difference.
        p_direction: the p-value of no such difference, corrected over all tests of all traits.
        p_shape: the p-value of one error rate in all fifths, corrected in the same way.
        fifths: from the images with the least of the trait in their class to those with the most.
            A fifth without images, as where many values are equal, is left out.
    """

    trait: str
    superiority: float
    low: float
    high: float
    p_direction: float
    p_shape: float
    fifths: tuple[Fifth, ...]

    @property
    def direction(self) -> int:
        """1 if mistakes have more of the trait, -1 if they have less, 0 if neither is certain."""
        if self.p_direction >= _SETTLED:
            return 0
        return 1 if self.superiority > 0.5 else -1

    @property
    def bends(self) -> bool:
        """Whether the error rate differs between the fifths although no direction is certain."""
        return not self.direction and self.p_shape < _SETTLED


def trait_effect(
    name: str, trait: NDArray[np.float64], wrong: NDArray[np.bool_], labels: NDArray[np.int64]
) -> TraitEffect | None:
    """Return the effect of one trait, with uncorrected p-values; None where it can't be tested.

    Args:
        name: the name of the trait.
        trait: ``[n]``, its value for each image.
        wrong: ``[n]``, whether each image was classified wrongly.
        labels: ``[n]``, integers of 0 or more.
    """
    from scipy.stats import norm

    strata = [
        (trait[inside], wrong[inside])
        for inside in (labels == label for label in np.unique(labels))
        if 2 <= wrong[inside].sum() <= inside.sum() - 2
    ]
    if not strata or np.ptp(trait) == 0:
        return None
    mean = _superiority(strata)
    low, high = effective_interval(mean.estimate, mean.variance, mean.pairs) or (0.0, 1.0)
    fifths = _fifths(trait, wrong, labels)
    # Not with `mean.variance`: where it is estimated from few mistakes, it is often far too low.
    away = abs(mean.estimate - 0.5) / np.sqrt(mean.null_variance) if mean.null_variance else 0.0
    p_direction = float(2 * norm.sf(away))
    p_shape = homogeneity([(fifth.mistakes, fifth.images) for fifth in fifths])
    return TraitEffect(name, mean.estimate, low, high, p_direction, p_shape, fifths)


@dataclass(frozen=True)
class _Superiority:
    """A probability of superiority, averaged over the classes.

    Attributes:
        estimate: in ``[0, 1]``.
        variance: DeLong's estimate of the variance of ``estimate``.
        null_variance: its variance if any image of a class is equally likely to be a mistake; 0
            if all images of each class have equal values.
        pairs: the number of pairs of a mistake and a right image that it is worth, at least one.
    """

    estimate: float
    variance: float
    null_variance: float
    pairs: float


def _superiority(strata: list[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> _Superiority:
    """Return the mean over classes.

    Args:
        strata: for each class two arrays ``[n]``: the trait, and which images are mistakes.
    """
    from scipy.stats import rankdata, tiecorrect

    weights, estimates, variances, null_variances, pairs = [], [], [], [], 0
    for trait, wrong in strata:
        mistakes, others = int(wrong.sum()), int((~wrong).sum())
        area, influences = area_under_curve(wrong, trait)
        weight = mistakes * others / (mistakes + others + 1)
        weights.append(weight)
        estimates.append(area)
        variances.append(float((influences**2).sum()))
        # Wilcoxon's variance of the rank sum divided by mistakes * others.
        null_variances.append(tiecorrect(rankdata(trait)) / (12 * weight))
        pairs += min(mistakes, others)
    shares = np.array(weights) / sum(weights)
    return _Superiority(
        float(shares @ estimates),
        float(shares**2 @ variances),
        float(shares**2 @ null_variances),
        float(pairs),
    )


def _fifths(
    trait: NDArray[np.float64], wrong: NDArray[np.bool_], labels: NDArray[np.int64]
) -> tuple[Fifth, ...]:
    """Divide each class into fifths by the trait, and merge the equal fifths of all classes.

    So every fifth has the same share of each class, and a difference between fifths can't come
    from a difference between classes. Equal values go to the same fifth.
    """
    from scipy.stats import rankdata

    numbers = np.zeros(len(trait), int)
    for label in np.unique(labels):
        inside = labels == label
        shares = (rankdata(trait[inside]) - 0.5) / inside.sum()
        numbers[inside] = np.minimum((_FIFTHS * shares).astype(int), _FIFTHS - 1)
    fifths = []
    for number in range(_FIFTHS):
        inside = numbers == number
        images, mistakes = int(inside.sum()), int(wrong[inside].sum())
        bounds = proportion_interval(mistakes, images)
        if bounds is not None:
            mean = float(trait[inside].mean())
            fifths.append(Fifth(number + 1, mean, images, mistakes, *bounds))
    return tuple(fifths)


def corrected_effects(effects: Sequence[TraitEffect]) -> list[TraitEffect]:
    """Return the effects with Holm's correction over both p-values of all of them."""
    p_values = [p for effect in effects for p in (effect.p_direction, effect.p_shape)]
    corrected = holm(p_values)
    return [
        replace(effect, p_direction=direction, p_shape=shape)
        for effect, direction, shape in zip(effects, corrected[::2], corrected[1::2], strict=True)
    ]
