"""The files with the numbers of calibration: of all alternatives, and of the best's bins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cotejo.report.findings import Findings
from cotejo.report.topics.calibration.analysis import calibrations, diagnosis
from cotejo.stats import Interval, wilson_interval

__all__ = [
    "CALIBRATION_COLUMNS",
    "RELIABILITY_COLUMNS",
    "bin_accuracy",
    "calibration_rows",
    "reliability_rows",
]

CALIBRATION_COLUMNS = (
    "alternative", "log_loss", "brier_score", "top2_accuracy", "confidence_less_accuracy",
    "ece", "temperature", "ece_scaled", "log_loss_scaled", "brier_score_scaled",
)  # fmt: skip
RELIABILITY_COLUMNS = (
    "probabilities", "above", "at_most", "images", "confidence", "accuracy", "accuracy_low",
    "accuracy_high",
)  # fmt: skip


def bin_accuracy(row: Mapping[str, Any]) -> Interval:
    """Return the accuracy in a bin of the reliability diagram, with Wilson's 95% interval."""
    return wilson_interval(row["accuracy"], row["images"])


def calibration_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per alternative; None if no run has these measures."""
    rows = [
        {
            "alternative": row.alternative.name,
            "log_loss": row.loss,
            "brier_score": row.brier,
            "top2_accuracy": row.top2_accuracy,
            "confidence_less_accuracy": row.excess,
            "ece": row.error,
            "temperature": row.temperature,
            "ece_scaled": row.error_scaled,
            "log_loss_scaled": row.loss_scaled,
            "brier_score_scaled": row.brier_scaled,
        }
        for row in calibrations(findings.facts.trained)
    ]
    return rows or None


def reliability_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per bin, before scaling and after; None as `calibration_rows`."""
    diagnosed = diagnosis(findings)
    if diagnosed is None:
        return None
    sides = {"as they are": diagnosed.before, "tempered": diagnosed.after}
    return [_reliability_row(name, row) for name, bins in sides.items() for row in bins]


def _reliability_row(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    known = bin_accuracy(row) if row["images"] else None
    return {
        "probabilities": name,
        "above": row["low"],
        "at_most": row["high"],
        "images": row["images"],
        "confidence": row["confidence"],
        "accuracy": row["accuracy"],
        "accuracy_low": known.low if known else None,
        "accuracy_high": known.high if known else None,
    }
