"""``runs.csv``: every run with its seed, the settings that differ, and all its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.findings import Findings
from cotejo.report.words import Words
from cotejo.store import RunFolder

__all__ = ["RUN_DECIMALS", "run_columns", "run_rows"]

_FIGURES = (
    "status",
    "parameters",
    "epochs",
    "best_epoch",
    "train_accuracy",
    "valid_accuracy",
    "test_accuracy",
    "train_loss",
    "valid_loss",
    "test_loss",
    "macro_f1",
    "top2_accuracy",
    "calibration_error",
    "train_seconds",
    "images_per_second",
    "reason",
)
RUN_DECIMALS = {"images_per_second": 1, "train_seconds": 3}


def run_columns(findings: Findings) -> list[str]:
    """Return the columns; ``setting_<name>`` for each setting that differs in the study."""
    settings = [f"setting_{name}" for name in _differing(findings.facts)]
    return ["alternative", "seed", *settings, *_FIGURES]


def run_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per run that was asked for, by alternative and seed.

    Its ``status`` is ``finished``, ``failed``, ``damaged`` for a finished run that can't be
    counted, or ``missing``. What a run lacks is None.
    """
    facts, words = findings.facts, Words(language)
    columns, names = run_columns(findings), _differing(facts)
    rows = []
    for alternative in facts.alternatives:
        settings = {f"setting_{name}": _plain(alternative.settings.get(name)) for name in names}
        known = dict(_ended(alternative, words))
        for seed in facts.seeds_of(alternative):
            row: dict[str, Any] = dict.fromkeys(columns)
            row |= {"alternative": alternative.name, "seed": seed, **settings}
            rows.append(row | known.get(seed, {"status": "missing"}))
    return rows


def _differing(facts: StudyFacts) -> list[str]:
    """Return the settings in which the alternatives differ, in their usual order."""
    every = [alternative.settings for alternative in facts.described]
    names = Settings.by_group(dict.fromkeys(name for settings in every for name in settings))
    return [name for name in names if len({_plain(settings.get(name)) for settings in every}) > 1]


def _plain(value: Any) -> str | None:
    """Return a setting's value as text: a list as JSON, so that the cell says all of it."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _ended(alternative: AlternativeFacts, words: Words) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what is known of each run that came to an end, after its seed."""
    for run in alternative.finished:
        yield int(run.record["seed"]), _finished(run)
    for run in alternative.failed:
        reason = words.reason(run.record.get("reason"))
        yield int(run.record["seed"]), {**_model(run), "status": "failed", "reason": reason}
    for left_out in alternative.left_out:
        yield left_out.seed, {"status": "damaged"}


def _finished(run: RunFolder) -> dict[str, Any]:
    record, metrics = run.record, run.metrics
    test, calibration = metrics["test"], metrics["test"].get("calibration") or {}
    timings = record.get("timings") or {}
    by_split = {
        f"{split}_{name}": (metrics.get(split) or {}).get(name)
        for name in ("accuracy", "loss")
        for split in ("train", "valid", "test")
    }
    return {
        **_model(run),
        **by_split,
        "status": "finished",
        "epochs": record.get("epochs"),
        "best_epoch": record.get("best_epoch"),
        "macro_f1": test.get("macro_f1"),
        # With two classes the true one is always among the two most probable.
        "top2_accuracy": test.get("top2_accuracy") if len(test["per_class"]) > 2 else None,
        "calibration_error": calibration.get("ece"),
        "train_seconds": timings.get("train_seconds"),
        "images_per_second": timings.get("images_per_second"),
    }


def _model(run: RunFolder) -> dict[str, Any]:
    model: Mapping[str, Any] = run.record.get("model") or {}
    return {"parameters": model.get("parameters")}
