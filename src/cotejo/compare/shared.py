"""What a study's alternatives have in common: how much seeds move their accuracy.

Three seeds say little about one alternative's spread, and least about how small it can be by
chance, which is what a correction for many comparisons asks. But a study has many alternatives.
The spreads of all of them say how alike they are, and so how far each may be drawn to the others'.

References:
    Smyth, G. K. (2004). Linear models and empirical Bayes methods for assessing differential
    expression in microarray experiments. Statistical Applications in Genetics and Molecular
    Biology 3(1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, isinf, log

import numpy as np
from numpy.typing import ArrayLike

from cotejo.compare.answers import Answers, take_apart

__all__ = ["Shared", "shared_spread", "spread_of_study"]

_FEWEST = 3
"""Alternatives of several seeds that there have to be."""


@dataclass(frozen=True)
class Shared:
    """How much seeds move accuracy in a study at large.

    Attributes:
        variance: the variance of a seed's accuracy that alternatives are drawn to.
        degrees: how many degrees of freedom it is worth: infinite where the spreads differ by no
            more than chance would have it.
        most: the degrees of freedom of all alternatives together, which none can exceed.
    """

    variance: float
    degrees: float
    most: float

    def drawn(self, variance: float, degrees: float) -> tuple[float, float]:
        """Return an alternative's variance drawn to the others', and its degrees of freedom."""
        if isinf(self.degrees):
            return self.variance, self.most
        total = self.degrees + degrees
        mean = (self.degrees * self.variance + degrees * variance) / total
        return mean, min(total, self.most)


def spread_of_study(correct: Iterable[ArrayLike]) -> Shared | None:
    """Return what the alternatives' spreads have in common, where there are enough of them.

    Args:
        correct: of each alternative ``[seeds, images]``, whether each seed's model got each image
            right; those of one seed have no spread.

    Returns:
        None for fewer than three alternatives with several seeds.

    Raises:
        ValueError: an alternative's answers have another shape.

    Example:
        >>> right = [[True] * 7 + [False] * 3, [True] * 6 + [False] * 4]
        >>> spread_of_study([right, right, right]).degrees
        inf
    """
    return shared_spread([take_apart(table) for table in correct])


def shared_spread(answers: Sequence[Answers]) -> Shared | None:
    """Return what `spread_of_study` does, of answers already taken apart."""
    from scipy.special import polygamma, psi

    several = [one for one in answers if one.seeds > 1]
    if len(several) < _FEWEST:
        return None
    degrees = np.array([one.seeds - 1.0 for one in several])
    # Accuracies are multiples of one image: nothing below a rounding of that is known.
    spreads = np.array([max(one.spread, one.images**-2 / 12) for one in several])
    # The logarithm of an estimated variance has a known mean and variance about the true one's.
    logs = np.log(spreads) - psi(degrees / 2) + np.log(degrees / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, degrees / 2).mean())
    if excess <= 0:
        pooled = float((degrees * spreads).sum() / degrees.sum())
        return Shared(pooled, inf, float(degrees.sum()))
    prior = 2 * _inverse_trigamma(excess)
    typical = exp(float(logs.mean()) + float(psi(prior / 2)) - log(prior / 2))
    return Shared(typical, prior, float(degrees.sum()))


def _inverse_trigamma(value: float) -> float:
    """Return where the trigamma function has this value, above 0, by Newton's method."""
    from scipy.special import polygamma

    found = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, found))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, found))
        found += step
        if abs(step) < 1e-9 * found:
            break
    return found
