"""The files with the numbers of robustness: of each alternative, and of each corruption."""

from __future__ import annotations

from typing import Any

from cotejo.corruptions import CORRUPTIONS, SEVERITIES
from cotejo.report.findings import Findings
from cotejo.report.topics.robustness.analysis import robustness

__all__ = ["CORRUPTION_COLUMNS", "ROBUSTNESS_COLUMNS", "corruption_rows", "robustness_rows"]

ROBUSTNESS_COLUMNS = (
    "alternative",
    "seeds",
    "images",
    "accuracy",
    "mean_corruption_accuracy",
    "low",
    "high",
)
CORRUPTION_COLUMNS = ("alternative", "corruption", "severity", "accuracy")


def robustness_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per alternative; None if no run was asked about corrupted images."""
    rows = [
        {
            "alternative": row.alternative.name,
            "seeds": len(row.shares),
            "images": row.images,
            "accuracy": row.clean,
            "mean_corruption_accuracy": row.mean.estimate,
            "low": row.mean.low,
            "high": row.mean.high,
        }
        for row in robustness(findings)
    ]
    return rows or None


def corruption_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per alternative, corruption and severity; None as above."""
    rows = [
        {
            "alternative": row.alternative.name,
            "corruption": name,
            "severity": severity,
            "accuracy": float(row.table[place, severity - 1]),
        }
        for row in robustness(findings)
        for place, name in enumerate(CORRUPTIONS)
        for severity in SEVERITIES
    ]
    return rows or None
