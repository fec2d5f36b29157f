"""Cotejo's intervals and the other methods it is compared with, for many studies at once.

Half widths and p-values are arrays over the simulated studies. Cotejo's are computed here by the
same formulas as in `cotejo.stats`, and `coverage.py` checks that the numbers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr, ndtri, stdtrit

Array = NDArray[np.float64]

Z = float(ndtri(0.975))
COTEJO, OTHER, SATTERTHWAITE, SEEDS_ALONE, IMAGES_ALONE, BOOTSTRAP = METHODS = (
    "Cotejo",
    "luck on the other side",
    "Satterthwaite",
    "t over seeds alone",
    "images alone",
    "hierarchical bootstrap",
)


@dataclass(frozen=True)
class Parts:
    """The estimate and the parts of its variance, from which intervals follow; each ``[repeats]``.

    The seeds' luck with single images can be counted in either of the two parts.

    Attributes:
        estimate: a mean accuracy, or a difference of two.
        seed: the seeds' part, as Cotejo counts it.
        degrees: the degrees of freedom of ``seed``.
        image: the images' part, as Cotejo counts it.
        other: the same three with the luck in the other part.
        observed: the variance of the seeds' means, including the luck.
        observed_degrees: the degrees of freedom of ``observed``.
        over_images: the variance over the images, including the luck.
    """

    estimate: Array
    seed: Array
    degrees: Array
    image: Array
    other: tuple[Array, Array, Array]
    observed: Array
    observed_degrees: Array
    over_images: Array


def mean_parts(counts: Array, images: int) -> Parts:
    """Return the parts of a mean accuracy, from joint counts ``[repeats, seeds, seeds]``."""
    estimate, spread, image, residual = _variance_parts(counts, images)
    seeds = counts.shape[1]
    degrees = np.full_like(estimate, max(seeds - 1, 1))
    observed, over_images = spread / seeds, image / images
    luck = np.minimum(residual / (seeds * images), observed)
    without = np.maximum(over_images - luck, estimate * (1 - estimate) / (seeds * images))
    with_seeds = observed, degrees, without
    with_images = np.maximum(observed - luck, 0), degrees, without + luck
    own, other = (with_images, with_seeds) if seeds > 2 else (with_seeds, with_images)
    return Parts(estimate, *own, other, observed, degrees, over_images)


def difference_parts(counts: Array, images: int) -> Parts:
    """Return the parts of a difference: the first half of the rows minus the second half."""
    seeds = counts.shape[1] // 2
    first = _variance_parts(counts[:, :seeds, :seeds], images)
    second = _variance_parts(counts[:, seeds:, seeds:], images)
    estimate = first[0] - second[0]
    sign = np.repeat([1.0, -1.0], seeds) / seeds
    added, more = 2.0, images + 2
    squares = np.einsum("rij,i,j->r", counts, sign, sign) + added
    over_images = (squares / more - (estimate * images / more) ** 2) / more
    observed = first[1] / seeds, second[1] / seeds
    lucks = first[3] / (seeds * images), second[3] / (seeds * images)
    without = [np.maximum(spread - luck, 0) for spread, luck in zip(observed, lucks, strict=True)]
    degrees = _welch(*observed, max(seeds - 1, 1))
    return Parts(
        estimate,
        sum(observed),
        degrees,
        np.maximum(over_images - np.minimum(sum(lucks), sum(observed)), added / more**2),
        (sum(without), _welch(*without, max(seeds - 1, 1)), over_images),
        sum(observed),
        degrees,
        over_images,
    )


def half_width(parts: Parts, alpha: float) -> Array:
    """Return half the width of Cotejo's interval with error probability ``alpha``."""
    return _half_width(parts.seed, parts.degrees, parts.image, alpha)


def half_widths(parts: Parts) -> dict[str, Array]:
    """Return half the width of the 95% interval of each method except the bootstrap."""
    t = stdtrit(parts.observed_degrees, 0.975)
    total = parts.seed + parts.image
    # Without a seeds' part the degrees of freedom would be infinite.
    share = np.maximum(parts.seed / total, 1e-4)
    return {
        COTEJO: half_width(parts, 0.05),
        OTHER: _half_width(*parts.other, 0.05),
        SATTERTHWAITE: stdtrit(parts.degrees / share**2, 0.975) * np.sqrt(total),
        SEEDS_ALONE: t * np.sqrt(parts.observed),
        IMAGES_ALONE: Z * np.sqrt(parts.over_images),
    }


