"""How many seeds, or images, make an interval narrow enough to settle a comparison anyway."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from cotejo.stats.difference import Difference
from cotejo.stats.verdicts import OWN_ERROR, Judged

__all__ = ["MOST_SEEDS", "Needed", "needed", "reachable"]

MOST_SEEDS = 1000
"""The largest number of seeds per side that is still useful advice."""

_IMAGE_VARIANCE = 0.02
"""What one image adds to the variance of a difference of two networks: of those measured in
docs/coverage.md, 0.14 points of 10,000 images."""


@dataclass(frozen=True)
class Needed:
    """How much data settles a comparison whatever its difference is.

    Attributes:
        seeds: the number of seeds per side, 2 to 1000; of a cross-validation, the number of
            repetitions. None where no such number is enough.
        images: the number of test images, only where ``seeds`` is None and it is the images that
            are too few.
    """

    seeds: int | None
    images: int | None


def needed(tested: Judged, error: float = OWN_ERROR) -> Needed:
    """Return how many seeds per side make the interval narrower than the margin.

    So many settle the comparison whatever the true difference is, because an interval narrower
    than the margin can't reach from the line to the margin. They are often fewer: the farther the
    difference lies from the line and the margin, the sooner it is settled. The number does not
    use the measured difference, from which it would say nearly nothing, but only the variances.

    Args:
        tested: the comparison, with its margin.
        error: the share of error of its interval, in ``(0, 0.05]``.

    Example:
        >>> from cotejo.stats import scalar_difference
        >>> seconds = scalar_difference([61.0, 64.0, 62.0], [63.0, 62.0, 67.0])
        >>> needed(Judged(seconds, seconds, margin=6.0))
        Needed(seeds=6, images=None)
    """
    if tested.margin == inf or tested.open_below or tested.open_above:
        return Needed(None, None)
    both = ((tested.difference, error), (tested.own, OWN_ERROR))
    if any(not difference.covers_training for difference, _ in both):
        return Needed(None, None)
    seeds = np.arange(2, MOST_SEEDS + 1)
    room = (tested.margin / 2) ** 2
    enough = np.all([_squares(*each, seeds) < room for each in both], axis=0)
    if enough.any():
        return Needed(int(seeds[enough.argmax()]), None)
    widest = max(float(_squares(*each, seeds)[-1]) for each in both)
    images = tested.difference.images
    if not images or tested.difference.method == "folds":
        return Needed(None, None)
    return Needed(None, ceil(images * widest / room))


def reachable(images: int, error: float = OWN_ERROR) -> float:
    """Return the smallest margin, as a fraction, that so many test images are likely to settle.

    However many seeds there are, the sample of images leaves an interval of a difference that
    wide, where two networks disagree about as many images as those that Cotejo was measured on.

    Example:
        >>> round(reachable(10_000), 4), round(reachable(200), 3)
        (0.0055, 0.039)
    """
    from scipy.special import ndtri

    return float(2 * ndtri(1 - error / 2) * (_IMAGE_VARIANCE / images) ** 0.5)


def _squares(difference: Difference, error: float, seeds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ``[n]``: for each number of seeds, the square of half the interval's width."""
    from scipy.special import ndtri, stdtrit

    first, second = difference.seeds
    present = 2 / (1 / first + 1 / second)
    of_seeds = difference.seed_variance * present / seeds
    t = stdtrit(_degrees(difference, present, seeds), 1 - error / 2)
    return np.asarray(t**2 * of_seeds + ndtri(1 - error / 2) ** 2 * difference.image_variance)


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
