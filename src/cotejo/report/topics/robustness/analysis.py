"""How robust the alternatives are: what their networks answer to corrupted test images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import CORRUPTED_TIMES, CORRUPTIONS
from cotejo.evaluate.intervals import NORMAL, effective_interval
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.stats import Interval, scalar_difference
from cotejo.stats.seeds_and_images import half_width
from cotejo.store import read_robustness

__all__ = [
    "AlternativeRobustness",
    "corruption_table",
    "difference_of",
    "mean_over_corruptions",
    "robustness",
]


@dataclass(frozen=True)
class AlternativeRobustness:
    """One alternative's answers to corrupted test images, over its finished seeds.

    Attributes:
        alternative: whose they are.
        clean: its mean accuracy on the same images as they are.
        mean: its mean corruption accuracy, with its 95% interval over seeds and images.
        table: ``[15, 5]``, its mean accuracy by corruption and severity.
        shares: ``[seeds, n]``, after what share of the 75 corruptions each image was got right.
    """

    alternative: AlternativeFacts
    clean: float
    mean: Interval
    table: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def images(self) -> int:
        """How many test images were corrupted."""
        return int(self.shares.shape[1])


@computed_once
def robustness(findings: Findings) -> list[AlternativeRobustness]:
    """Return one row per alternative all of whose runs were asked, on the same images.

    In the order of validation; none if no run was asked.

    Raises:
        OutputError: a ``robustness.json`` is damaged.
    """
    rows: list[AlternativeRobustness] = []
    for alternative in findings.ranked:
        known = [read_robustness(run) for run in alternative.finished]
        asked = [each for each in known if each is not None]
        if len(asked) == len(known) and len({each["images"] for each in asked}) == 1:
            rows.append(_of(alternative, asked))
    images = {row.images for row in rows}
    return rows if len(images) == 1 else []


def _of(alternative: AlternativeFacts, asked: Sequence[Mapping[str, Any]]) -> AlternativeRobustness:
    shares = np.array([each["right_of_75"] for each in asked], np.float64) / CORRUPTED_TIMES
    return AlternativeRobustness(
        alternative,
        float(np.mean([each["accuracy"] for each in asked])),
        mean_over_corruptions(shares),
        np.mean([corruption_table(each) for each in asked], axis=0),
        shares,
    )


def corruption_table(content: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the accuracies ``[15, 5]`` that a ``robustness.json`` holds."""
    return np.array([content["corruptions"][name] for name in CORRUPTIONS], np.float64)


def mean_over_corruptions(shares: NDArray[np.float64]) -> Interval:
    """Return the mean corruption accuracy with its 95% interval over seeds and images.

    An image's answers after different corruptions depend on each other, so that an image counts
    once, by the share of the corruptions after which it was got right. With one seed, the interval
    is over the images alone.

    Args:
        shares: ``[seeds, n]``, in ``[0, 1]``.

    Example:
        >>> interval = mean_over_corruptions(np.array([[0.5, 0.7, 0.9, 0.3]]))
        >>> round(interval.estimate, 2), 0.3 < interval.low < 0.6 < interval.high < 0.9
        (0.6, True)
    """
    seeds, images = shares.shape
    mean, by_image = float(shares.mean()), shares.mean(axis=0)
    of_images = float(by_image.var(ddof=1)) / images if images > 1 else 0.25
    if seeds == 1:
        low, high = effective_interval(mean, of_images, images) or (0.0, 1.0)
    else:
        of_seeds = float(shares.mean(axis=1).var(ddof=1)) / seeds
        half = half_width(of_seeds, seeds - 1.0, of_images, 0.95)
        low, high = max(mean - half, 0.0), min(mean + half, 1.0)
    return Interval(mean, min(low, mean), max(high, mean))


def difference_of(first: AlternativeRobustness, second: AlternativeRobustness) -> Interval:
    """Return the first's mean corruption accuracy minus the second's, on the same images.

    With its 95% interval over seeds and images; over the images alone where each has one seed.
    """
    by_image = first.shares.mean(axis=0) - second.shares.mean(axis=0)
    of_images = float(by_image.var(ddof=1)) / len(by_image) if len(by_image) > 1 else 1.0
    seeds = [row.shares.mean(axis=1).tolist() for row in (first, second)]
    if max(map(len, seeds)) > 1:
        difference = scalar_difference(seeds[0], seeds[1], of_images)
        return Interval(difference.estimate, difference.low, difference.high)
    estimate, half = float(by_image.mean()), NORMAL * sqrt(of_images)
    return Interval(estimate, estimate - half, estimate + half)
