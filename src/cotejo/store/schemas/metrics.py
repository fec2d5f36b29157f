"""``metrics.json``: what was measured of a run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from cotejo.store.schemas.values import Bounds, Content, Count, Fraction, NotNegative, Positive

__all__ = ["Metrics"]


class _Measured(Content):
    accuracy: Fraction
    balanced_accuracy: Fraction | None = None
    loss: NotNegative | None
    images: Positive


class _OfClass(Content):
    precision: Fraction
    recall: Fraction
    f1: Fraction
    auc: Fraction | None = None
    support: Count
    precision_interval: Bounds = None
    recall_interval: Bounds = None
    f1_interval: Bounds = None
    auc_interval: Bounds = None


class _Bin(Content):
    low: Fraction
    high: Fraction
    images: Count
    confidence: Fraction | None
    accuracy: Fraction | None


class _Calibration(Content):
    ece: Fraction
    temperature: Annotated[float, Field(gt=0)] | None = None
    ece_scaled: Fraction | None = None
    loss_scaled: NotNegative | None = None
    brier_scaled: NotNegative | None = None
    reliability: Annotated[list[_Bin], Field(min_length=1)]
    reliability_scaled: Annotated[list[_Bin], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _Calibration:
        """Check that a temperature and what follows from it are there together, or not at all.

        It is fitted on the validation images, and a final training has none.
        """
        scaled = (self.ece_scaled, self.loss_scaled, self.brier_scaled, self.reliability_scaled)
        if {value is None for value in (self.temperature, *scaled)} == {True, False}:
            raise ValueError("test.calibration")
        return self


class _Tested(_Measured):
    macro_f1: Fraction
    macro_precision: Fraction | None = None
    macro_recall: Fraction | None = None
    macro_auc: Fraction | None = None
    brier: Annotated[float, Field(ge=0, le=2)] | None = None
    top2_accuracy: Fraction | None = None
    intervals: dict[str, Bounds] | None = None
    calibration: _Calibration | None = None
    per_class: list[_OfClass]
    confusion: list[list[Count]]


class Metrics(Content):
    """``metrics.json``; a final training has no ``valid``, and an added run no ``train``."""

    train: _Measured | None = None
    valid: _Measured | None = None
    test: _Tested

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Metrics:
        """Check that each class has a row of figures, and a row and a column of the matrix."""
        classes = len(self.test.per_class)
        matrix = self.test.confusion
        if not classes or {len(matrix), *(len(row) for row in matrix)} != {classes}:
            raise ValueError("test.confusion")
        return self
