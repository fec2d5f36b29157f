"""The figure of each claim's interval, look by look."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cotejo.report.drawing import (
    GREY,
    PHONE_WIDTH,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    legend,
    new_figure,
    number_axis,
)
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Row", "intervals_by_look"]

_ENDS = 4.0
"""Where an interval is cut off, in differences that matter."""

_LINE = 0.13
"""The height in inches of one interval."""


@dataclass(frozen=True)
class Row:
    """A claim with its interval at each look, in differences that matter, from what is claimed.

    Attributes:
        label: the claim.
        intervals: of each look, the low end, the estimate and the high end; None where unknown.
        look: the look that gave the verdict, from 1; None of an open claim.
    """

    label: str
    intervals: Sequence[tuple[float, float, float] | None]
    look: int | None


@draws
def intervals_by_look(rows: Sequence[Row], words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw the intervals below each other, the first look of each claim on top.

    Args:
        rows: the claims.
        words: the language.
        width: in inches.
    """
    from matplotlib.lines import Line2D

    looks = max(len(row.intervals) for row in rows)
    figure = new_figure(width, 0.9 + len(rows) * (_LINE * (looks + 1.5)))
    axes = figure.subplots()
    for place, row in enumerate(rows):
        for number, interval in enumerate(row.intervals, start=1):
            if interval is None:
                continue
            low, estimate, high = (min(max(end, -_ENDS), _ENDS) for end in interval)
            height = place + (number - (looks + 1) / 2) / (looks + 1.5)
            ink = colour(number - 1)
            axes.plot([low, high], [height, height], color=ink, linewidth=1.4)
            filled = ink if row.look == number else "white"
            axes.plot([estimate], [height], "o", color=ink, markerfacecolor=filled, markersize=4)
    for line, style in ((0.0, "-"), (-1.0, ":"), (1.0, ":")):
        axes.axvline(line, color=GREY, linewidth=0.8, linestyle=style, zorder=0)
    axes.set(xlim=(-_ENDS - 0.1, _ENDS + 0.1), ylim=(len(rows) - 0.5, -0.5))
    letters = 34 if width > PHONE_WIDTH else 17
    labels = [textwrap.fill(row.label, letters, max_lines=3, placeholder=" …") for row in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_xlabel(
        words.say("looks.axis") if width > PHONE_WIDTH else words.say("looks.axis_short")
    )
    dress(axes)
    axes.grid(visible=False)
    number_axis(axes.xaxis, words.numbers)
    handles = [
        Line2D([], [], color=colour(number), label=words.say("looks.look", number=number + 1))
        for number in range(looks)
    ]
    legend(figure, handles, most=5)
    return figure
