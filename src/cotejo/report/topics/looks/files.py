"""The file with the claims at each look."""

from __future__ import annotations

from typing import Any

from cotejo.report.csv_files import finite
from cotejo.report.findings import Findings

__all__ = ["LOOK_COLUMNS", "look_rows"]

LOOK_COLUMNS = (
    "look", "claim", "better", "than", "metric", "runs", "first_seeds", "second_seeds",
    "advantage", "low", "high", "settled_at",
)  # fmt: skip


def look_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per look and comparison of a claim; None where no look was taken."""
    course = findings.evidence.course
    if course is None or not course.looks:
        return None
    rows = []
    for look, of_look in zip(course.looks, course.intervals, strict=True):
        for number, (verdict, parts) in enumerate(zip(look.verdicts, of_look, strict=True), 1):
            names = verdict.claim.get("than") or [verdict.claim.get("value")]
            for than, difference in zip(names, parts, strict=True):
                seeds = difference.seeds if difference else (None, None)
                rows.append(
                    {
                        "look": look.number,
                        "claim": number,
                        "better": verdict.claim["better"],
                        "than": than,
                        "metric": verdict.metric,
                        "runs": look.runs,
                        "first_seeds": seeds[0],
                        "second_seeds": seeds[1] if verdict.claim.get("than") else None,
                        "advantage": finite(difference.estimate) if difference else None,
                        "low": finite(difference.low) if difference else None,
                        "high": finite(difference.high) if difference else None,
                        "settled_at": verdict.settled_at,
                    }
                )
    return rows
