"""The file with every pair of alternatives, compared."""

from __future__ import annotations

from typing import Any

from cotejo.report.csv_files import significant
from cotejo.report.findings import Findings

__all__ = ["COMPARISON_COLUMNS", "comparison_rows"]

COMPARISON_COLUMNS = (
    "first", "second", "difference", "low", "high", "method", "first_seeds", "second_seeds",
    "p", "p_corrected", "verdict", "seeds_needed", "images_needed",
)  # fmt: skip


def comparison_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per pair of alternatives, in the study's order."""
    return [
        {
            "first": comparison.first,
            "second": comparison.second,
            "difference": comparison.difference.estimate,
            "low": comparison.difference.low,
            "high": comparison.difference.high,
            "method": comparison.difference.method,
            "first_seeds": comparison.difference.seeds[0],
            "second_seeds": comparison.difference.seeds[1],
            "p": significant(comparison.difference.p_value),
            "p_corrected": significant(comparison.p_corrected),
            "verdict": comparison.verdict,
            "seeds_needed": comparison.needed.seeds if comparison.needed else None,
            "images_needed": comparison.needed.images if comparison.needed else None,
        }
        for comparison in findings.evidence.comparisons
    ]
