"""How far each alternative's probabilities can be trusted, and the best's in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import sqrt
from statistics import fmean
from typing import Any

import numpy as np

from cotejo.evaluate.intervals import NORMAL
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.report.seed_means import mean_of, tested
from cotejo.stats import Interval
from cotejo.store import RunFolder

__all__ = [
    "FEWEST",
    "NOTABLE_EXCESS",
    "Calibration",
    "Diagnosis",
    "calibrations",
    "can_be_drawn",
    "diagnosis",
    "error_by_chance",
]

Bins = Sequence[Mapping[str, Any]]

NOTABLE_EXCESS = 0.01
"""The difference of probability and accuracy from which probabilities count as wrong."""

FEWEST = 100
"""The images that a reliability diagram takes: of fewer, its bins show chance above all."""

_DRAWS = 4000


@dataclass(frozen=True)
class Calibration:
    """How good one alternative's probabilities are: means over its seeds, on the test images.

    None where a run lacks the figure.

    Attributes:
        alternative: whose they are.
        loss: log loss, in nats.
        brier: Brier score, in ``[0, 2]``.
        top2_accuracy: how often the true class is among the two most probable, in ``[0, 1]``;
            None where there are but two classes.
        excess: mean probability of the answers less accuracy; above 0 where it is overconfident.
        error: expected calibration error, in ``[0, 1]``.
        temperature: fitted on the validation images.
        error_scaled: the same error of the probabilities once tempered.
        loss_scaled: their log loss.
        brier_scaled: their Brier score.
    """

    alternative: AlternativeFacts
    loss: float
    brier: float | None
    top2_accuracy: float | None
    excess: float | None
    error: float | None
    temperature: float | None
    error_scaled: float | None
    loss_scaled: float | None
    brier_scaled: float | None


def calibrations(trained: Sequence[AlternativeFacts]) -> list[Calibration]:
    """Return one row per alternative; no row at all if no run has these measures.

    Alternatives of which classes alone were added have no row.
    """
    rows = [_calibration(each) for each in trained if each.has_probabilities]
    return rows if any(row.error is not None for row in rows) else []


@dataclass(frozen=True)
class Diagnosis:
    """One trained network's probabilities on the test images, as they are and tempered.

    Attributes:
        run: the network's.
        excess: mean probability of its answers less its accuracy, with a 95% interval over the
            images.
    """

    run: RunFolder
    excess: Interval

    @property
    def _found(self) -> Mapping[str, Any]:
        return dict(self.run.metrics["test"]["calibration"])

    @property
    def before(self) -> Bins:
        """The reliability diagram's bins, as `cotejo.evaluate.calibration` has them."""
        return list(self._found["reliability"])

    @property
    def after(self) -> Bins:
        """The same after temperature scaling."""
        return list(self._found["reliability_scaled"])

    @property
    def images(self) -> int:
        """How many test images there were."""
        return sum(row["images"] for row in self.before)

    @property
    def accuracy(self) -> float:
        """How many of them it got right, in ``[0, 1]``."""
        return float(self.run.metrics["test"]["accuracy"])

    @property
    def confidence(self) -> float:
        """The mean probability of its answers."""
        return self.accuracy + self.excess.estimate

    @property
    def error(self) -> float:
        """Expected calibration error."""
        return float(self._found["ece"])

    @property
    def error_scaled(self) -> float:
        """The same after temperature scaling."""
        return float(self._found["ece_scaled"])

    @property
    def temperature(self) -> float:
        """What its logits are divided by."""
        return float(self._found["temperature"])

    @property
    def loss(self) -> float:
        """Log loss, in nats."""
        return float(self.run.metrics["test"]["loss"])

    @property
    def loss_scaled(self) -> float:
        """The same after temperature scaling."""
        return float(self._found["loss_scaled"])

    @cached_property
    def by_chance(self) -> float:
        """The error below which a calibrated network stays 19 times in 20."""
        return error_by_chance(self.before)

    @cached_property
    def by_chance_scaled(self) -> float:
        """The same for the probabilities after temperature scaling."""
        return error_by_chance(self.after)

    def to_json(self) -> dict[str, Any]:
        """Return what ``report.json`` holds of it."""
        return {
            "seed": int(self.run.record["seed"]),
            "confidence": self.confidence,
            "excess": asdict(self.excess),
            "ece": self.error,
            "ece_by_chance": self.by_chance,
            "temperature": self.temperature,
            "ece_scaled": self.error_scaled,
            "ece_scaled_by_chance": self.by_chance_scaled,
            "loss_scaled": self.loss_scaled,
        }


