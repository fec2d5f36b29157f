"""The marks that stand for alternatives in a figure: their colour, and their place in a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.drawing import COLOURS, INK, colour
from cotejo.report.findings import Findings

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

__all__ = ["handle", "has_own_colours", "ink"]


def has_own_colours(facts: StudyFacts) -> bool:
    """Return whether there are colours enough for each alternative to have its own."""
    return len(facts.alternatives) <= COLOURS


def ink(alternative: AlternativeFacts, findings: Findings) -> str:
    """Return the colour of an alternative among all of them in one figure.

    Where colours would have to be used twice, only the best has one.
    """
    if has_own_colours(findings.facts):
        return colour(alternative.index)
    return colour(0) if alternative is findings.best else INK


def handle(label: str, shade: str) -> Line2D:
    """Return the entry of an alternative's mark in a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], color=shade, marker="o", markersize=5, linestyle="", label=label)
