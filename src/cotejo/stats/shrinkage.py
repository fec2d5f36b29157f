"""Variances that borrow strength: how much seeds move a figure, learned from a whole study.

Three seeds say little about one alternative's spread. They say least about how small it may be by
chance, which is what matters where many differences are judged. But a study has many
alternatives. Their spreads together tell how alike they are, and so how far each one may be drawn
towards the others (empirical Bayes). One alternative that is much wider than the rest must not
decide this: the most extreme spreads are pulled in before the others are learned from, and what
is wider than the others explain keeps more of its own spread.

References:
    Smyth, G. K. (2004). Linear models and empirical Bayes methods for assessing differential
    expression in microarray experiments. Statistical Applications in Genetics and Molecular
    Biology 3(1).
    Phipson, B., Lee, S., Majewski, I. J., Alexander, W. S., and Smyth, G. K. (2016). Robust
    hyperparameter estimation protects against hypervariable genes and improves power to detect
    differential expression. Annals of Applied Statistics 10(2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, inf, isinf, log

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spread", "SpreadPrior", "moderated_spreads", "spread_prior"]

FEWEST = 3
"""The number of spreads below which none borrows from the others."""

_PULLED_IN = 5
"""From this many spreads on, the widest tenth is pulled in, one at least."""

_SMALLEST = 1e-5
"""The smallest spread that counts, as a share of the median: smaller ones are rounding."""

_MOST_DEGREES = 1e4
"""The degrees of freedom from which on a prior is as good as certain."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How much seeds move one alternative's figure.

    Attributes:
        variance: of one seed's figure.
        degrees: its degrees of freedom; 0 for a single seed, whose variance says nothing.
    """

    variance: float
    degrees: float


@dataclass(frozen=True)
class SpreadPrior:
    """How much seeds move a figure in a study as a whole.

    Attributes:
        variance: what the spreads are drawn towards.
        degrees: the degrees of freedom that it is worth; infinite where the spreads differ no
            more than by chance.
    """

    variance: float
    degrees: float


def moderated_spreads(spreads: Sequence[Spread], smallest: float = 0.0) -> list[Spread]:
    """Return each spread drawn towards the others, with the degrees of freedom that it then has.

    Args:
        spreads: one per alternative, of the same figure.
        smallest: a variance below which spreads are rounding, such as that of one image.

    Returns:
        In the same order; a single seed gets the spread of the others. The spreads themselves,
        where fewer than three have several seeds, or none varies.

    Example:
        >>> spreads = [Spread(variance, 2.0) for variance in (1.0, 1.2, 0.9, 0.05)]
        >>> [round(spread.variance, 2) for spread in moderated_spreads(spreads)]
        [0.77, 0.84, 0.74, 0.45]
    """
    prior = spread_prior(spreads, smallest)
    if prior is None:
        return list(spreads)
    total = sum(spread.degrees for spread in spreads)
    return [
        _drawn(spread, Spread(prior.variance, degrees), total)
        for spread, degrees in zip(spreads, _borrowed(prior, spreads), strict=True)
    ]


def spread_prior(spreads: Sequence[Spread], smallest: float = 0.0) -> SpreadPrior | None:
    """Return what the spreads of a study's alternatives have in common, as `moderated_spreads`.

    It has the mean and the variance of the spreads' logarithms, where they are distributed as
    scaled F values. Of five or more, the widest tenth counts no more than the widest of the rest,
    and of twenty or more the narrowest twentieth no less than the narrowest of the rest; what is
    expected of the logarithms is pulled in in the same way.

    Returns:
        None where fewer than three alternatives have several seeds, or where most don't vary.

    Example:
        >>> prior = spread_prior([Spread(1.0, 2.0), Spread(1.2, 2.0), Spread(0.9, 2.0)])
        >>> round(prior.variance, 2), prior.degrees
        (1.03, inf)
    """
    from scipy.special import polygamma, psi

    known = [spread for spread in spreads if spread.degrees > 0]
    variances, degrees = np.array([(s.variance, s.degrees) for s in known]).reshape(-1, 2).T
    middle = float(np.median(variances)) if len(known) >= FEWEST else 0.0
    if middle <= 0:
        return None
    variances = np.maximum(variances, max(smallest, _SMALLEST * middle))
    # Around the logarithm of the true variance, that of an estimate has a known mean.
    logs = np.sort(np.log(variances) - psi(degrees / 2) + np.log(degrees / 2))
    above, below = _pulled_in(len(logs))
    logs = np.clip(logs, logs[below], logs[-1 - above])
    tails = ((below + 0.5) / len(logs) if below else 0.0, (above + 0.5) / len(logs) if above else 0)
    # Most alternatives have as many seeds; otherwise those of typical seeds stand for all.
    typical = float(2 * _inverse_trigamma(float(polygamma(1, degrees / 2).mean())))
    prior = _degrees_of(float(logs.var(ddof=1)), typical, tails)
    expected, _ = _expected(typical, prior, tails)
    found = SpreadPrior(exp(float(logs.mean()) - expected), prior)
    if not isinf(prior):
        return found
    # All the same: their mean is known better than that of their logarithms.
    weights = _alike(found, known) * degrees
    return SpreadPrior(float((weights * variances).sum() / weights.sum()), inf)


def _pulled_in(count: int) -> tuple[int, int]:
    """Return how many of the widest and of the narrowest spreads are pulled in."""
    return (max(count // 10, 1) if count >= _PULLED_IN else 0), count // 20


def _degrees_of(variance: float, degrees: float, tails: tuple[float, float]) -> float:
    """Return the prior's degrees of freedom at which logarithms vary that much."""
    from scipy.optimize import brentq

    def excess(power: float) -> float:
        return _expected(degrees, exp(power), tails)[1] - variance

    if _expected(degrees, inf, tails)[1] >= variance or excess(log(_MOST_DEGREES)) >= 0:
        return inf
    lowest = log(0.1)
    return (
        exp(float(brentq(excess, lowest, log(_MOST_DEGREES), xtol=1e-3)))
        if excess(lowest) > 0
        else 0.1
    )


