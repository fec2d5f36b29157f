"""Two classes by a threshold: ROC and precision–recall curves, their bands, and the threshold.

One of the two classes is called positive. An image is taken for it where its probability reaches
a threshold; the curves say what each threshold does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import Interval

__all__ = [
    "Band",
    "Curve",
    "average_precision",
    "band_width",
    "curve",
    "precision_band",
    "roc_band",
    "youden_threshold",
]

Floats = NDArray[np.float64]

_CONFIDENCE = 0.95
_DRAWS = 1000
_AT_ONCE = 2_000_000
"""How many numbers the bootstrap keeps in memory at a time."""


@dataclass(frozen=True)
class Curve:
    """What each threshold does to the images of one split, from the highest threshold down.

    Attributes:
        thresholds: ``[t]``, descending: each probability that an image has, after infinity, which
            no image reaches.
        true_positives: ``[t]``, how many positive images reach each threshold.
        false_positives: ``[t]``, how many negative ones do.
    """

    thresholds: Floats
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]

    @property
    def positives(self) -> int:
        """How many images are positive."""
        return int(self.true_positives[-1])

    @property
    def negatives(self) -> int:
        """How many images are negative."""
        return int(self.false_positives[-1])

    @property
    def sensitivity(self) -> Floats:
        """The share of the positive images that reach each threshold: the recall, ``[t]``."""
        return self.true_positives / self.positives

    @property
    def false_positive_rate(self) -> Floats:
        """The share of the negative images that reach each threshold, ``[t]``."""
        return self.false_positives / self.negatives

    @property
    def precision(self) -> Floats:
        """The share of positive ones among the images that reach each threshold, ``[t]``.

        It is 1 where no image does, as in scikit-learn.
        """
        reached = self.true_positives + self.false_positives
        return np.where(reached > 0, self.true_positives / np.maximum(reached, 1), 1.0)


@dataclass(frozen=True)
class Band:
    """The lower and the upper bound of a curve at some places of its horizontal axis, ``[g]``."""

    low: Floats
    high: Floats


def curve(inside: NDArray[np.bool_], values: NDArray[np.floating]) -> Curve:
    """Return what each threshold does.

    Args:
        inside: ``[n]``, which images are positive; there are some of both classes.
        values: ``[n]``, each image's probability of the positive class.

    Raises:
        ValueError: all images are of one class.

    Example:
        >>> known = curve(np.array([True, False, True]), np.array([0.9, 0.6, 0.4]))
        >>> known.sensitivity.tolist(), known.false_positive_rate.tolist()
        ([0.0, 0.5, 0.5, 1.0], [0.0, 0.0, 1.0, 1.0])

    References:
        Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27(8).
    """
    if inside.all() or not inside.any():
        raise ValueError("`inside` must have images of both classes; received those of one")
    order = np.argsort(-values, kind="stable")
    ordered, positive = values[order].astype(np.float64), inside[order]
    # The last image of each probability: those of one probability reach a threshold together.
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    hits = np.cumsum(positive, dtype=np.int64)[ends]
    alarms = ends + 1 - hits
    return Curve(
        np.append(np.inf, ordered[ends]),
        np.append(0, hits).astype(np.int64),
        np.append(0, alarms).astype(np.int64),
    )


def band_width(images: int) -> float:
    """Return how far the share of a class that reaches a threshold may be off, at all thresholds.

    By the Dvoretzky–Kiefer–Wolfowitz inequality with Massart's constant. It holds for one class
    in the root of 95% of the samples, and so for both classes at once in 95%.

    Example:
        >>> round(band_width(500), 3)
        0.066

    References:
        Massart, P. (1990). The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality.
        Annals of Probability 18(3).
    """
    return sqrt(log(2 / (1 - sqrt(_CONFIDENCE))) / (2 * images))


def roc_band(known: Curve, rates: Floats) -> Band:
    """Return the band in which the whole ROC curve lies in at least 95% of the samples of images.

    It is simultaneous: it holds at all false positive rates at once. Wherever the true curve
    passes, some point of the measured one is no further away than `band_width` of either class.

    Args:
        known: the measured curve.
        rates: ``[g]``, the false positive rates at which the band is wanted, ascending.

    References:
        Campbell, G. (1994). Advances in statistical methodology for the evaluation of diagnostic
        and laboratory tests. Statistics in Medicine 13(5–7).
    """
    across, along = band_width(known.positives), band_width(known.negatives)
    measured, hits = known.false_positive_rate, known.sensitivity
    return Band(
        np.clip(_lowest(measured, hits, rates - along) - across, 0, 1),
        np.clip(_highest(measured, hits, rates + along) + across, 0, 1),
    )


def precision_band(known: Curve, recalls: Floats) -> Band:
    """Return the band in which the whole precision–recall curve lies in at least 95% of samples.

    It is the band of the ROC curve seen from the other side: at each recall it says which false
    positive rates are possible, and precision follows from both and from the share of positive
    images, which is taken as it is in these images.

    Args:
        known: the measured curve.
        recalls: ``[g]``, the recalls at which the band is wanted, above 0, ascending.
    """
    across, along = band_width(known.positives), band_width(known.negatives)
    measured, alarms = known.sensitivity, known.false_positive_rate
    fewest = np.clip(_lowest(measured, alarms, recalls - across) - along, 0, 1)
    most = np.clip(_highest(measured, alarms, recalls + across) + along, 0, 1)
    hits = recalls * known.positives
    return Band(hits / (hits + most * known.negatives), hits / (hits + fewest * known.negatives))


def _lowest(places: Floats, heights: Floats, at_least: Floats) -> Floats:
    """Return the lowest height of the points that lie at or right of each place, ``[g]``."""
    # A place may be right of a point by a rounding error alone.
    first = np.searchsorted(places, at_least - 1e-12, "left")
    return heights[np.minimum(first, len(places) - 1)]


def _highest(places: Floats, heights: Floats, at_most: Floats) -> Floats:
    """Return the highest height of the points that lie at or left of each place, ``[g]``."""
    last = np.searchsorted(places, at_most + 1e-12, "right") - 1
    return heights[np.maximum(last, 0)]


def average_precision(
    inside: NDArray[np.bool_], values: NDArray[np.floating], seed: int = 0
) -> Interval:
    """Return average precision with its 95% interval, by a bootstrap over the images.

    It is the mean precision over the positive images, each at the threshold of its own
    probability: the area under the precision–recall curve, in steps. The images of each class are
    drawn again by themselves, so that the share of positive ones, on which precision depends,
    stays. The interval is that of the percentiles of 1,000 such draws.

    Args:
        inside: as `curve`.
        values: as `curve`.
        seed: of the draws.

    Raises:
        ValueError: as `curve`.

    Example:
        >>> inside = np.array([True, False, True, False])
        >>> average_precision(inside, np.array([0.9, 0.8, 0.7, 0.1])).estimate.__round__(3)
        0.833

    References:
        Efron, B. and Tibshirani, R. J. (1993). An introduction to the bootstrap.
        Boyd, K., Eng, K. H. and Page, C. D. (2013). Area under the precision-recall curve: point
        estimates and confidence intervals. ECML PKDD.
    """
    known = curve(inside, values)
    hits = np.diff(known.true_positives)
    alarms = np.diff(known.false_positives)
    estimate = float(_mean_precision(hits[None], alarms[None])[0])
    generator = np.random.default_rng(seed)
    draws: list[Floats] = []
    at_once = max(1, min(_DRAWS, _AT_ONCE // len(hits)))
    for start in range(0, _DRAWS, at_once):
        size = min(at_once, _DRAWS - start)
        draws.append(
            _mean_precision(
                _drawn_again(hits, size, generator), _drawn_again(alarms, size, generator)
            )
        )
    low, high = np.quantile(np.concatenate(draws), [0.025, 0.975])
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate))


def _drawn_again(
    counts: NDArray[np.int64], size: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return how many images have each probability, ``[size, t]``, where they are drawn again."""
    places = np.repeat(np.arange(len(counts)), counts)
    chosen = places[generator.integers(0, len(places), (size, len(places)))]
    chosen += np.arange(size)[:, None] * len(counts)
    return np.bincount(chosen.ravel(), minlength=size * len(counts)).reshape(size, len(counts))


