"""How many seeds, or images, would settle a difference of the size observed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from cotejo.compare.difference import Difference

__all__ = ["MOST_SEEDS", "Needed", "needed"]

MOST_SEEDS = 1000
"""The largest number of seeds a side that is worth telling anyone."""


@dataclass(frozen=True)
class Needed:
    """What would settle a difference: seeds a side with the same images, or else images.

    Attributes:
        seeds: seeds a side, 2 to 1000; None where no such number of them would, and for one
            seed a side, where how much seeds vary isn't known.
        images: test images, only where ``seeds`` is None: for one seed a side, as many as would
            settle the difference of these two models; else as many as even the most seeds need.
            None where no number would.
    """

    seeds: int | None
    images: int | None


def needed(
    difference: Difference, margin: float = 0.0, power: float = 0.8, alpha: float = 0.05
) -> Needed:
    """Return how many seeds a side would find a difference of the size observed.

    An estimate: it takes the difference and the variances observed for the true ones. With n
    seeds a side, a true difference d is found with the given power about where
    ``d² = (t(1 - alpha/2) + t(power))²·seed/n + (z(1 - alpha/2) + z(power))²·image``: the seeds'
    part shrinks with n, and its t quantiles with it; the images' part stays, as the images do.

    Args:
        difference: as it was observed.
        margin: what the difference is to be told from.
        power: how likely it is to be found then, in ``(0, 1)``.
        alpha: the two-sided level of the test, in ``(0, 1)``. To stand Holm's correction of m
            comparisons, a level of ``alpha / m`` always suffices.

    Raises:
        ValueError: ``power`` or ``alpha`` is out of its range.

    Example:
        >>> from cotejo.compare import scalar_difference
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
        asked = _reach(np.array([np.inf]), power, alpha) * difference.image_variance
        return Needed(None, _images(difference, asked[0] / squared))
    seeds = np.arange(2, MOST_SEEDS + 1)
    of_images = _reach(np.array([np.inf]), power, alpha)[0] * difference.image_variance
    room = squared - _asked_by_seeds(difference, seeds, power, alpha)
    enough = np.flatnonzero(room >= of_images)
    if enough.size:
        return Needed(int(seeds[enough[0]]), None)
    return Needed(None, _images(difference, of_images / room[-1]) if room[-1] > 0 else None)


def _asked_by_seeds(
    difference: Difference, seeds: NDArray[np.int64], power: float, alpha: float
) -> NDArray[np.float64]:
    """Return ``[n]``, what the seeds' part asks of the squared difference, of each number."""
    first, second = difference.seeds
    present = 2 / (1 / first + 1 / second)
    # Welch's degrees of freedom are between one and two times those of a side, and grow with
    # them; those that come from other alternatives are there whatever the seeds.
    sides = min(max(difference.degrees / (present - 1), 1.0), 2.0)
    others = max(difference.degrees - sides * (present - 1), 0.0)
    degrees = np.asarray(others + sides * (seeds - 1), np.float64)
    return _reach(degrees, power, alpha) * difference.seed_variance * present / seeds


def _reach(degrees: NDArray[np.float64], power: float, alpha: float) -> NDArray[np.float64]:
    """Return ``[n]``, how many variances the squared difference has to be, of each number."""
    from scipy.special import stdtrit

    quantiles = stdtrit(degrees, 1 - alpha / 2) + stdtrit(degrees, power)
    # A power below the level itself asks for nothing.
    return np.asarray(np.maximum(quantiles, 0.0) ** 2, np.float64)


def _images(difference: Difference, times: float) -> int | None:
    """Return so many times the images there are: their part shrinks with their number."""
    return ceil(difference.images * times) if difference.images else None
