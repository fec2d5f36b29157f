"""The files with the best alternative's confusion matrix and its confused pairs."""

from __future__ import annotations

from typing import Any

from cotejo.report.findings import Findings

__all__ = ["PAIR_COLUMNS", "confusion_columns", "confusion_rows", "pair_rows"]

PAIR_COLUMNS = (
    "true_label", "true_class", "predicted_label", "predicted_class", "count", "share",
)  # fmt: skip


def confusion_columns(findings: Findings) -> list[str]:
    """Return the columns of the matrix: one per predicted label, after the true class."""
    return ["label", "class", *map(str, range(len(findings.confusion)))]


def confusion_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per true class, with how many of its images were taken for each class."""
    names = findings.facts.class_names(language)
    return [
        {"label": label, "class": names[label], **{str(at): count for at, count in enumerate(row)}}
        for label, row in enumerate(findings.confusion)
    ]


def pair_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per confused pair of the best.

    ``share`` is the share of the true class's images.
    """
    names = findings.facts.class_names(language)
    return [
        {
            "true_label": true,
            "true_class": names[true],
            "predicted_label": predicted,
            "predicted_class": names[predicted],
            "count": count,
            "share": count / sum(findings.confusion[true]),
        }
        for true, predicted, count in findings.pairs
    ]
