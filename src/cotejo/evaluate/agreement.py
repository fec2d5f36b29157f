"""How similar the networks' mistakes are: hard images for all, for some, and for one alone.

An alternative may have several seeds. A figure about two alternatives compares a network of one
with a network of the other, averaged over all such pairs. A figure about one alternative and
itself compares two different seeds of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import proportion_interval

__all__ = ["Agreement", "PairAgreement", "agreement", "distinctive_images"]

Answers = Mapping[str, NDArray[np.bool_]]
"""For each alternative ``[seeds, n]``, whether each seed got each image right."""


@dataclass(frozen=True)
class PairAgreement:
    """How similar two networks, one of each alternative, are in what they get right and wrong.

    Attributes:
        first, second: the alternatives; the same one twice for two seeds of it.
        agreement: the share of the images that both get right or both get wrong.
        low, high: the 95% interval of ``agreement``, Wilson's over the images.
        kappa: Cohen's kappa: 1 where they always agree, 0 where they agree as often as by chance;
            None where both are right on all images, or both wrong on all.
        error_overlap: the share that both get wrong, among the images that at least one gets
            wrong; None where there are no such images.
        first_rescued: the share that ``second`` gets right, among the images that ``first`` gets
            wrong; None where there are no such images.
        second_rescued: the same the other way round.
    """

    first: str
    second: str
    agreement: float
    low: float
    high: float
    kappa: float | None
    error_overlap: float | None
    first_rescued: float | None
    second_rescued: float | None

    def reversed(self) -> PairAgreement:
        """Return the same with ``first`` and ``second`` swapped."""
        return replace(
            self,
            first=self.second,
            second=self.first,
            first_rescued=self.second_rescued,
            second_rescued=self.first_rescued,
        )


@dataclass(frozen=True)
class Agreement:
    """What all the networks of a study get right and wrong together.

    Attributes:
        networks: the number of networks: every seed of every alternative.
        images: the number of images.
        all_wrong: the number of images that every network gets wrong.
        all_right: the number of images that every network gets right.
        expected_all_wrong: the number that every network would get wrong if the mistakes were
            independent of each other.
        oracle: the accuracy of a choice with hindsight: with one network of each alternative, an
            image counts as right where at least one of them is right.
        pairs: one entry per pair of alternatives, and one for each alternative with several
            seeds and itself, in the order given.
    """

    networks: int
    images: int
    all_wrong: int
    all_right: int
    expected_all_wrong: float
    oracle: float
    pairs: tuple[PairAgreement, ...]

    def between(self, first: str, second: str) -> PairAgreement | None:
        """Return the pair of two alternatives, in the order asked for; None if there is none."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (first, second):
                return pair
            if (pair.second, pair.first) == (first, second):
                return pair.reversed()
        return None


def agreement(correct: Answers) -> Agreement:
    """Return how many images all networks get wrong, and how similar each two alternatives are.

    Args:
        correct: for each alternative, ``[seeds, n]``, whether each seed got each image right;
            with one seed or more, and the same images in the same order.

    Raises:
        ValueError: there is no alternative, one has no seed, or their numbers of images differ.

    Example:
        >>> small, large = np.array([[1, 1, 0, 0]]) > 0, np.array([[1, 0, 1, 0]]) > 0
        >>> together = agreement({"small": small, "large": large})
        >>> together.all_wrong, together.all_right, together.oracle
        (1, 1, 0.75)
        >>> pair = together.pairs[0]
        >>> pair.agreement, pair.kappa, round(pair.error_overlap, 2)
        (0.5, 0.0, 0.33)

    References:
        Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and
        Psychological Measurement 20(1).
        On how similar the mistakes of networks are: Geirhos, R., Meding, K. and Wichmann, F. A.
        (2020). Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans by
        measuring error consistency. arXiv 2006.16736.
    """
    shares = _shares_right(correct)
    means = np.stack(list(shares.values()))
    networks = np.concatenate(list(correct.values()))
    images = means.shape[1]
    return Agreement(
        networks=len(networks),
        images=images,
        all_wrong=int((~networks.any(axis=0)).sum()),
        all_right=int(networks.all(axis=0).sum()),
        expected_all_wrong=float(images * np.prod(1 - networks.mean(axis=1))),
        oracle=float(1 - np.prod(1 - means, axis=0).mean()),
        pairs=tuple(
            _pair(first, second, correct)
            for first, second in combinations_with_replacement(correct, 2)
            if first != second or len(correct[first]) > 1
        ),
    )


