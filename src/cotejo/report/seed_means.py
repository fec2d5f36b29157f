"""Figures that a run may lack, because an older Cotejo did not measure them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.stats import Interval
from cotejo.stats.seeds_and_images import half_width

__all__ = ["balanced_over_seeds", "mean_of", "over_seeds", "recorded", "tested"]

Bounds = Sequence[float] | None


def tested(alternative: AlternativeFacts, *names: str) -> list[float] | None:
    """Return a figure of ``metrics.json``'s test entry, one value per finished seed.

    Args:
        alternative: with a finished run.
        *names: where it is: ``"calibration", "ece"``.

    Returns:
        None where a run lacks it.
    """
    return _values((run.metrics["test"] for run in alternative.finished), names)


def recorded(alternative: AlternativeFacts, *names: str) -> list[float] | None:
    """Return a figure of ``run.json``, as `tested`."""
    return _values((run.record for run in alternative.finished), names)


def mean_of(values: Sequence[float] | None) -> float | None:
    """Return the mean; None of what is not there.

    Example:
        >>> mean_of([1.0, 2.0]), mean_of(None)
        (1.5, None)
    """
    return fmean(values) if values else None


def over_seeds(values: Sequence[float] | None, bounds: Sequence[Bounds]) -> Interval | None:
    """Return the mean over seeds and its 95% interval over seeds and images.

    Each seed's own interval is over the images alone. On either side, the half-width is the mean
    of the seeds' half-widths over the images, combined with the half-width over the seeds as if
    the two were independent: ``half² = t²·s²/n + half_of_images²``. Part of the luck with the
    images is the seeds' own and averages out in their mean, so that the interval of several seeds
    is a little too wide, which is the safe side.

    Args:
        values: one value per seed, in ``[0, 1]``.
        bounds: each seed's ``[low, high]``.

    Returns:
        None where a seed lacks its value or its interval.

    Example:
        >>> over_seeds([0.5], [[0.4, 0.7]])
        Interval(estimate=0.5, low=0.4, high=0.7)
        >>> mean = over_seeds([0.50, 0.52], [[0.4, 0.6], [0.42, 0.62]])
        >>> round(mean.low, 2), round(mean.high, 2)
        (0.35, 0.67)

    References:
        Zou, G. Y., and Donner, A. (2008). Construction of confidence limits about effect
        measures: a general approach. Statistics in Medicine 27(10).
    """
    if not values or len(values) != len(bounds):
        return None
    known = [(value, pair) for value, pair in zip(values, bounds, strict=True) if pair is not None]
    if len(known) < len(values):
        return None
    mean, count = fmean(values), len(values)
    seeds = stdev(values) ** 2 / count if count > 1 else 0.0
    of_seeds = half_width(seeds, count - 1, 0.0, 0.95) if seeds else 0.0
    below = fmean(value - pair[0] for value, pair in known)
    above = fmean(pair[1] - value for value, pair in known)
    low, high = (mean - _combined(of_seeds, below), mean + _combined(of_seeds, above))
    return Interval(mean, max(low, 0.0), min(high, 1.0))


def balanced_over_seeds(alternative: AlternativeFacts) -> Interval:
    """Return the mean balanced accuracy on test, with its 95% interval as `over_seeds`.

    Args:
        alternative: with a finished run.
    """
    by_seed = alternative.balanced
    known = over_seeds(
        [interval.estimate for interval in by_seed],
        [[interval.low, interval.high] for interval in by_seed],
    )
    if known is None:
        raise ValueError("`alternative` must have a finished run; received one without")
    return known


def _combined(first: float, second: float) -> float:
    return float((first**2 + second**2) ** 0.5)


def _values(records: Iterable[Mapping[str, Any]], names: Sequence[str]) -> list[float] | None:
    values = []
    for record in records:
        value: Any = record
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            return None
        values.append(float(value))
    return values
