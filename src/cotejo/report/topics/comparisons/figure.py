"""The figure of differences from the best, with their intervals side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.report.alternative_marks import ink
from cotejo.report.drawing import (
    GREY,
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    new_figure,
    number_axis,
    wrapped,
)
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["differences", "is_beyond", "one_margin"]


@draws
def differences(findings: Findings, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw each alternative's test accuracy less the best's, in points, in their order."""
    leads = findings.leads
    figure = new_figure(width, 0.8 + (0.32 if width > PHONE_WIDTH else 0.5) * len(leads))
    axes = figure.subplots()
    axes.axvline(0, color=GREY, linewidth=0.8, dashes=(4, 3))
    if (margin := one_margin(leads)) is not None:
        axes.axvspan(-100 * margin, 100 * margin, color=GREY, alpha=0.15, linewidth=0)
    limit = _limit(findings)
    for height, lead in enumerate(leads):
        difference, shade = lead.difference.reversed(), ink(lead.second, findings)
        low, estimate, high = (
            100 * value for value in (difference.low, difference.estimate, difference.high)
        )
        far = is_beyond(lead, findings)
        if far:
            low = estimate = high = limit
        axes.plot([max(low, limit), high], [height] * 2, color=shade, linewidth=2)
        filled = shade if lead.settled else "white"
        marker = "<" if far else "o"
        axes.plot(estimate, height, marker, color=shade, markerfacecolor=filled, markersize=6)
        axes.annotate(
            words.numbers.difference(difference.estimate),
            (high, height),
            xytext=(8, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=8,
            color=INK,
            # No line of the grid, nor that of 0, runs through the number.
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    dress(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color="#d9d9d9", linewidth=0.6)
    axes.set_yticks(
        range(len(leads)), [wrapped(lead.second.label(words.language), figure) for lead in leads]
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(leads) - 0.5, -0.5)
    axes.margins(x=0.12 if width > PHONE_WIDTH else 0.25)
    axes.set_xlabel(wrapped(words.say("comparisons.axis_difference"), figure, 28))
    number_axis(axes.xaxis, words.numbers)
    return figure


def one_margin(leads: Sequence[Lead]) -> float | None:
    """Return the difference that matters; None where claims have others for some of the pairs."""
    margins = {lead.margin for lead in leads}
    return margins.pop() if len(margins) == 1 else None


def is_beyond(lead: Lead, findings: Findings) -> bool:
    """Return whether an alternative is farther behind the best than the axis reaches."""
    return -100 * lead.difference.estimate < _limit(findings)


def _limit(findings: Findings) -> float:
    """Return where the axis begins, in points: one that is far behind would squeeze the others."""
    lows = sorted(-100 * lead.difference.high for lead in findings.leads)
    middle = lows[len(lows) // 2]
    return min(lows[0], 0.0) if lows[0] >= 3 * min(middle, -1.0) else 3 * min(middle, -1.0)
