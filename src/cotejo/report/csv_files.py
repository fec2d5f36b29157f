"""The CSV files beside the report: the numbers that its tables and figures show."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.averages import CLASS_FIGURES, class_figures
from cotejo.report.failure_files import write_failure_files
from cotejo.report.findings import Findings
from cotejo.report.optional_files import write_optional_files
from cotejo.report.rounding import write_rounded

__all__ = ["SUMMARY_COLUMNS", "mistake_rows", "pair_rows", "summary_rows", "write_csv_files"]

SUMMARY_COLUMNS = (
    "alternative",
    "model",
    "parameters",
    "seeds",
    "epochs",
    "train_accuracy",
    "valid_accuracy",
    "test_accuracy",
    "test_accuracy_std",
    "macro_f1",
    "test_loss",
    "train_seconds",
    "images_per_second",
    "failed_seeds",
)


_COMPARISON_COLUMNS = (
    "first", "second", "difference", "low", "high", "method", "first_seeds", "second_seeds",
    "p", "p_corrected", "verdict", "seeds_needed", "images_needed",
)  # fmt: skip
_CLAIM_COLUMNS = (
    "claim", "text", "verdict", "better", "than", "metric", "reach", "by", "advantage", "low",
    "high", "p_corrected", "outcome", "seeds_needed", "images_needed", "unreached",
)  # fmt: skip

_CLASS_COLUMNS = (
    "alternative", "label", "class", *CLASS_FIGURES, "support",
    *(f"{name}_{end}" for name in CLASS_FIGURES for end in ("low", "high")),
)  # fmt: skip

_SUMMARY_DECIMALS = {"images_per_second": 1, "train_seconds": 3}


def summary_rows(facts: StudyFacts) -> list[dict[str, Any]]:
    """Return a row an alternative, in the study's order, with ``SUMMARY_COLUMNS``.

    Figures are means over the finished seeds; None where no run finished.
    """
    return [_summary_row(alternative) for alternative in facts.alternatives]


def write_csv_files(findings: Findings, language: str) -> None:
    """Write the CSV files that the report's numbers are in, class names in ``language``."""
    facts = findings.facts
    folder, names = facts.folder.path, facts.class_names(language)
    write_rounded(folder / "summary.csv", SUMMARY_COLUMNS, summary_rows(facts), _SUMMARY_DECIMALS)
    write_rounded(
        folder / "per-class.csv",
        _CLASS_COLUMNS,
        (row for one in facts.trained for row in _class_rows(one, names)),
    )
    write_rounded(folder / "comparisons.csv", _COMPARISON_COLUMNS, comparison_rows(findings))
    if findings.verdicts:
        write_rounded(folder / "claims.csv", _CLAIM_COLUMNS, claim_rows(findings, language))
    else:
        (folder / "claims.csv").unlink(missing_ok=True)
    columns = [str(label) for label in range(len(names))]
    write_rounded(
        folder / "confusion.csv",
        ("label", "class", *columns),
        (
            {"label": label, "class": names[label], **dict(zip(columns, row, strict=True))}
            for label, row in enumerate(findings.confusion)
        ),
    )
    write_rounded(
        folder / "confused-pairs.csv",
        ("true_label", "true_class", "predicted_label", "predicted_class", "count", "share"),
        pair_rows(findings, language),
    )
    write_rounded(
        folder / "mistakes.csv",
        (
            "index",
            "true_label",
            "true_class",
            "predicted_label",
            "predicted_class",
            "probability",
            "probability_of_true",
        ),
        mistake_rows(findings, language),
    )
    write_optional_files(findings)
    write_failure_files(findings, language)


def comparison_rows(findings: Findings) -> list[dict[str, Any]]:
    """Return a row a pair of alternatives, in the study's order."""
    return [
        {
            "first": found.first,
            "second": found.second,
            "difference": found.difference.estimate,
            "low": found.difference.low,
            "high": found.difference.high,
            "method": found.difference.method,
            "first_seeds": found.difference.seeds[0],
            "second_seeds": found.difference.seeds[1],
            "p": _significant(found.difference.p_value),
            "p_corrected": _significant(found.p_corrected),
            "verdict": found.verdict,
            "seeds_needed": found.needed.seeds if found.needed else None,
            "images_needed": found.needed.images if found.needed else None,
        }
        for found in findings.evidence.comparisons
    ]


def claim_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return a row a comparison that a claim of the study stands or falls with."""
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
            "p_corrected": _significant(part.p_corrected) if part.difference else None,
            "outcome": part.outcome,
            "seeds_needed": part.needed.seeds if part.needed else None,
            "images_needed": part.needed.images if part.needed else None,
            "unreached": part.unreached,
        }
        for number, verdict in enumerate(findings.verdicts, start=1)
        for part in verdict.parts
    ]


def _class_rows(one: AlternativeFacts, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    known = zip(one.per_class, class_figures(one), strict=True)
    for label, (means, found) in enumerate(known):
        row = dict.fromkeys(_CLASS_COLUMNS) | {"alternative": one.name} | means
        row |= {"label": label, "class": names[label]}
        for name, interval in found.items():
            if not means["support"] and name in means:
                row[name] = None  # of a class without test images there is nothing to measure
            elif interval is not None:
                row |= {name: interval.estimate, f"{name}_low": interval.low}
                row[f"{name}_high"] = interval.high
        rows.append(row)
    return rows


def _significant(p_value: float) -> str:
    # As text: rounded to decimals, a small one would be none.
    return f"{p_value:.4g}"


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def pair_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return a row a confused pair of the best; ``share`` is that of the true class's images."""
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


def mistake_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return a row a kept mistake of the best, the surest first.

    ``position`` says which of ``mistakes.npz``'s images it is; it goes into no file.
    """
    names = findings.facts.class_names(language)
    labels, chances = findings.best.test_predictions
    indices, _ = findings.best.kept_mistakes
    sureness = chances[indices].max(axis=1) if len(indices) else np.zeros(0)
    rows = []
    for position in np.argsort(-sureness, kind="stable").tolist():
        index = int(indices[position])
        true, predicted = int(labels[index]), int(chances[index].argmax())
        rows.append(
            {
                "position": position,
                "index": index,
                "true_label": true,
                "true_class": names[true],
                "predicted_label": predicted,
                "predicted_class": names[predicted],
                "probability": float(chances[index, predicted]),
                "probability_of_true": float(chances[index, true]),
            }
        )
    return rows


def _summary_row(alternative: AlternativeFacts) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SUMMARY_COLUMNS)
    model = alternative.model
    row |= {
        "alternative": alternative.name,
        "model": alternative.settings.get("model"),
        "parameters": int(model["parameters"]) if model else None,
        "seeds": len(alternative.finished),
        "failed_seeds": len(alternative.failed),
    }
    if not alternative.finished:
        return row
    epochs = [run.record["epochs"] for run in alternative.finished]
    return row | {
        "epochs": sum(epochs) / len(epochs) if len(set(epochs)) > 1 else epochs[0],
        "train_accuracy": alternative.mean("train", "accuracy"),
        "valid_accuracy": alternative.mean("valid", "accuracy"),
        "test_accuracy": alternative.mean("test", "accuracy"),
        "test_accuracy_std": alternative.spread("test", "accuracy"),
        "macro_f1": alternative.mean("test", "macro_f1"),
        "test_loss": alternative.mean("test", "loss"),
        "train_seconds": alternative.mean_timing("train_seconds"),
        "images_per_second": alternative.mean_timing("images_per_second"),
    }
