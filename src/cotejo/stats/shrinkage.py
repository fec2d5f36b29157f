"""How much seeds move accuracy in a whole study, and so how far each spread can be trusted.

Three seeds say little about one alternative's spread. They say least about how small it may be by
chance, which is what matters in a correction for many comparisons. But a study has many
alternatives. Their spreads together tell how similar they are, and so how far each one may be
shrunk towards the others (empirical Bayes).

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

from cotejo.stats.answers import Answers, summarize_answers

__all__ = ["SpreadPrior", "spread_prior", "spread_prior_of_answers"]

_FEWEST_ALTERNATIVES = 3
"""The number of alternatives with several seeds below which no prior is estimated."""


@dataclass(frozen=True)
class SpreadPrior:
    """How much seeds move accuracy in a study as a whole.

    Attributes:
        variance: the variance of a seed's accuracy that the alternatives are shrunk towards.
        degrees: the degrees of freedom that it is worth; infinite where the alternatives' spreads
            differ no more than by chance.
        total_degrees: the degrees of freedom of all alternatives together, an upper limit for
            each one.
    """

    variance: float
    degrees: float
    total_degrees: float

    def shrink(self, variance: float, degrees: float) -> tuple[float, float]:
        """Return an alternative's variance shrunk towards the others', and its degrees."""
        if isinf(self.degrees):
            return self.variance, self.total_degrees
        total = self.degrees + degrees
        mean = (self.degrees * self.variance + degrees * variance) / total
        return mean, min(total, self.total_degrees)


def spread_prior(correct: Iterable[ArrayLike]) -> SpreadPrior | None:
    """Return the prior that the spreads of a study's alternatives give.

    Args:
        correct: for each alternative ``[seeds, images]``, whether each seed's model got each
            image right; alternatives with one seed have no spread and are left out.

    Returns:
        None for fewer than three alternatives with several seeds.

    Raises:
        ValueError: an alternative's answers have another shape.

    Example:
        >>> right = [[True] * 7 + [False] * 3, [True] * 6 + [False] * 4]
        >>> spread_prior([right, right, right]).degrees
        inf
    """
    return spread_prior_of_answers([summarize_answers(table) for table in correct])


def spread_prior_of_answers(alternatives: Sequence[Answers]) -> SpreadPrior | None:
    """Return the same as `spread_prior`, from answers already summarized."""
    from scipy.special import polygamma, psi

    several = [answers for answers in alternatives if answers.seeds > 1]
    if len(several) < _FEWEST_ALTERNATIVES:
        return None
    degrees = np.array([answers.seeds - 1.0 for answers in several])
    # Accuracies are multiples of one image, so a spread below that rounding is not known.
    spreads = np.array([max(answers.spread, answers.images**-2 / 12) for answers in several])
    # Around the logarithm of the true variance, that of an estimate has a known mean and variance.
    logs = np.log(spreads) - psi(degrees / 2) + np.log(degrees / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, degrees / 2).mean())
    if excess <= 0:
        pooled = float((degrees * spreads).sum() / degrees.sum())
        return SpreadPrior(pooled, inf, float(degrees.sum()))
    prior_degrees = 2 * _inverse_trigamma(excess)
    typical = exp(float(logs.mean()) + float(psi(prior_degrees / 2)) - log(prior_degrees / 2))
    return SpreadPrior(typical, prior_degrees, float(degrees.sum()))


def _inverse_trigamma(value: float) -> float:
    """Return where the trigamma function has this value, above 0, by Newton's method."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, x))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-9 * x:
            break
    return x
