"""``report.json``: the numbers that the report's sentences quote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cotejo.report.csv_files import finite
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.topic import Topic
from cotejo.stats import Difference

__all__ = ["report_json"]


def report_json(topics: Sequence[Topic], findings: Findings) -> dict[str, Any]:
    """Return what ``report.json`` holds, as `docs/files.md` describes it.

    Raises:
        ValueError: two parts of the report have an entry of the same name.
    """
    content = _results(findings)
    # From the last topic to the first: so the file has always been ordered.
    parts = [topic.report_json(findings) for topic in reversed(topics)]
    for part in (*parts, _counts(findings)):
        if twice := content.keys() & part.keys():
            raise ValueError(f"report.json would have these entries twice: {sorted(twice)}")
        content |= part
    return content


def _results(findings: Findings) -> dict[str, Any]:
    """Return the entries on how good the alternatives are."""
    best = findings.best
    balanced = {name: asdict(value) for name, value in findings.balanced.items()}
    epochs, seconds = findings.whole_training or (None, None)
    return {
        "format": 1,
        "best": {
            "alternative": best.name,
            "chosen_by": (
                "mean balanced validation accuracy"
                if findings.by_balanced
                else "mean validation accuracy"
            ),
            "representative_seed": int(best.representative.record["seed"]),
            "representative_test_accuracy": asdict(findings.representative_accuracy),
            "mistakes": findings.mistakes,
            "sure_mistakes": findings.sure_mistakes,
            "mutual_pair": list(findings.mutual_pair) if findings.mutual_pair else None,
            "classes_by_f1": findings.classes_by_f1(best),
            "hardest_in_all": _hardest_in_all(findings),
            "whole_training_epochs": epochs,
            "whole_training_seconds": seconds,
        },
        "ranking": [alternative.name for alternative in findings.ranked],
        "most_frequent_class": {s: findings.most_frequent_in(s) for s in ("valid", "test")},
        "test_accuracy": {name: asdict(value) for name, value in findings.accuracy.items()},
        # Only where the report leads with it, so that the file of any other study stays as it was.
        **({"balanced_accuracy": balanced} if findings.facts.unlike else {}),
        "macro_averages": findings.macro,
        "lead_of_best": {lead.second.name: _judged(lead) for lead in findings.leads},
        "choice": _described(findings.choice) if findings.choice else None,
        "unlearned": [alternative.name for alternative in findings.unlearned],
        # Only where there are some, so that the file of any other study stays as it was.
        **({"added": _added(findings)} if findings.facts.added else {}),
        "overfitting": {name: asdict(value) for name, value in findings.overfitting.items()},
    }


def _added(findings: Findings) -> dict[str, Any]:
    """Return, of each alternative that was added, the files that its predictions came from."""
    return {alternative.name: alternative.source_files for alternative in findings.facts.added}


def _counts(findings: Findings) -> dict[str, Any]:
    """Return the entries on the runs and on the readings of the test set."""
    facts = findings.facts
    return {
        "train_seconds": findings.train_seconds,
        "test_reads": len(facts.test_reads),
        "finished_runs": len(facts.finished),
        "failed_runs": len(facts.failed),
        "missing_runs": facts.missing,
        "left_out_runs": [
            {"alternative": run.alternative, "seed": run.seed} for run in facts.left_out
        ],
    }


def _hardest_in_all(findings: Findings) -> int | None:
    """Return the class that has the lowest F1, and no other with it, in every alternative."""
    counts = findings.hardest_counts()
    return next(iter(counts)) if len(counts) == 1 else None


def _judged(lead: Lead) -> dict[str, Any]:
    """Return a difference with the interval that is judged; an end is null where it is open."""
    difference = lead.difference
    return {
        "estimate": difference.estimate,
        "low": finite(difference.low),
        "high": finite(difference.high),
        "level": lead.level,
        "margin": finite(lead.margin),
        "verdict": lead.verdict,
    }


def _described(difference: Difference) -> dict[str, Any]:
    return {name: getattr(difference, name) for name in ("estimate", "low", "high", "p_value")}
