"""A temperature for other images: fitted on one part of them, judged on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data import nested_subset
from cotejo.evaluate.calibration import (
    calibration_error,
    fit_temperature,
    reliability,
    tempered,
)
from cotejo.evaluate.metrics import log_loss

__all__ = ["Recalibration", "recalibrate"]


@dataclass(frozen=True)
class Recalibration:
    """What a new temperature changes.

    Attributes:
        temperature: what the logits are to be divided by, in place of the model's own.
        before: the model's own.
        fitted_on: how many images it was fitted on.
        judged_on: how many others the figures are of.
        valid: whether it was fitted on the set's validation images.
        figures: ``ece``, ``loss`` and ``reliability`` of those others with the model's own
            temperature; ``ece_scaled``, ``loss_scaled`` and ``reliability_scaled`` with the new.
    """

    temperature: float
    before: float
    fitted_on: int
    judged_on: int
    valid: bool
    figures: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return what ``evaluation.json`` holds of it."""
        return {
            "temperature": self.temperature,
            "before": self.before,
            "fitted_on": self.fitted_on,
            "judged_on": self.judged_on,
            "valid": self.valid,
            **self.figures,
        }


def recalibrate(
    labels: NDArray[np.integer[Any]],
    chances: NDArray[np.floating[Any]],
    temperature: float,
    valid: tuple[NDArray[np.integer[Any]], NDArray[np.floating[Any]]] | None = None,
) -> Recalibration:
    """Return a temperature fitted anew, and what it changes on images that it was not fitted on.

    Args:
        labels: ``[n]``.
        chances: ``[n, classes]``, with the model's own temperature.
        temperature: the model's own.
        valid: labels and probabilities of other images to fit it on, if there are such; else it is
            fitted on half of the images, half of each class, and judged on the rest.

    Raises:
        ValueError: there are too few images to fit on some and judge on others.

    Example:
        >>> chances = np.array([[0.99, 0.01]] * 8)
        >>> labels = np.array([0, 0, 0, 1, 0, 0, 0, 1])
        >>> changed = recalibrate(labels, chances, 2.0, (labels, chances))
        >>> round(changed.temperature, 1), round(changed.figures["ece_scaled"], 2)
        (8.4, 0.0)
    """
    judged = np.arange(len(labels))
    if valid is None:
        if len(labels) < 2:
            raise ValueError("`labels` must be of at least two images")
        fitted = nested_subset(labels, 0.5, seed=0)
        judged = np.setdiff1d(judged, fitted)
        if not len(judged):  # of each class there is one image
            fitted, judged = fitted[::2], fitted[1::2]
        valid = labels[fitted], chances[fitted]
    ratio = fit_temperature(*valid, before=temperature)
    true, plain = labels[judged], chances[judged]
    scaled = tempered(plain, ratio)
    before, after = reliability(true, plain), reliability(true, scaled)
    return Recalibration(
        temperature=temperature * ratio,
        before=temperature,
        fitted_on=len(valid[0]),
        judged_on=len(judged),
        valid=len(judged) == len(labels),
        figures={
            "ece": calibration_error(before),
            "loss": log_loss(true, plain),
            "reliability": before,
            "ece_scaled": calibration_error(after),
            "loss_scaled": log_loss(true, scaled),
            "reliability_scaled": after,
        },
    )
