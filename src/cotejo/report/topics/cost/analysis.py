"""What each alternative's accuracy costs, and which none beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.seed_means import mean_of, recorded
from cotejo.stats import Interval

__all__ = [
    "COST_COLUMNS",
    "KINDS",
    "Cost",
    "Kind",
    "cost_rows",
    "costs",
    "front",
    "kinds_that_differ",
]

Kind = Literal["parameters", "operations", "seconds"]
KINDS: tuple[Kind, ...] = ("parameters", "operations", "seconds")
COST_COLUMNS = (
    "alternative", "test_accuracy", "low", "high", "parameters", "bytes",
    "operations_per_image", "train_seconds", "whole_train_seconds", "inference_ms_per_image",
    *(f"on_front_of_{kind}" for kind in KINDS),
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What one alternative costs: means over its seeds. None where a run lacks the figure.

    Attributes:
        alternative: which.
        accuracy: its mean test accuracy, with its 95% interval.
        parameters: of the network.
        file_bytes: of the saved network.
        operations: floating-point operations of one image's prediction.
        own_seconds: of its training.
        seconds: of its training and of those that it started from.
        inference_ms: milliseconds of one image's prediction.
    """

    alternative: AlternativeFacts
    accuracy: Interval
    parameters: float | None
    file_bytes: float | None
    operations: float | None
    own_seconds: float
    seconds: float
    inference_ms: float | None

    def of(self, kind: Kind) -> float | None:
        """Return the cost of one kind."""
        value: float | None = getattr(self, kind)
        return value


def costs(findings: Findings) -> list[Cost]:
    """Return one row per alternative that the study trained, in the study's order.

    What those cost that were added is not known.
    """
    return [_cost(findings, alternative) for alternative in findings.facts.own]


def kinds_that_differ(rows: Sequence[Cost]) -> list[Kind]:
    """Return the kinds of cost that are known of every alternative and are not all the same."""
    differing: list[Kind] = []
    for kind in KINDS:
        values = [row.of(kind) for row in rows]
        if None not in values and len(set(values)) > 1:
            differing.append(kind)
    return differing


def front(rows: Sequence[Cost], kind: Kind) -> list[Cost]:
    """Return those that no other beats, from the cheapest: the Pareto front.

    An alternative is beaten by one that costs no more and is more accurate on the test images,
    or that costs less and is as accurate.
    """

    def key(row: Cost) -> tuple[float, float]:
        return row.of(kind) or 0.0, -row.accuracy.estimate

    unbeaten: list[Cost] = []
    for row in sorted(rows, key=key):
        if not unbeaten or row.accuracy.estimate > unbeaten[-1].accuracy.estimate:
            unbeaten.append(row)
    return unbeaten


def _cost(findings: Findings, alternative: AlternativeFacts) -> Cost:
    own = alternative.mean_timing("train_seconds") or 0.0
    return Cost(
        alternative=alternative,
        accuracy=findings.accuracy[alternative.name],
        parameters=mean_of(recorded(alternative, "model", "parameters")),
        file_bytes=mean_of(recorded(alternative, "model", "bytes")),
        operations=mean_of(recorded(alternative, "model", "operations_per_image")),
        own_seconds=own,
        seconds=mean_of([findings.facts.whole_seconds(run) for run in alternative.finished]) or own,
        inference_ms=mean_of(recorded(alternative, "timings", "inference_ms_per_image")),
    )


def cost_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return the rows of `costs`; None where there is none."""
    rows = costs(findings)
    if not rows:
        return None
    fronts = {kind: front(rows, kind) for kind in kinds_that_differ(rows)}
    return [
        {
            "alternative": row.alternative.name,
            "test_accuracy": row.accuracy.estimate,
            "low": row.accuracy.low,
            "high": row.accuracy.high,
            "parameters": _whole(row.parameters),
            "bytes": _whole(row.file_bytes),
            "operations_per_image": _whole(row.operations),
            "train_seconds": row.own_seconds,
            "whole_train_seconds": row.seconds,
            "inference_ms_per_image": row.inference_ms,
            **{f"on_front_of_{kind}": _on(fronts.get(kind), row) for kind in KINDS},
        }
        for row in rows
    ]


def _on(unbeaten: Sequence[Cost] | None, row: Cost) -> int | None:
    return None if unbeaten is None else int(row in unbeaten)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