def distinctive_images(correct: Answers, name: str, *, right: bool) -> NDArray[np.int64]:
    """Return the images that one alternative alone gets right, or alone gets wrong.

    With several seeds, more than half of its seeds do, and less than half of the seeds of each
    other alternative. The images with the largest difference come first.

    Args:
        correct: as in `agreement`.
        name: the alternative.
        right: True for the images that it alone gets right, False for those it alone gets wrong.

    Returns:
        ``[m]`` positions; empty where there is no other alternative.

    Example:
        >>> answers = {"a": np.array([[1, 1, 0]]) > 0, "b": np.array([[1, 0, 1]]) > 0}
        >>> distinctive_images(answers, "a", right=True)
        array([1])
        >>> distinctive_images(answers, "a", right=False)
        array([2])
    """
    shares = _shares_right(correct)
    own = shares.pop(name)
    if not shares:
        return np.zeros(0, np.int64)
    others = np.stack(list(shares.values()))
    if not right:
        own, others = 1 - own, 1 - others
    nearest = others.max(axis=0)
    positions = np.flatnonzero((own > 0.5) & (nearest < 0.5))
    return positions[np.argsort(-(own - nearest)[positions], kind="stable")]


def _shares_right(correct: Answers) -> dict[str, NDArray[np.float64]]:
    """Return for each alternative ``[n]``, the share of its seeds that get each image right."""
    shapes = {seeds.shape[1:] for seeds in correct.values()}
    if len(shapes) != 1 or shapes == {(0,)} or not all(map(len, correct.values())):
        raise ValueError("`correct` must have [seeds, images] of the same images, one or more")
    return {name: seeds.mean(axis=0) for name, seeds in correct.items()}


def _pair(first: str, second: str, correct: Answers) -> PairAgreement:
    wrong_first, wrong_second = ~correct[first], ~correct[second]
    both = _both_wrong(wrong_first, wrong_second, same=first == second)
    rate_first, rate_second = float(wrong_first.mean()), float(wrong_second.mean())
    either = rate_first + rate_second - both
    # Rounding may bring it below 0.
    agreed = max(1 - either + both, 0.0)
    by_chance = rate_first * rate_second + (1 - rate_first) * (1 - rate_second)
    images = wrong_first.shape[1]
    low, high = proportion_interval(agreed * images, images) or (0.0, 1.0)
    return PairAgreement(
        first=first,
        second=second,
        agreement=agreed,
        low=low,
        high=high,
        kappa=(agreed - by_chance) / (1 - by_chance) if by_chance < 1 else None,
        error_overlap=both / either if either > 0 else None,
        first_rescued=1 - both / rate_first if rate_first > 0 else None,
        second_rescued=1 - both / rate_second if rate_second > 0 else None,
    )


def _both_wrong(first: NDArray[np.bool_], second: NDArray[np.bool_], *, same: bool) -> float:
    """Return the share of the images that both networks get wrong, averaged over all pairs."""
    if not same:
        return float((first.mean(axis=0) * second.mean(axis=0)).mean())
    # Pairs of two different seeds: the pair of a seed with itself is left out.
    seeds, counts = len(first), first.sum(axis=0)
    return float((counts * (counts - 1)).mean() / (seeds * (seeds - 1)))