def _mean_precision(hits: NDArray[np.int64], alarms: NDArray[np.int64]) -> Floats:
    """Return average precision, ``[d]``, of images counted by probability, the highest first.

    Args:
        hits: ``[d, t]``, the positive images of each probability.
        alarms: ``[d, t]``, the negative ones.
    """
    positive = hits.cumsum(axis=1)
    reached = np.maximum(positive + alarms.cumsum(axis=1), 1)
    mean: Floats = (hits * (positive / reached)).sum(axis=1) / positive[:, -1]
    return mean


def youden_threshold(known: Curve) -> float:
    """Return the threshold of the largest sensitivity + specificity − 1 (Youden's J).

    It lies halfway between the lowest probability that still reaches it and the next one below.
    Of several thresholds that are equally good, it is the one nearest to one half.

    Example:
        >>> inside = np.array([True, True, False, False])
        >>> youden_threshold(curve(inside, np.array([0.9, 0.6, 0.2, 0.1])))
        0.4

    References:
        Youden, W. J. (1950). Index for rating diagnostic tests. Cancer 3(1).
    """
    gains = known.sensitivity - known.false_positive_rate
    lowest = known.thresholds
    # Above all images, and below all of them, a threshold is as good as 1 and as 0.
    above, below = np.minimum(lowest, 1.0), np.append(lowest[1:], 0.0)
    candidates = (above + below) / 2
    best = gains >= gains.max() - 1e-12
    nearest = np.abs(candidates[best] - 0.5).argmin()
    return float(candidates[best][nearest])
