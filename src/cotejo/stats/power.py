"""Power analysis: how many seeds, or images, would settle a difference of the observed size."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from cotejo.stats.difference import Difference

__all__ = ["MOST_SEEDS", "Needed", "needed"]

MOST_SEEDS = 1000
"""The largest number of seeds per side that is still useful advice."""


@dataclass(frozen=True)
class Needed:
    """How much data would settle a difference: seeds with the same images, or else images.

    Attributes:
        seeds: the number of seeds per side, 2 to 1000; of a cross-validation, the number of
            repetitions. None where no such number is enough, and with one seed per side, where
            the spread between seeds is unknown.
        images: the number of test images, only where ``seeds`` is None. With one seed per side,
            it is the number that would settle the difference of these two models; otherwise, the
            number needed with 1000 seeds per side. None where no number is enough, and of a
            cross-validation, where more images would train other networks.
    """

    seeds: int | None
    images: int | None


def needed(
    difference: Difference, margin: float = 0.0, power: float = 0.8, alpha: float = 0.05
) -> Needed:
    """Return how many seeds per side would detect a difference of the observed size.

    This is an estimate: it assumes that the observed difference and variances are the true ones.
    With n seeds per side, a true difference d is detected with the given power about where
    ``d² = (t(1 - alpha/2) + t(power))²·seed/n + (z(1 - alpha/2) + z(power))²·image``. More seeds
    make the seeds' part and its t quantiles smaller; the images' part stays the same.

    Args:
        difference: the observed difference.
        margin: the value that the difference should be told apart from.
        power: the probability of detecting it, in ``(0, 1)``.
        alpha: the two-sided level of the test, in ``(0, 1)``. To survive Holm's correction of m
            comparisons, a level of ``alpha / m`` is always enough.

    Raises:
        ValueError: ``power`` or ``alpha`` is out of its range.

    Example:
        >>> from cotejo.stats import scalar_difference
        >>> needed(scalar_difference([61.0, 64.0, 62.0], [63.0, 62.0, 67.0]))
        Needed(seeds=28, images=None)
    """
    for name, value in (("power", power), ("alpha", alpha)):
        if not 0 < value < 1:
            raise ValueError(f"`{name}` must be in (0, 1); received {value}")
    squared = (difference.estimate - margin) ** 2
    if squared == 0:
        return Needed(None, None)
    if difference.method in ("mcnemar", "single"):
        of_images = _variances_needed(np.array([np.inf]), power, alpha) * difference.image_variance
        return Needed(None, _images(difference, of_images[0] / squared))
    seeds = np.arange(2, MOST_SEEDS + 1)
    of_images = _variances_needed(np.array([np.inf]), power, alpha)[0] * difference.image_variance
    room = squared - _needed_for_seeds(difference, seeds, power, alpha)
    enough = np.flatnonzero(room >= of_images)
    if enough.size:
        return Needed(int(seeds[enough[0]]), None)
    if difference.method == "folds":
        return Needed(None, None)
    return Needed(None, _images(difference, of_images / room[-1]) if room[-1] > 0 else None)


def _needed_for_seeds(
    difference: Difference, seeds: NDArray[np.int64], power: float, alpha: float
) -> NDArray[np.float64]:
    """Return ``[n]``: for each number of seeds, their part of the squared difference needed."""
    first, second = difference.seeds
    present = 2 / (1 / first + 1 / second)
    degrees = _degrees(difference, present, seeds)
    return _variances_needed(degrees, power, alpha) * difference.seed_variance * present / seeds


def _degrees(
    difference: Difference, present: float, seeds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return ``[n]``: for each number of seeds, the degrees of freedom of their part."""
    if difference.method == "folds":
        # One less than there are parts in all repetitions.
        return np.asarray((difference.degrees + 1) / present * seeds - 1, np.float64)
    # Welch's degrees of freedom are between one and two times those of one side, and grow with
    # them. The rest come from other alternatives, and don't depend on the number of seeds.
    sides = min(max(difference.degrees / (present - 1), 1.0), 2.0)
    others = max(difference.degrees - sides * (present - 1), 0.0)
    return np.asarray(others + sides * (seeds - 1), np.float64)


def _variances_needed(
    degrees: NDArray[np.float64], power: float, alpha: float
) -> NDArray[np.float64]:
    """Return ``[n]``: for each number of degrees, the squared difference needed, in variances."""
    from scipy.special import stdtrit

    quantiles = stdtrit(degrees, 1 - alpha / 2) + stdtrit(degrees, power)
    # A power below the level needs no data at all.
    return np.asarray(np.maximum(quantiles, 0.0) ** 2, np.float64)


def _images(difference: Difference, times: float) -> int | None:
    """Return the present number of images times ``times``: their part shrinks in proportion."""
    return ceil(difference.images * times) if difference.images else None
