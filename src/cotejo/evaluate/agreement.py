"""Which images are hard for every alternative and which for some, and how alike their mistakes are.

An alternative may have several seeds. A statement about two alternatives is about a network of
one and a network of the other, averaged over all such pairs; one about an alternative and itself
is about two different seeds of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import proportion_interval

__all__ = ["Agreement", "PairAgreement", "agreement", "stands_out"]

Answers = Mapping[str, NDArray[np.bool_]]


@dataclass(frozen=True)
class PairAgreement:
    """How alike two networks are, one of each alternative, in what they get right and wrong.

    Attributes:
        first, second: the alternatives; twice the same for two seeds of one.
        agreement: the share of the images that both get right or both get wrong.
        low, high: its 95% interval, Wilson's over the images.
        kappa: Cohen's: 0 where they agree as often as chance would have it, 1 where always;
            None where both are right, or wrong, on all images.
        error_overlap: of the images that one or the other gets wrong, the share that both do;
            None where there are none.
        first_rescued: of the images that ``first`` gets wrong, the share that ``second`` gets
            right; None where there are none.
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
        """Return the same with ``first`` and ``second`` changed over."""
        return replace(
            self,
            first=self.second,
            second=self.first,
            first_rescued=self.second_rescued,
            second_rescued=self.first_rescued,
        )


@dataclass(frozen=True)
class Agreement:
    """What a study's networks get right together.

    Attributes:
        networks: how many there are, every seed of every alternative.
        images: how many images there are.
        all_wrong: how many of them every network gets wrong.
        all_right: how many of them every network gets right.
        expected_all_wrong: how many would be wrong in every network if their mistakes were
            independent of each other.
        oracle: the accuracy of choosing for each image, with hindsight, among one network of
            each alternative: that of one that is right, where there is one.
        pairs: every two alternatives, and each one that has several seeds with itself, in the
            order given.
    """

    networks: int
    images: int
    all_wrong: int
    all_right: int
    expected_all_wrong: float
    oracle: float
    pairs: tuple[PairAgreement, ...]

    def between(self, first: str, second: str) -> PairAgreement | None:
        """Return the pair of two alternatives, the first one first; None where it is not there."""
        for pair in self.pairs:
            if (pair.first, pair.second) == (first, second):
                return pair
            if (pair.second, pair.first) == (first, second):
                return pair.reversed()
        return None


def agreement(correct: Answers) -> Agreement:
    """Return which images all networks get wrong, and how alike each two alternatives are.

    Args:
        correct: of each alternative, ``[seeds, n]``, whether each seed got an image right; one
            seed or more, and the same images in the same order.

    Raises:
        ValueError: there is no alternative, one without a seed, or their images differ in number.

    Example:
        >>> one, other = np.array([[1, 1, 0, 0]]) > 0, np.array([[1, 0, 1, 0]]) > 0
        >>> found = agreement({"one": one, "other": other})
        >>> found.all_wrong, found.all_right, found.oracle
        (1, 1, 0.75)
        >>> pair = found.pairs[0]
        >>> pair.agreement, pair.kappa, round(pair.error_overlap, 2)
        (0.5, 0.0, 0.33)

    References:
        Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and
        Psychological Measurement 20(1).
        On how alike the mistakes of networks are: Geirhos, R., Meding, K. and Wichmann, F. A.
        (2020). Beyond accuracy: quantifying trial-by-trial behaviour of CNNs and humans by
        measuring error consistency. arXiv 2006.16736.
    """
    shares = _shares(correct)
    means = np.stack(list(shares.values()))
    every = np.concatenate(list(correct.values()))
    images = means.shape[1]
    return Agreement(
        networks=len(every),
        images=images,
        all_wrong=int((~every.any(axis=0)).sum()),
        all_right=int(every.all(axis=0).sum()),
        expected_all_wrong=float(images * np.prod(1 - every.mean(axis=1))),
        oracle=float(1 - np.prod(1 - means, axis=0).mean()),
        pairs=tuple(
            _pair(first, second, correct)
            for first, second in combinations_with_replacement(correct, 2)
            if first != second or len(correct[first]) > 1
        ),
    )


def stands_out(correct: Answers, name: str, *, right: bool) -> NDArray[np.int64]:
    """Return the images that an alternative alone gets right, or alone gets wrong.

    With several seeds: it does in more than half of its seeds, and each other alternative in
    less than half of its own. Those where the difference is largest come first.

    Args:
        correct: as `agreement`.
        name: the alternative.
        right: which of the two.

    Returns:
        ``[m]`` positions; of one alternative alone, none.

    Example:
        >>> answers = {"a": np.array([[1, 1, 0]]) > 0, "b": np.array([[1, 0, 1]]) > 0}
        >>> stands_out(answers, "a", right=True), stands_out(answers, "a", right=False)
        (array([1]), array([2]))
    """
    shares = _shares(correct)
    own = shares.pop(name)
    if not shares:
        return np.zeros(0, np.int64)
    others = np.stack(list(shares.values()))
    if not right:
        own, others = 1 - own, 1 - others
    nearest = others.max(axis=0)
    found = np.flatnonzero((own > 0.5) & (nearest < 0.5))
    return found[np.argsort(-(own - nearest)[found], kind="stable")]


def _shares(correct: Answers) -> dict[str, NDArray[np.float64]]:
    """Return the share of each alternative's seeds that get an image right, ``[n]``."""
    shapes = {seeds.shape[1:] for seeds in correct.values()}
    if len(shapes) != 1 or shapes == {(0,)} or not all(map(len, correct.values())):
        raise ValueError("`correct` must have [seeds, images] of the same images, one or more")
    return {name: seeds.mean(axis=0) for name, seeds in correct.items()}


def _pair(first: str, second: str, correct: Answers) -> PairAgreement:
    wrong_first, wrong_second = ~correct[first], ~correct[second]
    both = _both_wrong(wrong_first, wrong_second, same=first == second)
    rate_first, rate_second = float(wrong_first.mean()), float(wrong_second.mean())
    either = rate_first + rate_second - both
    # Not below 0 by the arithmetic of floats.
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
    """Return the share of the images that a network of each gets wrong, over all such pairs."""
    if not same:
        return float((first.mean(axis=0) * second.mean(axis=0)).mean())
    # Pairs of two different seeds: each one's pair with itself is left out.
    seeds, counts = len(first), first.sum(axis=0)
    return float((counts * (counts - 1)).mean() / (seeds * (seeds - 1)))
