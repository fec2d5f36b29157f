"""What the networks of a study of two classes do at a threshold: for its topic and the body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.intervals import Interval, effective_interval, wilson_interval
from cotejo.evaluate.roc import area_under_curve
from cotejo.evaluate.thresholds import Curve, average_precision, curve, youden_threshold
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.store import RunFolder

__all__ = ["POSITIVE", "AtThreshold", "Separation", "separations"]

POSITIVE = 1
"""The label of the class that is called positive: the second in order."""


@dataclass(frozen=True)
class AtThreshold:
    """What one network does to the test images at one threshold.

    Attributes:
        chosen_on: ``"half"`` for one half, at which the likelier class is the answer; ``"valid"``
            for the threshold of the highest Youden index on the validation images.
        threshold: the lowest probability of the positive class at which it is the answer.
        counts: of the test images, ``(true positives, false negatives, false positives, true
            negatives)``.
    """

    chosen_on: Literal["half", "valid"]
    threshold: float
    counts: tuple[int, int, int, int]

    @property
    def sensitivity(self) -> Interval:
        """The share of the positive images that it recognises, with Wilson's interval."""
        hits, missed, _, _ = self.counts
        return wilson_interval(hits / (hits + missed), hits + missed)

    @property
    def specificity(self) -> Interval:
        """The share of the negative images that it recognises, with Wilson's interval."""
        _, _, alarms, rejected = self.counts
        return wilson_interval(rejected / (alarms + rejected), alarms + rejected)

    @property
    def precision(self) -> Interval | None:
        """The share of right answers among those for the positive class; None without one."""
        hits, _, alarms, _ = self.counts
        return wilson_interval(hits / (hits + alarms), hits + alarms) if hits + alarms else None

    @property
    def accuracy(self) -> Interval:
        """The share of right answers, with Wilson's interval."""
        hits, _, _, rejected = self.counts
        return wilson_interval((hits + rejected) / sum(self.counts), sum(self.counts))

    @property
    def youden(self) -> float:
        """Sensitivity + specificity − 1, in ``[-1, 1]``."""
        return self.sensitivity.estimate + self.specificity.estimate - 1


@dataclass(frozen=True)
class Separation:
    """How well one trained network tells two classes apart, whatever the threshold.

    Attributes:
        alternative: whose it is.
        run: the network's, which is the alternative's representative one.
        curve: what each threshold does to the test images.
        area: the area under the ROC curve, with its interval by DeLong's variance; None where a
            class has a single test image.
        precision: average precision, with its interval by a bootstrap over the test images.
        at: what it does at one half, and at the threshold chosen on validation where the
            validation images have both classes.
    """

    alternative: AlternativeFacts
    run: RunFolder
    curve: Curve
    area: Interval | None
    precision: Interval
    at: Sequence[AtThreshold]

    @property
    def half(self) -> AtThreshold:
        """What it does where the likelier class is the answer."""
        return self.at[0]

    @property
    def chosen(self) -> AtThreshold | None:
        """What it does at the threshold chosen on validation."""
        return self.at[1] if len(self.at) > 1 else None


@computed_once
def separations(findings: Findings) -> list[Separation]:
    """Return one row per alternative with probabilities, in the study's order.

    There is none unless the study has exactly two classes, test images of both, and a best
    alternative with probabilities.
    """
    counts = findings.facts.data["counts"]["test"]
    if len(counts) != 2 or not all(counts) or not findings.best.has_probabilities:
        return []
    return [_separation(each) for each in findings.facts.trained if each.has_probabilities]


def _separation(alternative: AlternativeFacts) -> Separation:
    labels, chances = alternative.test_predictions
    inside, values = labels == POSITIVE, chances[:, POSITIVE].astype(np.float64)
    return Separation(
        alternative,
        alternative.representative,
        curve(inside, values),
        _area(inside, values),
        average_precision(inside, values, seed=int(alternative.representative.record["seed"])),
        _thresholds(alternative, inside, chances),
    )


def _area(inside: NDArray[np.bool_], values: NDArray[np.float64]) -> Interval | None:
    area, influences = area_under_curve(inside, values)
    if np.isnan(influences).any():
        return None
    rarer = int(min(inside.sum(), (~inside).sum()))
    bounds = effective_interval(area, float((influences**2).sum()), rarer)
    return Interval(area, *bounds) if bounds is not None else None


def _thresholds(
    alternative: AlternativeFacts, inside: NDArray[np.bool_], chances: NDArray[np.floating]
) -> list[AtThreshold]:
    # By the likelier class, as everywhere else, so that no rounding makes another answer of it.
    at = [AtThreshold("half", 0.5, _counts(inside, chances.argmax(axis=1) == POSITIVE))]
    if not alternative.has_validation:
        return at
    valid_labels, valid_chances = alternative.valid_predictions
    of_valid = valid_labels == POSITIVE
    if of_valid.any() and not of_valid.all():
        known = curve(of_valid, valid_chances[:, POSITIVE].astype(np.float64))
        threshold = youden_threshold(known)
        answers = chances[:, POSITIVE].astype(np.float64) >= threshold
        at.append(AtThreshold("valid", threshold, _counts(inside, answers)))
    return at


def _counts(inside: NDArray[np.bool_], answers: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return how many images are rightly and wrongly taken for each class, as `AtThreshold`."""
    return (
        int((inside & answers).sum()),
        int((inside & ~answers).sum()),
        int((~inside & answers).sum()),
        int((~inside & ~answers).sum()),
    )