@computed_once
def diagnosis(findings: Findings) -> Diagnosis | None:
    """Return the calibration of the best's representative run; None if it was not measured."""
    run = findings.best.representative
    if not findings.best.has_probabilities or not run.metrics["test"].get("calibration"):
        return None
    labels, chances = findings.best.test_predictions
    away = chances.max(axis=1).astype(np.float64) - (chances.argmax(axis=1) == labels)
    mean = float(away.mean())
    half = NORMAL * sqrt(float(away.var()) / len(away))
    return Diagnosis(run, Interval(mean, mean - half, mean + half))


def can_be_drawn(bins: Bins) -> bool:
    """Return whether there are images enough for a reliability diagram.

    Example:
        >>> can_be_drawn([{"images": 60}, {"images": 39}])
        False
    """
    return sum(int(row["images"]) for row in bins) >= FEWEST


def error_by_chance(bins: Bins) -> float:
    """Return the 95% quantile of the calibration error of a network that is calibrated.

    Even one that is right exactly as often as it says has an error above 0 on a sample of
    images. As many answers as each bin has are drawn, right with the bin's mean probability.

    Args:
        bins: of a reliability diagram, of one image or more.

    Example:
        >>> few = error_by_chance([{"images": 100, "confidence": 0.9}])
        >>> many = error_by_chance([{"images": 10_000, "confidence": 0.9}])
        >>> round(few, 2), round(many, 3)
        (0.06, 0.006)

    References:
        Bröcker, J., and Smith, L. A. (2007). Increasing the reliability of reliability diagrams.
        Weather and Forecasting 22(3).
    """
    filled = [row for row in bins if row["images"]]
    counts = np.array([row["images"] for row in filled])
    # A mean of probabilities may be above 1 by a rounding error, which `binomial` refuses.
    confidence = np.clip([row["confidence"] for row in filled], 0.0, 1.0)
    correct = np.random.default_rng(0).binomial(counts, confidence, size=(_DRAWS, len(filled)))
    errors = np.abs(correct - counts * confidence).sum(axis=1) / counts.sum()
    return float(np.quantile(errors, 0.95))


def _calibration(alternative: AlternativeFacts) -> Calibration:
    def mean(*names: str) -> float | None:
        return mean_of(tested(alternative, *names))

    return Calibration(
        alternative=alternative,
        loss=alternative.mean("test", "loss"),
        brier=mean("brier"),
        # With two classes the true one is always among them. Runs before 2026-11-26 recorded that.
        top2_accuracy=mean("top2_accuracy") if len(alternative.per_class) > 2 else None,
        excess=_mean_excess(alternative),
        error=mean("calibration", "ece"),
        temperature=mean("calibration", "temperature"),
        error_scaled=mean("calibration", "ece_scaled"),
        loss_scaled=mean("calibration", "loss_scaled"),
        brier_scaled=mean("calibration", "brier_scaled"),
    )


def _mean_excess(alternative: AlternativeFacts) -> float | None:
    tests = [run.metrics["test"] for run in alternative.finished]
    if not all(test.get("calibration") for test in tests):
        return None
    return fmean(_excess(test["calibration"]["reliability"]) for test in tests)


def _excess(bins: Bins) -> float:
    filled = [row for row in bins if row["images"]]
    away = sum(row["images"] * (row["confidence"] - row["accuracy"]) for row in filled)
    return float(away / sum(row["images"] for row in filled))
