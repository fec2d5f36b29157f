"""The files with the results: of each alternative, by class, and averaged over the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.findings import Findings
from cotejo.report.seed_means import balanced_over_seeds
from cotejo.report.topics.results.averages import CLASS_FIGURES, averages, class_figures

__all__ = [
    "AVERAGE_COLUMNS",
    "CLASS_COLUMNS",
    "SUMMARY_COLUMNS",
    "SUMMARY_DECIMALS",
    "average_rows",
    "class_rows",
    "summary_columns",
    "summary_rows",
]

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
SUMMARY_DECIMALS = {"images_per_second": 1, "train_seconds": 3}
CLASS_COLUMNS = (
    "alternative", "label", "class", *CLASS_FIGURES, "support",
    *(f"{name}_{end}" for name in CLASS_FIGURES for end in ("low", "high")),
)  # fmt: skip
AVERAGE_COLUMNS = ("alternative", "average", "mean", "low", "high")


def summary_columns(findings: Findings) -> list[str]:
    """Return the columns of ``summary.csv``: balanced accuracy only where classes are unlike."""
    return [*SUMMARY_COLUMNS, *_balanced_columns(findings.facts)]


def summary_rows(facts: StudyFacts) -> list[dict[str, Any]]:
    """Return one row per alternative, in the study's order, with ``SUMMARY_COLUMNS``.

    Figures are means over the finished seeds; None where no run finished. Where the classes are
    unlike in size, the columns of balanced accuracy follow.
    """
    columns = _balanced_columns(facts)
    return [
        _summary_row(alternative) | _balanced_cells(alternative, columns)
        for alternative in facts.alternatives
    ]


def _balanced_columns(facts: StudyFacts) -> list[str]:
    if facts.unlike is None:
        return []
    of_choice = ["valid_balanced_accuracy"] if facts.chosen_by == "balanced_accuracy" else []
    return [*of_choice, *(f"test_balanced_accuracy{end}" for end in ("", "_low", "_high"))]


def _balanced_cells(alternative: AlternativeFacts, columns: Sequence[str]) -> dict[str, Any]:
    cells: dict[str, Any] = dict.fromkeys(columns)
    if not columns or not alternative.finished:
        return cells
    known = balanced_over_seeds(alternative)
    cells |= {
        "test_balanced_accuracy": known.estimate,
        "test_balanced_accuracy_low": known.low,
        "test_balanced_accuracy_high": known.high,
    }
    if "valid_balanced_accuracy" in columns:
        cells["valid_balanced_accuracy"] = alternative.known_mean("valid", "balanced_accuracy")
    return cells


def class_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per trained alternative and class, with the class's figures."""
    facts = findings.facts
    names = facts.class_names(language)
    return [row for alternative in facts.trained for row in _class_rows(alternative, names)]


def average_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per trained alternative and average; None where no run has them."""
    rows = [
        {
            "alternative": alternative.name,
            "average": f"macro_{name}",
            "mean": average.estimate,
            "low": average.low,
            "high": average.high,
        }
        for alternative in findings.facts.trained
        for name, average in averages(alternative).items()
        if average is not None
    ]
    return rows or None


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
    epochs = [run.record.get("epochs") for run in alternative.finished]
    known = [count for count in epochs if count is not None]
    mean = sum(known) / len(known) if len(set(epochs)) > 1 and known else epochs[0]
    return row | {
        # How many of what was added is not always known.
        "epochs": mean if len(known) == len(epochs) else None,
        "train_accuracy": alternative.known_mean("train", "accuracy"),
        "valid_accuracy": alternative.known_mean("valid", "accuracy"),
        "test_accuracy": alternative.mean("test", "accuracy"),
        "test_accuracy_std": alternative.spread("test", "accuracy"),
        "macro_f1": alternative.mean("test", "macro_f1"),
        "test_loss": alternative.known_mean("test", "loss"),
        "train_seconds": alternative.mean_timing("train_seconds"),
        "images_per_second": alternative.mean_timing("images_per_second"),
    }


def _class_rows(alternative: AlternativeFacts, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    known = zip(alternative.per_class, class_figures(alternative), strict=True)
    for label, (means, intervals) in enumerate(known):
        row = dict.fromkeys(CLASS_COLUMNS) | {"alternative": alternative.name} | means
        row |= {"label": label, "class": names[label]}
        for name, interval in intervals.items():
            if not means["support"] and name in means:
                row[name] = None  # of a class without test images there is nothing to measure
            elif interval is not None:
                row |= {name: interval.estimate, f"{name}_low": interval.low}
                row[f"{name}_high"] = interval.high
        rows.append(row)
    return rows
