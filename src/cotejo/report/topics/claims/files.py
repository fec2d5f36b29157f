"""The file with the claims: what was measured of each comparison, and the verdict."""

from __future__ import annotations

from math import isfinite
from typing import Any

from cotejo.report.csv_files import significant
from cotejo.report.findings import Findings
from cotejo.report.topics.claims.analysis import verdicts

__all__ = ["CLAIM_COLUMNS", "claim_rows"]

CLAIM_COLUMNS = (
    "claim", "text", "verdict", "better", "than", "metric", "reach", "by", "advantage", "low",
    "high", "p_corrected", "outcome", "seeds_needed", "images_needed", "unreached",
)  # fmt: skip


def claim_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per comparison that a claim depends on; None where the study has no claims."""
    if not verdicts(findings):
        return None
    return [
        {
            "claim": number,
            "text": verdict.text(language),
            "verdict": verdict.outcome,
            "better": verdict.claim["better"],
            "than": part.value if part.than is None else part.than,
            "metric": verdict.metric,
            "reach": verdict.claim.get("reach"),
            "by": verdict.margin,
            "advantage": _finite(part.difference.estimate) if part.difference else None,
            "low": _finite(part.difference.low) if part.difference else None,
            "high": _finite(part.difference.high) if part.difference else None,
            "p_corrected": significant(part.p_corrected) if part.difference else None,
            "outcome": part.outcome,
            "seeds_needed": part.needed.seeds if part.needed else None,
            "images_needed": part.needed.images if part.needed else None,
            "unreached": part.unreached,
        }
        for number, verdict in enumerate(verdicts(findings), start=1)
        for part in verdict.parts
    ]


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
