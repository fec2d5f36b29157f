"""Macro averages and figures by class, with intervals over seeds and test images."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.seed_means import over_seeds, tested
from cotejo.stats import Interval

__all__ = ["CLASS_FIGURES", "averages", "class_figures"]

CLASS_FIGURES = ("precision", "recall", "f1", "auc")
"""What is given of each class, and averaged over them."""


def averages(alternative: AlternativeFacts) -> dict[str, Interval | None]:
    """Return each macro average with its 95% interval; None where a run lacks it."""
    tests = [run.metrics["test"] for run in alternative.finished]
    return {
        name: over_seeds(
            tested(alternative, f"macro_{name}"),
            [(test.get("intervals") or {}).get(f"macro_{name}") for test in tests],
        )
        for name in CLASS_FIGURES
    }


def class_figures(alternative: AlternativeFacts) -> list[dict[str, Interval | None]]:
    """Return each class's figures with their 95% intervals, in label order, as `averages`."""
    runs = [run.metrics["test"]["per_class"] for run in alternative.finished]
    figures: list[dict[str, Interval | None]] = []
    for rows in zip(*runs, strict=True):
        of_class: dict[str, Interval | None] = {}
        for name in CLASS_FIGURES:
            values = [row.get(name) for row in rows]
            known = None if None in values else [float(value) for value in values]
            of_class[name] = over_seeds(known, [row.get(f"{name}_interval") for row in rows])
        figures.append(of_class)
    return figures
