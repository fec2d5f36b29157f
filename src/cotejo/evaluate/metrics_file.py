"""The entries ``valid`` and ``test`` of ``metrics.json``, from the predictions kept on disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from cotejo.evaluate.calibration import calibration, plain_calibration
from cotejo.evaluate.metric_intervals import score_intervals
from cotejo.evaluate.metrics import classification_metrics

__all__ = ["split_metrics"]

_VALIDATION_METRICS = ("accuracy", "balanced_accuracy", "loss", "macro_f1", "images")


def split_metrics(predictions: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, Any]]:
    """Return the entries ``valid`` and ``test`` of ``metrics.json``.

    Args:
        predictions: the content of ``predictions.npz``: ``valid_labels``,
            ``valid_probabilities``, ``test_labels`` and ``test_probabilities``; the first two are
            missing if there are no validation images. Where ``num_classes`` is there, the
            probabilities only say which class was named (`cotejo.store.with_probabilities`).

    Returns:
        ``valid``: some of the figures of `classification_metrics`. ``test``: all of them, with
        the intervals of `score_intervals` and the ``calibration`` of `calibration`. Without
        validation images, ``test`` alone, with the part of its calibration that needs no
        temperature. Of named classes alone, there is neither a calibration nor a figure that
        probabilities are needed for: these are None.

    Raises:
        ValueError: labels and probabilities don't agree.

    Example:
        >>> import numpy as np
        >>> labels, chances = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
        >>> metrics = split_metrics(
        ...     {
        ...         "valid_labels": labels,
        ...         "valid_probabilities": chances,
        ...         "test_labels": labels,
        ...         "test_probabilities": chances,
        ...     }
        ... )
        >>> sorted(metrics["valid"]), round(metrics["test"]["brier"], 3)
        (['accuracy', 'balanced_accuracy', 'images', 'loss', 'macro_f1'], 0.273)
    """
    if "num_classes" in predictions:
        return _of_classes(predictions)
    test = predictions["test_labels"], predictions["test_probabilities"]
    test_metrics, intervals = classification_metrics(*test), score_intervals(*test)
    rows = zip(test_metrics["per_class"], intervals["per_class"], strict=True)
    entry = test_metrics | {
        "per_class": [row | bounds for row, bounds in rows],
        "intervals": intervals["intervals"],
    }
    if "valid_labels" not in predictions:
        return {"test": entry | {"calibration": plain_calibration(*test)}}
    valid = predictions["valid_labels"], predictions["valid_probabilities"]
    valid_metrics = classification_metrics(*valid)
    return {
        "valid": {name: valid_metrics[name] for name in _VALIDATION_METRICS},
        "test": entry | {"calibration": calibration(*valid, *test)},
    }


_OF_PROBABILITIES = ("loss", "brier", "top2_accuracy", "macro_auc")
"""The figures that rest on how probable a class was said to be."""


def _of_classes(predictions: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, Any]]:
    """Return the entries of predictions that name a class for each image, and no probability."""
    measured = {
        split: (predictions[f"{split}_labels"], predictions[f"{split}_probabilities"])
        for split in ("valid", "test")
        if f"{split}_labels" in predictions
    }
    unknown = dict.fromkeys(_OF_PROBABILITIES)
    test, intervals = classification_metrics(*measured["test"]), score_intervals(*measured["test"])
    rows = zip(test["per_class"], intervals["per_class"], strict=True)
    entry = {
        **test,
        **unknown,
        "per_class": [row | bounds | {"auc": None, "auc_interval": None} for row, bounds in rows],
        "intervals": {**intervals["intervals"], **unknown},
    }
    if "valid" not in measured:
        return {"test": entry}
    valid = classification_metrics(*measured["valid"]) | unknown
    return {"valid": {name: valid[name] for name in _VALIDATION_METRICS}, "test": entry}
