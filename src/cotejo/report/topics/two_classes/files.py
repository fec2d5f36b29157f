"""The files with the numbers of two classes: of every network, and of the best's curves."""

from __future__ import annotations

from math import isinf
from typing import Any

import numpy as np

from cotejo.evaluate.thresholds import precision_band, roc_band
from cotejo.report.findings import Findings
from cotejo.report.two_classes import POSITIVE, AtThreshold, Separation, separations
from cotejo.stats import Interval

__all__ = ["ROC_COLUMNS", "SEPARATION_COLUMNS", "roc_rows", "separation_rows"]

_RATES = ("sensitivity", "specificity", "precision", "accuracy")
SEPARATION_COLUMNS = (
    "alternative", "seed", "positive_class", "auc", "auc_low", "auc_high", "average_precision",
    "average_precision_low", "average_precision_high", "threshold_from", "threshold",
    "true_positives", "false_negatives", "false_positives", "true_negatives",
    *(f"{name}{end}" for name in _RATES for end in ("", "_low", "_high")),
)  # fmt: skip
ROC_COLUMNS = (
    "threshold", "true_positives", "false_positives", "sensitivity", "false_positive_rate",
    "precision", "sensitivity_low", "sensitivity_high", "precision_low", "precision_high",
)  # fmt: skip


def separation_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per trained alternative and threshold; None unless there are two classes."""
    rows = separations(findings)
    if not rows:
        return None
    positive = findings.facts.class_names(language)[POSITIVE]
    return [_row(row, at, positive) for row in rows for at in row.at]


def _row(row: Separation, at: AtThreshold, positive: str) -> dict[str, Any]:
    hits, missed, alarms, rejected = at.counts
    return {
        "alternative": row.alternative.name,
        "seed": int(row.run.record["seed"]),
        "positive_class": positive,
        **_interval("auc", row.area),
        **_interval("average_precision", row.precision),
        "threshold_from": {"half": "one half", "valid": "validation"}[at.chosen_on],
        "threshold": at.threshold,
        "true_positives": hits,
        "false_negatives": missed,
        "false_positives": alarms,
        "true_negatives": rejected,
        **_interval("sensitivity", at.sensitivity),
        **_interval("specificity", at.specificity),
        **_interval("precision", at.precision),
        **_interval("accuracy", at.accuracy),
    }


def _interval(name: str, known: Interval | None) -> dict[str, float | None]:
    if known is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    return {name: known.estimate, f"{name}_low": known.low, f"{name}_high": known.high}


def roc_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per threshold of the best's network; None as `separation_rows`.

    The bands are those at the row's false positive rate and at its sensitivity. The precision of
    a threshold that no positive image reaches has none.
    """
    best = next((row for row in separations(findings) if row.alternative is findings.best), None)
    if best is None:
        return None
    known = best.curve
    of_sensitivity = roc_band(known, known.false_positive_rate)
    reached = known.sensitivity > 0
    of_precision = precision_band(known, np.where(reached, known.sensitivity, 1.0))
    return [
        {
            "threshold": None if isinf(threshold) else float(threshold),
            "true_positives": int(known.true_positives[place]),
            "false_positives": int(known.false_positives[place]),
            "sensitivity": float(known.sensitivity[place]),
            "false_positive_rate": float(known.false_positive_rate[place]),
            "precision": float(known.precision[place]),
            "sensitivity_low": float(of_sensitivity.low[place]),
            "sensitivity_high": float(of_sensitivity.high[place]),
            "precision_low": float(of_precision.low[place]) if reached[place] else None,
            "precision_high": float(of_precision.high[place]) if reached[place] else None,
        }
        for place, threshold in enumerate(known.thresholds)
    ]
