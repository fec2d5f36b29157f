"""The files with the numbers of limits: of all alternatives, and of the best's classes."""

from __future__ import annotations

from typing import Any

from cotejo.evaluate.probes import PROBES
from cotejo.report.findings import Findings
from cotejo.report.topics.limits.analysis import limits, limits_of_best

__all__ = ["CLASS_COLUMNS", "LIMITS_COLUMNS", "class_rows", "limits_rows"]

LIMITS_COLUMNS = (
    "alternative", "coverage", "low", "high", "mean_size", "singles",
    *(f"auroc_{name}" for name in PROBES), *(f"unlike_{name}" for name in (*PROBES, "test")),
)  # fmt: skip
CLASS_COLUMNS = ("label", "class", "coverage", "low", "high")


def limits_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per alternative; None if none has probabilities on validation and test."""
    rows = [
        {
            "alternative": row.alternative.name,
            "coverage": row.coverage.estimate,
            "low": row.coverage.low,
            "high": row.coverage.high,
            "mean_size": row.size,
            "singles": row.singles,
            **{f"auroc_{name}": row.areas.get(name) for name in PROBES},
            **{f"unlike_{name}": row.flagged.get(name) for name in (*PROBES, "test")},
        }
        for row in limits(findings)
    ]
    return rows or None


def class_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per class, by the representative run of the best; None as `limits_rows`."""
    best = limits_of_best(findings)
    if best is None:
        return None
    names = findings.facts.class_names(language)
    return [
        {
            "label": label,
            "class": names[label],
            "coverage": known.estimate if known else None,
            "low": known.low if known else None,
            "high": known.high if known else None,
        }
        for label, known in enumerate(best.by_class)
    ]
