"""Stopping a trial that is worse than half of those trained to their end: the median rule.

The rule is Optuna's `MedianPruner`. What it compares with is known before a trial begins, so that
it travels with the job as plain numbers, and whoever trains the job needs to ask nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

__all__ = ["FIRST_EPOCH", "FIRST_TRIALS", "is_stopped", "stop_below"]

FIRST_TRIALS = 5
"""So many trials must have been trained to their end before the first one is stopped."""

FIRST_EPOCH = 2
"""The first epoch after which a trial may be stopped: before, those that learn slowly look bad."""


def stop_below(trials: Sequence[Mapping[str, Any]], epochs: int) -> tuple[float | None, ...]:
    """Return the validation accuracy that a trial must have reached by each of its epochs.

    Args:
        trials: those before it, as ``trial.json`` has them.
        epochs: how many the trial has. After its last one there is nothing left to stop.

    Example:
        >>> done = {"status": "finished", "valid_accuracies": [0.5, 0.6, 0.7]}
        >>> stop_below([done] * 5, epochs=3)
        (None, 0.6, None)
    """
    courses = [trial["valid_accuracies"] for trial in trials if trial["status"] == "finished"]
    if len(courses) < FIRST_TRIALS:
        return ()
    return tuple(_limit(courses, epoch, epochs) for epoch in range(1, epochs + 1))


def _limit(courses: Sequence[Sequence[float]], epoch: int, epochs: int) -> float | None:
    known = [course[epoch - 1] for course in courses if len(course) >= epoch]
    return median(known) if known and FIRST_EPOCH <= epoch < epochs else None


def is_stopped(limits: Sequence[float | None], accuracies: Sequence[float]) -> bool:
    """Return whether a trial with these accuracies, epoch by epoch, is stopped after the last.

    Example:
        >>> is_stopped([None, 0.6], [0.55]), is_stopped([None, 0.6], [0.55, 0.5])
        (False, True)
    """
    if len(accuracies) > len(limits):
        return False
    limit = limits[len(accuracies) - 1]
    return limit is not None and max(accuracies) < limit
