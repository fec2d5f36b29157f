"""The file with every pair of alternatives, compared."""

from __future__ import annotations

from typing import Any

from cotejo.report.csv_files import finite, significant
from cotejo.report.findings import Findings

__all__ = ["COMPARISON_COLUMNS", "comparison_rows"]

COMPARISON_COLUMNS = (
    "first", "second", "difference", "low", "high", "method", "first_seeds", "second_seeds",
    "level", "margin", "verdict", "claimed",
)  # fmt: skip


def comparison_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per pair of alternatives, in the study's order."""
    return [
        {
            "first": lead.first.name,
            "second": lead.second.name,
            "difference": lead.difference.estimate,
            "low": finite(lead.difference.low),
            "high": finite(lead.difference.high),
            "method": lead.difference.method,
            "first_seeds": lead.difference.seeds[0],
            "second_seeds": lead.difference.seeds[1],
            "level": significant(lead.level),
            "margin": finite(lead.margin),
            "verdict": lead.verdict,
            "claimed": int(lead.claimed),
        }
        for lead in findings.evidence.leads
    ]
