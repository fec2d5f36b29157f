"""Calibration: whether what is said with 80% is right 8 times in 10, and how to mend it."""

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
"""Bins of equal width over ``(0, 1]``, as Guo et al. have them."""

_SCHEME = "equal-width over the highest probability"
_SMALLEST = float(np.finfo(np.float32).tiny)
"""Taken for a probability of 0, whose logarithm would be infinite: float32's smallest."""
_TEMPERATURES = (0.05, 20.0)
"""Where the temperature is looked for: from all but certain to all but uniform."""


def calibration(
    valid_labels: ArrayLike,
    valid_probabilities: ArrayLike,
    test_labels: ArrayLike,
    test_probabilities: ArrayLike,
) -> dict[str, Any]:
    """Return how calibrated the probabilities of the test images are, as they are and tempered.

    The temperature is fitted on the validation images alone.

    Args:
        valid_labels: ``[n]``, integers in ``[0, classes)``.
        valid_probabilities: ``[n, classes]``, in ``[0, 1]``.
        test_labels: ``[m]``.
        test_probabilities: ``[m, classes]``.

    Returns:
        ``bins`` and ``scheme``, how the bins are made; ``ece`` and ``reliability``, as
        `calibration_error` and `reliability` return them; ``temperature``; and what the test
        images' probabilities are like once tempered: ``ece_scaled``, ``loss_scaled``,
        ``brier_scaled`` and ``reliability_scaled``.

    Raises:
        ValueError: as `classification_metrics`.

    Example:
        >>> chances = [[0.99, 0.01]] * 4
        >>> found = calibration([0, 0, 0, 1], chances, [0, 0, 0, 1], chances)
        >>> round(found["ece"], 2), round(found["ece_scaled"], 2), round(found["temperature"], 1)
        (0.24, 0.0, 4.2)

    References:
        Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern
        neural networks. arXiv 1706.04599.
    """
    true, chances = check_predictions(test_labels, test_probabilities)
    temperature = fit_temperature(*check_predictions(valid_labels, valid_probabilities))
    scaled = tempered(chances, temperature)
    after = reliability(true, scaled)
    return {
        **plain_calibration(true, chances),
        "temperature": temperature,
        "ece_scaled": calibration_error(after),
        "loss_scaled": log_loss(true, scaled),
        "brier_scaled": brier_score(true, scaled),
        "reliability_scaled": after,
    }


def plain_calibration(labels: ArrayLike, probabilities: ArrayLike) -> dict[str, Any]:
    """Return what `calibration` says of the probabilities as they are, without a temperature."""
    rows = reliability(*check_predictions(labels, probabilities))
    error = calibration_error(rows)
    return {"bins": BINS, "scheme": _SCHEME, "ece": error, "reliability": rows}


def reliability(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]], bins: int = BINS
) -> list[dict[str, Any]]:
    """Return a reliability diagram's bins, from the lowest probability to the highest.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.
        bins: how many, of equal width.

    Returns:
        A dict a bin: the images whose highest probability is above ``low`` and at most
        ``high``; how many ``images`` those are; ``confidence``, the mean of that probability;
        ``accuracy``, the share of them classified correctly. The last two are None in an empty
        bin.

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

    The mean over the bins of the distance between accuracy and confidence, each bin counting
    as much as it has images.

    Args:
        rows: as `reliability` returns them, of one image or more.

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


def fit_temperature(labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]) -> float:
    """Return the temperature of the lowest log loss, in ``[0.05, 20]``.

    Above 1 where the probabilities are too high, below where they are too low.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``, in ``[0, 1]``.

    Example:
        >>> round(fit_temperature(np.array([0, 0, 1]), np.array([[0.8, 0.2]] * 3)), 2)
        2.0
    """
    from scipy.optimize import minimize_scalar

    logits = _logits(chances)
    images = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        # Each row's highest is 0, so that no exponential overflows.
        totals = np.log(np.exp(scaled).sum(axis=1))
        return float((totals - scaled[images, labels]).mean())

    # The loss is convex in the inverse of the temperature, and so has one minimum.
    found = minimize_scalar(
        loss, bounds=np.log(_TEMPERATURES), method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(found.x))


def tempered(chances: NDArray[np.floating[Any]], temperature: float) -> NDArray[np.float64]:
    """Return the softmax of the logarithms of probabilities, divided by a temperature.

    It is what dividing the logits that they came from gives. The order of the classes, and so
    the accuracy, stays as it is.

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
    """Return logits ``[n, classes]`` that give these probabilities, 0 the highest of each row."""
    logits = np.log(np.maximum(chances.astype(np.float64), _SMALLEST))
    shifted: NDArray[np.float64] = logits - logits.max(axis=1, keepdims=True)
    return shifted
