"""Calibration: whether answers given with 80% are right 8 times in 10, and how to correct it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.metrics import brier_score, check_predictions, log_loss

__all__ = [
    "BINS",
    "calibration",
    "calibration_error",
    "fit_temperature",
    "plain_calibration",
    "reliability",
    "tempered",
]

BINS = 15
"""The number of bins, of equal width over ``(0, 1]``, as in Guo et al."""

_SCHEME = "equal-width over the highest probability"
_SMALLEST = float(np.finfo(np.float32).tiny)
"""float32's smallest number: it replaces a probability of 0, whose logarithm is infinite."""
_TEMPERATURES = (0.05, 20.0)
"""The range of the search: from nearly certain probabilities to nearly uniform ones."""


def calibration(
    valid_labels: ArrayLike,
    valid_probabilities: ArrayLike,
    test_labels: ArrayLike,
    test_probabilities: ArrayLike,
) -> dict[str, Any]:
    """Return how well calibrated the test images' probabilities are, before and after tempering.

    The temperature is fitted on the validation images alone.

    Args:
        valid_labels: ``[n]``, integers in ``[0, classes)``.
        valid_probabilities: ``[n, classes]``, in ``[0, 1]``.
        test_labels: ``[m]``.
        test_probabilities: ``[m, classes]``.

    Returns:
        ``bins`` and ``scheme``, which describe the bins; ``ece`` and ``reliability``, as
        `calibration_error` and `reliability` return them; ``temperature``; and the same figures
        for the tempered probabilities of the test images: ``ece_scaled``, ``loss_scaled``,
        ``brier_scaled`` and ``reliability_scaled``.

    Raises:
        ValueError: as `classification_metrics`.

    Example:
        >>> chances = [[0.99, 0.01]] * 4
        >>> result = calibration([0, 0, 0, 1], chances, [0, 0, 0, 1], chances)
        >>> round(result["ece"], 2), round(result["ece_scaled"], 2), round(result["temperature"], 1)
        (0.24, 0.0, 4.2)

    References:
        Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern
        neural networks. arXiv 1706.04599.
    """
    true, chances = check_predictions(test_labels, test_probabilities)
    temperature = fit_temperature(*check_predictions(valid_labels, valid_probabilities))
    scaled = tempered(chances, temperature)
    rows = reliability(true, scaled)
    return {
        **plain_calibration(true, chances),
        "temperature": temperature,
        "ece_scaled": calibration_error(rows),
        "loss_scaled": log_loss(true, scaled),
        "brier_scaled": brier_score(true, scaled),
        "reliability_scaled": rows,
    }


def plain_calibration(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return the part of `calibration` that needs no temperature: the plain probabilities."""
    rows = reliability(*check_predictions(labels, probabilities))
    error = calibration_error(rows)
    return {"bins": BINS, "scheme": _SCHEME, "ece": error, "reliability": rows}


def reliability(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]], bins: int = BINS
) -> list[dict[str, Any]]:
    """Return the bins of a reliability diagram, from the lowest probability to the highest.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.
        bins: the number of bins, of equal width.

    Returns:
        One dict per bin. A bin has the images whose highest probability is above ``low`` and at
        most ``high``. ``images`` is their number, ``confidence`` the mean of that probability,
        and ``accuracy`` the share of them classified correctly. The last two are None in an
        empty bin.

    Example:
        >>> rows = reliability(np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]), bins=2)
        >>> rows[0]["images"], rows[1]["images"], round(rows[1]["confidence"], 2)
        (0, 2, 0.85)
    """
    highest = chances.max(axis=1).astype(np.float64)
    right = chances.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, highest) - 1, 0, bins - 1)
    rows: list[dict[str, Any]] = []
    for place in range(bins):
        inside = places == place
        count = int(inside.sum())
        rows.append(
            {
                "low": float(edges[place]),
                "high": float(edges[place + 1]),
                "images": count,
                "confidence": float(highest[inside].mean()) if count else None,
                "accuracy": float(right[inside].mean()) if count else None,
            }
        )
    return rows


def calibration_error(rows: list[dict[str, Any]]) -> float:
    """Return the expected calibration error of a reliability diagram, in ``[0, 1]``.

    It is the mean distance between accuracy and confidence over the bins, each bin weighted by
    its number of images.

    Args:
        rows: as `reliability` returns them, with one image or more.

    Example:
        >>> calibration_error([{"images": 5, "confidence": 0.75, "accuracy": 0.5}])
        0.25

    References:
        Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well calibrated
        probabilities using Bayesian binning. AAAI 29(1). With 15 bins: Guo et al. (2017).
    """
    filled = [row for row in rows if row["images"]]
    away = sum(row["images"] * abs(row["accuracy"] - row["confidence"]) for row in filled)
    return float(away / sum(row["images"] for row in filled))


def fit_temperature(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]], before: float = 1.0
) -> float:
    """Return the temperature with the lowest log loss.

    It is above 1 where the highest probabilities are too high, and below 1 where they are too low.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.
        before: the temperature that they have already. Its product with the one that is returned,
            which is that of the logits, is in ``[0.05, 20]``.

    Raises:
        ValueError: there is no label, or one is of no class.

    Example:
        >>> round(fit_temperature(np.array([0, 0, 1]), np.array([[0.8, 0.2]] * 3)), 2)
        2.0
    """
    from scipy.optimize import minimize_scalar

    logits = _logits(chances)
    if not len(labels) or labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError(f"`labels` must be some, each from 0 to {logits.shape[1] - 1}")
    images = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        # The highest logit of each row is 0, so no exponential overflows.
        totals = np.log(np.exp(scaled).sum(axis=1))
        return float((totals - scaled[images, labels]).mean())

    # The loss is convex in the inverse of the temperature, so it has one minimum.
    minimum = minimize_scalar(
        loss,
        bounds=np.log(np.divide(_TEMPERATURES, before)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(minimum.x))


def tempered(chances: NDArray[np.floating[Any]], temperature: float) -> NDArray[np.float64]:
    """Return probabilities rescaled by a temperature: the softmax of their logarithms over it.

    Dividing the original logits by the temperature gives the same. The order of the classes, and
    so the accuracy, does not change.

    Args:
        chances: ``[n, classes]``, in ``[0, 1]``.
        temperature: above 0; 1 leaves the probabilities as they are.

    Example:
        >>> tempered(np.array([[0.8, 0.2]]), 2).round(2).tolist()
        [[0.67, 0.33]]
    """
    exponents = np.exp(_logits(chances) / temperature)
    scaled: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
    return scaled


def _logits(chances: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return logits ``[n, classes]`` of these probabilities; the highest in each row is 0."""
    logits = np.log(np.maximum(chances.astype(np.float64), _SMALLEST))
    shifted: NDArray[np.float64] = logits - logits.max(axis=1, keepdims=True)
    return shifted
