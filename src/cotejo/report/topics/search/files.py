"""The files with the numbers of searches and of numbers that were varied."""

from __future__ import annotations

import json
from typing import Any

from cotejo.report.findings import Findings
from cotejo.report.topics.search.analysis import accuracy_of, best_so_far, searched, sweeps

__all__ = [
    "EXPECTED_COLUMNS",
    "SEARCH_COLUMNS",
    "SHARE_COLUMNS",
    "SWEEP_COLUMNS",
    "expected_rows",
    "search_rows",
    "share_rows",
    "sweep_rows",
    "trial_columns",
    "trial_rows",
]

SEARCH_COLUMNS = (
    "alternative", "trials", "finished", "stopped", "failed", "missing", "seconds", "best_trial",
    "best_valid_accuracy", "fresh_seeds", "fresh_valid_accuracy", "excess", "low", "high",
)  # fmt: skip
SHARE_COLUMNS = ("alternative", "setting", "trials", "share", "low", "high")
EXPECTED_COLUMNS = ("alternative", "trials", "expected_valid_accuracy", "low", "high")
SWEEP_COLUMNS = ("setting", "value", "alternative", "seeds", "test_accuracy", "low", "high")

_TRIAL_COLUMNS = (
    "alternative", "trial", "seed", "status", "valid_accuracy", "low", "high", "best_so_far",
    "epochs", "seconds",
)  # fmt: skip

Rows = list[dict[str, Any]] | None


def trial_columns(findings: Findings) -> list[str]:
    """Return the columns of the trials, with one for each setting that any search has."""
    settings = dict.fromkeys(
        setting for search in searched(findings) for setting in search.facts.settings
    )
    return [*_TRIAL_COLUMNS, *settings]


def trial_rows(findings: Findings, language: str) -> Rows:
    """Return one row per trial; None of a study without a search."""
    settings = trial_columns(findings)[len(_TRIAL_COLUMNS) :]
    rows = []
    for search in searched(findings):
        course = best_so_far(search.facts.trials)
        for trial, best in zip(search.facts.trials, course, strict=True):
            known = accuracy_of(trial)
            values = {name: _written(trial["values"].get(name)) for name in settings}
            rows.append(
                {
                    "alternative": search.facts.alternative.name,
                    "trial": trial["number"],
                    "seed": trial["seed"],
                    "status": trial["status"],
                    "valid_accuracy": known and known.estimate,
                    "low": known and known.low,
                    "high": known and known.high,
                    "best_so_far": best,
                    "epochs": len(trial["valid_accuracies"]),
                    "seconds": trial["seconds"],
                    **values,
                }
            )
    return rows or None


def _written(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def search_rows(findings: Findings, language: str) -> Rows:
    """Return one row per search; None of a study without one."""
    rows = []
    for search in searched(findings):
        facts, curse = search.facts, search.curse
        excess = curse.excess if curse is not None else None
        rows.append(
            {
                "alternative": facts.alternative.name,
                "trials": len(facts.trials),
                **{status: facts.count(status) for status in ("finished", "stopped", "failed")},
                "missing": facts.missing,
                "seconds": sum(trial["seconds"] for trial in facts.trials),
                "best_trial": facts.entry["number"],
                "best_valid_accuracy": facts.best and facts.best["valid_accuracy"],
                "fresh_seeds": curse and curse.seeds,
                "fresh_valid_accuracy": curse and curse.fresh,
                "excess": curse and curse.points,
                "low": excess and excess.low,
                "high": excess and excess.high,
            }
        )
    return rows or None


def share_rows(findings: Findings, language: str) -> Rows:
    """Return one row per search and setting; None of a study without a search."""
    rows = [
        {
            "alternative": search.facts.alternative.name,
            "setting": setting,
            "trials": len(search.facts.trials),
            "share": share and share.estimate,
            "low": share and share.low,
            "high": share and share.high,
        }
        for search in searched(findings)
        for setting, share in search.shares.items()
    ]
    return rows or None


def expected_rows(findings: Findings, language: str) -> Rows:
    """Return one row per search and number of trials; None where no trials were independent."""
    rows = [
        {
            "alternative": search.facts.alternative.name,
            "trials": number,
            "expected_valid_accuracy": point.estimate,
            "low": point.low,
            "high": point.high,
        }
        for search in searched(findings)
        for number, point in enumerate(search.expected, 1)
    ]
    return rows or None


def sweep_rows(findings: Findings, language: str) -> Rows:
    """Return one row per value of a number that is varied alone; None where there is none."""
    rows = [
        {
            "setting": sweep.setting,
            "value": value,
            "alternative": alternative.name,
            "seeds": len(alternative.finished),
            "test_accuracy": known.estimate,
            "low": known.low,
            "high": known.high,
        }
        for sweep in sweeps(findings)
        for value, alternative, known in sweep.points
    ]
    return rows or None
