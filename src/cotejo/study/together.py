"""The trainings of a run's networks as one: what its history and its record say of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from cotejo.train import Training

__all__ = ["together"]


def together(trainings: Sequence[Training]) -> Training:
    """Return several trainings as one; a single one as it is.

    Args:
        trainings: of the networks of a run, one or more. Those that stopped early have fewer
            epochs.

    Returns:
        Each epoch is the mean over the networks that trained it, but for its seconds, which are
        summed up, as those of the training are. The best epoch is the mean of theirs, rounded.

    Example:
        >>> long = Training([{"epoch": 1, "seconds": 1.0}, {"epoch": 2, "seconds": 1.0}], 2)
        >>> both = together([long, Training([{"epoch": 1, "seconds": 2.0}], 1)])
        >>> [row["seconds"] for row in both.history], both.best_epoch
        ([3.0, 1.0], 2)
    """
    if len(trainings) == 1:
        return trainings[0]
    longest = max(len(training.history) for training in trainings)
    histories = [training.history for training in trainings]
    return Training(
        [
            _mean_row([history[epoch] for history in histories if len(history) > epoch])
            for epoch in range(longest)
        ],
        round(fmean(training.best_epoch for training in trainings)),
        any(training.stopped_early for training in trainings),
        sum(training.train_seconds for training in trainings),
        median(training.images_per_second for training in trainings),
    )


def _mean_row(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one epoch of several networks; a figure that not all of them have stays unknown."""
    values = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: None if None in known else sum(known) if name == "seconds" else fmean(known)
        for name, known in values.items()
    } | {"epoch": rows[0]["epoch"]}
