"""The file with the claims: what was measured of each comparison, and the verdict."""

from __future__ import annotations

from typing import Any

from cotejo.report.claims import Part
from cotejo.report.csv_files import finite, significant
from cotejo.report.findings import Findings

__all__ = ["CLAIM_COLUMNS", "claim_rows"]

CLAIM_COLUMNS = (
    "claim", "text", "verdict", "level", "better", "than", "metric", "reach", "by", "margin",
    "advantage", "low", "high", "outcome", "seeds_needed", "images_needed", "unreached", "diverged",
)  # fmt: skip


def claim_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per comparison that a claim depends on; None where the study has no claims."""
    if not findings.evidence.verdicts:
        return None
    return [
        {
            "claim": number,
            "text": verdict.text(language),
            "verdict": verdict.outcome,
            "level": significant(verdict.level) if verdict.level is not None else None,
            "better": verdict.claim["better"],
            "than": part.measured.value if part.measured.than is None else part.measured.than,
            "metric": verdict.metric,
            "reach": verdict.claim.get("reach"),
            "by": verdict.line,
            **_measured(part),
            "outcome": part.outcome,
            "seeds_needed": part.needed.seeds if part.needed else None,
            "images_needed": part.needed.images if part.needed else None,
            "unreached": part.measured.unreached,
            "diverged": part.measured.diverged,
        }
        for number, verdict in enumerate(findings.evidence.verdicts, start=1)
        for part in verdict.parts
    ]


def _measured(part: Part) -> dict[str, Any]:
    tested, difference = part.tested, part.difference
    if tested is None or difference is None:
        return dict.fromkeys(("margin", "advantage", "low", "high"))
    return {
        "margin": finite(tested.margin),
        "advantage": finite(difference.estimate),
        "low": finite(difference.low),
        "high": finite(difference.high),
    }