def _expected(degrees: float, prior: float, tails: tuple[float, float]) -> tuple[float, float]:
    """Return the mean and the variance of a spread's logarithm, less that of the prior's variance.

    Args:
        degrees: of the spread.
        prior: those of the prior; infinite for one that is certain.
        tails: the shares of the narrowest and of the widest that are pulled in.
    """
    from scipy.special import chdtri, fdtri, polygamma, psi

    if tails == (0.0, 0.0):
        # A prior's variance is the inverse of a chi-squared variable.
        if isinf(prior):
            return 0.0, float(polygamma(1, degrees / 2))
        mean = log(prior / 2) - float(psi(prior / 2))
        return mean, float(polygamma(1, degrees / 2) + polygamma(1, prior / 2))
    shares, weights = _nodes()
    shares = np.clip(shares, tails[0], 1 - tails[1])
    if isinf(prior):
        ratios = chdtri(degrees, 1 - shares) / degrees
    else:
        ratios = fdtri(degrees, prior, shares)
    logs = np.log(ratios) - psi(degrees / 2) + log(degrees / 2)
    mean = float((weights * logs).sum())
    return mean, float((weights * (logs - mean) ** 2).sum())


@cache
def _nodes() -> tuple[Array, Array]:
    """Return shares in (0, 1) and their weights, to integrate over a distribution's quantiles."""
    nodes, weights = np.polynomial.legendre.leggauss(32)
    return (nodes + 1) / 2, weights / 2


def _alike(prior: SpreadPrior, spreads: Sequence[Spread]) -> Array:
    """Return, in [0, 1], how well each spread fits the others: below 1 where it is too wide.

    The chance of a spread so wide is set against half a spread of so many, which is what is
    expected of the widest.
    """
    return np.minimum(2 * len(spreads) * _chances(prior, spreads), 1.0)


def _chances(prior: SpreadPrior, spreads: Sequence[Spread]) -> Array:
    """Return how often a spread is so wide or wider, were it like the others."""
    from scipy.special import chdtrc, fdtrc

    variances, degrees = np.array([(s.variance, s.degrees) for s in spreads]).T
    ratios = variances / prior.variance
    if isinf(prior.degrees):
        return np.asarray(chdtrc(degrees, degrees * ratios), np.float64)
    return np.asarray(fdtrc(degrees, prior.degrees, ratios), np.float64)


def _borrowed(prior: SpreadPrior, spreads: Sequence[Spread]) -> list[float]:
    """Return how many degrees of freedom each spread borrows: fewer where it is too wide for it.

    The widest borrows as many as make a spread of its width no rarer than one of two; the others
    lie between it and those that fit, and a wider one never borrows more.
    """
    from scipy.special import fdtrc

    known = [spread for spread in spreads if spread.degrees > 0]
    most = min(prior.degrees, sum(spread.degrees for spread in known))
    borrowed = dict.fromkeys(range(len(spreads)), most)
    places = [place for place, spread in enumerate(spreads) if spread.degrees > 0]
    alike, chances = _alike(prior, known), np.maximum(_chances(prior, known), 1e-300)
    if (alike < 1).any():
        widest = int(chances.argmin())
        fewest = log(0.5) / log(min(chances[widest], 0.5)) * most
        ratio = known[widest].variance / prior.variance
        chance = float(fdtrc(known[widest].degrees, fewest, ratio))
        fewest = min(log(0.5) / log(min(max(chance, 1e-300), 0.5)) * fewest, most)
        order = chances.argsort(kind="stable")
        drawn = np.maximum.accumulate((alike * most + (1 - alike) * fewest)[order])
        borrowed |= {places[which]: float(value) for which, value in zip(order, drawn, strict=True)}
    return list(borrowed.values())


def _drawn(own: Spread, prior: Spread, total: float) -> Spread:
    degrees = prior.degrees + own.degrees
    variance = (prior.degrees * prior.variance + own.degrees * own.variance) / degrees
    return Spread(variance, min(degrees, total))


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
