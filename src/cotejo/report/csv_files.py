"""The CSV files beside the report: the numbers that its tables and figures show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.report.facts import AlternativeFacts, StudyFacts
from cotejo.report.findings import Findings
from cotejo.store import write_csv

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


_DIGITS = {"images_per_second": 1, "train_seconds": 3}
"""Decimals kept of a column; 6 of the others."""


def summary_rows(facts: StudyFacts) -> list[dict[str, Any]]:
    """Return a row an alternative, in the study's order, with ``SUMMARY_COLUMNS``.

    Figures are means over the finished seeds; None where no run finished.
    """
    return [_summary_row(alternative) for alternative in facts.alternatives]


def write_csv_files(findings: Findings, language: str) -> None:
    """Write the CSV files that the report's numbers are in, class names in ``language``."""
    facts = findings.facts
    folder, names = facts.folder.path, facts.class_names(language)
    _write(folder / "summary.csv", SUMMARY_COLUMNS, summary_rows(facts))
    _write(
        folder / "per-class.csv",
        ("alternative", "label", "class", "precision", "recall", "f1", "support"),
        (
            {"alternative": one.name, "label": label, "class": names[label], **row}
            for one in facts.trained
            for label, row in enumerate(one.per_class)
        ),
    )
    columns = [str(label) for label in range(len(names))]
    _write(
        folder / "confusion.csv",
        ("label", "class", *columns),
        (
            {"label": label, "class": names[label], **dict(zip(columns, row, strict=True))}
            for label, row in enumerate(findings.confusion)
        ),
    )
    _write(
        folder / "confused-pairs.csv",
        ("true_label", "true_class", "predicted_label", "predicted_class", "count", "share"),
        pair_rows(findings, language),
    )
    _write(
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


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows without the digits that only the arithmetic of floats leaves."""
    write_csv(
        path,
        columns,
        (
            {
                name: round(value, _DIGITS.get(name, 6)) if isinstance(value, float) else value
                for name, value in row.items()
            }
            for row in rows
        ),
    )


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
