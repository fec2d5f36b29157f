"""What the mistakes have in common: the class, or a trait of the image, tested rather than guessed.

A trait is compared within each class, so that a class that is both dark and hard does not make
dark images look hard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.areas import area_under_curve
from cotejo.evaluate.holm import holm
from cotejo.evaluate.intervals import effective_interval, proportion_interval

__all__ = ["ClassRates", "Commonalities", "Fifth", "TraitEffect", "commonalities"]

_SETTLED = 0.05
_FIFTHS = 5


@dataclass(frozen=True)
class Fifth:
    """A fifth of each class's images, by a trait: how many were wrong.

    Attributes:
        fifth: which one it is, from 1, those with the least of the trait, to 5.
        mean: of the trait over its images.
        images, mistakes: how many there are, and how many of them were wrong.
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
    """How the mistakes differ in a trait from the images of their class that were right.

    Attributes:
        trait: its name.
        superiority: the probability that, of two images of one class, one wrong and one right,
            the wrong one has more of the trait; of equals, half. 0.5 is no difference.
        low, high: its 95% interval; too narrow where mistakes are few, so that `p_direction`
            says whether there is a difference.
        p_direction: of no such difference, corrected over all that was tested.
        p_shape: of one error rate in all fifths, corrected likewise.
        fifths: from the images with the least of the trait in their class to the most; one that
            has no images, as where many values are equal, is left out.
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
        """1 where mistakes have more of the trait, -1 where less, 0 where neither is settled."""
        if self.p_direction >= _SETTLED:
            return 0
        return 1 if self.superiority > 0.5 else -1

    @property
    def bends(self) -> bool:
        """Whether the error rate differs between the fifths, but no direction is settled."""
        return not self.direction and self.p_shape < _SETTLED


@dataclass(frozen=True)
class ClassRates:
    """The error rate of each class, and whether they differ.

    Attributes:
        labels: the classes that have images.
        rates, lows, highs: their error rates, with Wilson's 95% intervals.
        p_value: of one rate in all classes; 1 where there are too few mistakes to tell.
    """

    labels: tuple[int, ...]
    rates: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    p_value: float

    @property
    def differ(self) -> bool:
        """Whether it is settled that they do."""
        return self.p_value < _SETTLED


@dataclass(frozen=True)
class Commonalities:
    """What the mistakes have in common; ``traits`` leaves out those that tell nothing."""

    classes: ClassRates
    traits: tuple[TraitEffect, ...]


def commonalities(
    mistaken: ArrayLike, labels: ArrayLike, traits: Mapping[str, ArrayLike]
) -> Commonalities:
    """Return how the mistaken images differ from the others.

    For each trait there are two tests. Of a direction: van Elteren's, which is Wilcoxon's rank
    sum within each class, added up with weights; its variance is that under no difference,
    corrected for equal values. Of any dependence: Pearson's chi-square over the fifths of each
    class, which also finds that the middle is easiest. Holm's correction goes over both tests of
    all traits. The classes' error rates have a chi-square test of their own.

    The effect is the probability of superiority (Vargha and Delaney's A) within each class,
    averaged with the same weights; its interval is of DeLong's variance. That one is estimated
    from the mistakes, and too low where they are few: then the interval is too narrow, and the
    test decides.

    Measured at 5%, before Holm's correction, on 10 classes unlike in difficulty with a trait that
    mistakes don't depend on: a direction in 4.8% of 10,000 draws of 360 images with 3% of mistakes
    (with DeLong's variance, 11.7% of 4,000), 4.9% of 10,000 of 360 with 10%, 5.3% of 10,000 of
    2,000 with 3%, and 5.0% of 4,000 of 10,000 with 15%. Where the middle is easiest, the mistakes
    spread wider than under no dependence, and a direction comes out too often: in 7.3% and 9.2%
    of 600 draws of 3,000 images of 5 classes, for log-odds of 0.6 and 1.2 times the trait's square.

    It is about one network's mistakes, and about association: what causes them is another
    question, and a trait may stand for another that goes with it.

    Args:
        mistaken: ``[n]``, whether each image was classified wrongly.
        labels: ``[n]``, integers of 0 or more.
        traits: ``[n]`` finite numbers under each trait's name.

    Returns:
        The classes' rates, and the effect of each trait that varies and of which some class has
        at least two images wrong and two right.

    Raises:
        ValueError: the lengths don't agree, or there are no images.

    Example:
        >>> brightness = np.tile(np.linspace(0, 1, 50), 2)
        >>> found = commonalities(brightness < 0.3, np.repeat([0, 1], 50), {"light": brightness})
        >>> found.traits[0].direction, found.traits[0].superiority, found.classes.differ
        (-1, 0.0, False)

    References:
        Vargha, A. and Delaney, H. D. (2000). A critique and improvement of the CL common
        language effect size statistics. Journal of Educational and Behavioral Statistics 25(2).
        van Elteren, P. H. (1960). On the combination of independent two-sample tests of
        Wilcoxon. Bulletin of the International Statistical Institute 37.
        DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under
        two or more correlated receiver operating characteristic curves. Biometrics 44(3).
        Cochran, W. G. (1954). Some methods for strengthening the common chi-square tests.
        Biometrics 10(4).
    """
    wrong = np.asarray(mistaken, bool)
    classes = np.asarray(labels)
    values = {name: np.asarray(trait, np.float64) for name, trait in traits.items()}
    if not len(wrong) or any(len(one) != len(wrong) for one in (classes, *values.values())):
        raise ValueError("`mistaken`, `labels` and `traits` must have as many images, one or more")
    found = [
        effect
        for name, trait in values.items()
        if (effect := _trait_effect(name, trait, wrong, classes)) is not None
    ]
    return Commonalities(_class_rates(wrong, classes), tuple(_corrected(found)))


def _trait_effect(
    name: str, trait: NDArray[np.float64], wrong: NDArray[np.bool_], labels: NDArray[np.int64]
) -> TraitEffect | None:
    """Return an effect whose p-values are not corrected yet; None where nothing can be said."""
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
    # Not by `mean.variance`: estimated from a few mistakes it is often far too low.
    away = abs(mean.estimate - 0.5) / np.sqrt(mean.null_variance) if mean.null_variance else 0.0
    p_direction = float(2 * norm.sf(away))
    p_shape = _homogeneity([(fifth.mistakes, fifth.images) for fifth in fifths])
    return TraitEffect(name, mean.estimate, low, high, p_direction, p_shape, fifths)


@dataclass(frozen=True)
class _Superiority:
    """A probability of superiority, averaged over the classes.

    Attributes:
        estimate: in ``[0, 1]``.
        variance: of the estimate, as it is estimated: DeLong's.
        null_variance: what it is if mistakes are any images of their class; 0 where all images
            of a class are equal.
        pairs: of images that it is worth, at least one.
    """

    estimate: float
    variance: float
    null_variance: float
    pairs: float


def _superiority(strata: list[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> _Superiority:
    """Return the mean over classes, each a pair of ``[n]``: the trait, and which are mistakes."""
    from scipy.stats import rankdata, tiecorrect

    weights, estimates, variances, null_variances, pairs = [], [], [], [], 0
    for trait, wrong in strata:
        mistakes, others = int(wrong.sum()), int((~wrong).sum())
        area, influences = area_under_curve(wrong, trait)
        weight = mistakes * others / (mistakes + others + 1)
        weights.append(weight)
        estimates.append(area)
        variances.append(float((influences**2).sum()))
        # Wilcoxon's, of the rank sum over mistakes * others.
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
    """Cut each class into fifths by the trait and put those of all classes together.

    So each fifth has the same share of every class, and a difference between them is none
    between classes. Equal values go to the same fifth.
    """
    from scipy.stats import rankdata

    places = np.zeros(len(trait), int)
    for label in np.unique(labels):
        inside = labels == label
        shares = (rankdata(trait[inside]) - 0.5) / inside.sum()
        places[inside] = np.minimum((_FIFTHS * shares).astype(int), _FIFTHS - 1)
    found = []
    for place in range(_FIFTHS):
        inside = places == place
        images, mistakes = int(inside.sum()), int(wrong[inside].sum())
        bounds = proportion_interval(mistakes, images)
        if bounds is not None:
            mean = float(trait[inside].mean())
            found.append(Fifth(place + 1, mean, images, mistakes, *bounds))
    return tuple(found)


def _class_rates(wrong: NDArray[np.bool_], labels: NDArray[np.int64]) -> ClassRates:
    present = [int(label) for label in np.unique(labels)]
    counts = [
        (int(wrong[labels == label].sum()), int((labels == label).sum())) for label in present
    ]
    bounds = [proportion_interval(*count) or [0.0, 1.0] for count in counts]
    return ClassRates(
        labels=tuple(present),
        rates=tuple(mistakes / images for mistakes, images in counts),
        lows=tuple(low for low, _ in bounds),
        highs=tuple(high for _, high in bounds),
        p_value=_homogeneity(counts),
    )


def _homogeneity(counts: list[tuple[int, int]]) -> float:
    """Return the p-value of one error rate, of ``(mistakes, images)`` of each group.

    It is 1 where there are too few to tell by chi-square: by Cochran's rule, where a count of
    less than 1 is expected somewhere, or of less than 5 in more than a fifth of the cells.
    """
    from scipy.stats import chi2_contingency
    from scipy.stats.contingency import expected_freq

    table = np.array([[mistakes, images - mistakes] for mistakes, images in counts])
    expected = expected_freq(table)
    if len(table) < 2 or expected.min() < 1 or (expected < 5).mean() > 0.2:
        return 1.0
    return float(chi2_contingency(table, correction=False).pvalue)


def _corrected(effects: list[TraitEffect]) -> list[TraitEffect]:
    from dataclasses import replace

    values = [value for one in effects for value in (one.p_direction, one.p_shape)]
    corrected = holm(values)
    return [
        replace(effect, p_direction=direction, p_shape=shape)
        for effect, direction, shape in zip(effects, corrected[::2], corrected[1::2], strict=True)
    ]