def p_values(parts: Parts) -> Array:
    """Return Cotejo's p-values against 0, by the same bisection."""
    low = np.zeros_like(parts.estimate)
    high = np.minimum(np.abs(parts.estimate) / np.sqrt(parts.seed + parts.image), 37.0)
    for _ in range(50):
        middle = (low + high) / 2
        t = stdtrit(parts.degrees, ndtr(-middle))
        too_far = t**2 * parts.seed + middle**2 * parts.image > parts.estimate**2
        low, high = np.where(too_far, low, middle), np.where(too_far, middle, high)
    return 2 * ndtr(-low)


def mcnemar_p_values(counts: Array) -> Array:
    """Return the exact p-values of two models, from joint counts ``[repeats, 2, 2]``."""
    only_first, only_second = (counts[:, i, i] - counts[:, 0, 1] for i in (0, 1))
    either = only_first + only_second
    return np.minimum(2 * bdtr(np.minimum(only_first, only_second), either.astype(int), 0.5), 1)


def wilson_bounds(estimate: Array, half: Array) -> tuple[Array, Array]:
    """Return the bounds of an accuracy whose plain interval has this half width."""
    c = half**2 / (estimate * (1 - estimate))
    reach = np.sqrt(estimate * (1 - estimate) * c + c**2 / 4)
    return (estimate + c / 2 - reach) / (1 + c), (estimate + c / 2 + reach) / (1 + c)


def bootstrap_bounds(
    counts: Array, images: int, sides: int, generator: np.random.Generator, resamples: int = 400
) -> tuple[Array, Array]:
    """Return bootstrap percentiles of means (one side) or of differences (two sides).

    The seeds are resampled. The mean over the many images is then drawn from its normal
    distribution, with the variance over images of the resampled seeds.
    """
    repeats, rows, _ = counts.shape
    seeds = rows // sides
    weights = [
        generator.multinomial(seeds, [1 / seeds] * seeds, (repeats, resamples)) / seeds
        for _ in range(sides)
    ]
    weight = np.concatenate([weights[0], *(-side for side in weights[1:])], axis=2)
    means = np.einsum("rii->ri", counts) / images
    covariance = counts / images - means[:, :, None] * means[:, None, :]
    centre = (weight @ means[:, :, None])[..., 0]
    variance = np.maximum(((weight @ covariance) * weight).sum(axis=2), 0) / images
    resampled = centre + np.sqrt(variance) * generator.standard_normal(centre.shape)
    low, high = np.quantile(resampled, (0.025, 0.975), axis=1)
    return low, high


def _variance_parts(counts: Array, images: int) -> tuple[Array, Array, Array, Array]:
    """Return the accuracy, the variances of seeds' and of images' means, and the residual."""
    seeds = counts.shape[1]
    means = np.einsum("rii->ri", counts) / images
    accuracy = means.mean(axis=1)
    # The squares of the images' means add up to the joint counts of all pairs of seeds.
    between_images = counts.mean(axis=(1, 2)) / images - accuracy**2
    image = between_images * images / (images - 1)
    if seeds == 1:
        return accuracy, np.zeros_like(accuracy), between_images, np.zeros_like(accuracy)
    between_seeds = ((means - accuracy[:, None]) ** 2).mean(axis=1)
    left = accuracy * (1 - accuracy) - between_seeds - between_images
    residual = np.maximum(left, 0) * seeds * images / ((seeds - 1) * (images - 1))
    return accuracy, between_seeds * seeds / (seeds - 1), image, residual


def _half_width(seed: Array, degrees: Array, image: Array, alpha: float) -> Array:
    t, z = stdtrit(degrees, 1 - alpha / 2), ndtri(1 - alpha / 2)
    return np.sqrt(t**2 * seed + z**2 * image)


def _welch(first: Array, second: Array, degrees: int) -> Array:
    total = first + second
    shares = (first**2 + second**2) / np.where(total > 0, total, 1) ** 2
    return degrees / np.where(total > 0, shares, 0.5)
