"""What ``metrics.json`` says of the splits whose predictions were kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from cotejo.evaluate.calibration import calibration, plain_calibration
from cotejo.evaluate.intervals import score_intervals
from cotejo.evaluate.metrics import classification_metrics

__all__ = ["split_metrics"]

_OF_VALIDATION = ("accuracy", "loss", "macro_f1", "images")


def split_metrics(predictions: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, Any]]:
    """Return the entries ``valid`` and ``test`` of ``metrics.json``.

    Args:
        predictions: what ``predictions.npz`` holds: ``valid_labels``, ``valid_probabilities``,
            ``test_labels`` and ``test_probabilities``; without validation images the first
            two are missing.

    Returns:
        ``valid``: some of what `classification_metrics` measures. ``test``: all of it, with the
        intervals of `score_intervals` and the ``calibration`` of `calibration`. Without
        validation images ``test`` alone, and of its calibration what needs no temperature.

    Raises:
        ValueError: labels and probabilities don't agree.

    Example:
        >>> import numpy as np
        >>> labels, chances = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> found = split_metrics(
        ...     {
        ...         "valid_labels": labels,
        ...         "valid_probabilities": chances,
        ...         "test_labels": labels,
        ...         "test_probabilities": chances,
        ...     }
        ... )
        >>> sorted(found["valid"]), round(found["test"]["brier"], 3)
        (['accuracy', 'images', 'loss', 'macro_f1'], 0.273)
    """
    test = predictions["test_labels"], predictions["test_probabilities"]
    on_test, found = classification_metrics(*test), score_intervals(*test)
    rows = zip(on_test["per_class"], found["per_class"], strict=True)
    entry = on_test | {
        "per_class": [row | bounds for row, bounds in rows],
        "intervals": found["intervals"],
    }
    if "valid_labels" not in predictions:
        return {"test": entry | {"calibration": plain_calibration(*test)}}
    valid = predictions["valid_labels"], predictions["valid_probabilities"]
    on_valid = classification_metrics(*valid)
    return {
        "valid": {name: on_valid[name] for name in _OF_VALIDATION},
        "test": entry | {"calibration": calibration(*valid, *test)},
    }
