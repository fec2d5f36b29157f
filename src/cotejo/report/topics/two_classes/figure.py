"""The figure of one network's ROC and precision–recall curves, with their bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.thresholds import precision_band, roc_band
from cotejo.report.drawing import (
    GREY,
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    legend,
    new_figure,
    number_axis,
    panels,
)
from cotejo.report.two_classes import AtThreshold, Separation
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["threshold_curves"]

_PLACES = 401
"""At how many places of the axis a band is drawn."""
_MOST_POINTS = 2000
"""The most points of a curve that are drawn; a page does not show more."""
_MARKS = {"half": "o", "valid": "D"}


@draws
def threshold_curves(row: Separation, ink: str, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw sensitivity against false alarms, and precision against sensitivity.

    Each has its 95% band, and a mark where the thresholds of one half and of validation lie. A
    dashed line shows what a network does that guesses.
    """
    phone = width <= PHONE_WIDTH
    figure = new_figure(width, 7.2 if phone else 3.9)
    left, right = panels(figure, 2)
    _draw_roc(left, row, ink, words)
    _draw_precision(right, row, ink, words)
    for axes in (left, right):
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), box_aspect=1)
        number_axis(axes.xaxis, words.numbers, percent=True)
        number_axis(axes.yaxis, words.numbers, percent=True)
    legend(figure, _handles(row, ink, words), most=2)
    return figure


def _draw_roc(axes: Axes, row: Separation, ink: str, words: Words) -> None:
    known, rates = row.curve, np.linspace(0, 1, _PLACES)
    band = roc_band(known, rates)
    shown = _shown(len(known.thresholds))
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, dashes=(4, 3))
    axes.fill_between(rates, band.low, band.high, color=ink, alpha=0.15, linewidth=0)
    axes.plot(known.false_positive_rate[shown], known.sensitivity[shown], color=ink, linewidth=1.4)
    for at in row.at:
        _mark(axes, 1 - at.specificity.estimate, at.sensitivity.estimate, at, ink)
    dress(axes, words.say("two_classes.roc"))
    axes.set(
        xlabel=words.say("two_classes.axis_false_positives"),
        ylabel=words.say("two_classes.axis_sensitivity"),
    )


def _draw_precision(axes: Axes, row: Separation, ink: str, words: Words) -> None:
    known, recalls = row.curve, np.linspace(0, 1, _PLACES)[1:]
    band = precision_band(known, recalls)
    share = known.positives / (known.positives + known.negatives)
    # Before the first positive image there is no precision to speak of.
    reached = np.flatnonzero(known.true_positives > 0)
    shown = reached[_shown(len(reached))]
    axes.plot([0, 1], [share, share], color=GREY, linewidth=0.9, dashes=(4, 3))
    axes.fill_between(recalls, band.low, band.high, color=ink, alpha=0.15, linewidth=0)
    axes.plot(known.sensitivity[shown], known.precision[shown], color=ink, linewidth=1.4)
    for at in row.at:
        if at.precision is not None:
            _mark(axes, at.sensitivity.estimate, at.precision.estimate, at, ink)
    dress(axes, words.say("two_classes.precision_recall"))
    axes.set(
        xlabel=words.say("two_classes.axis_sensitivity"),
        ylabel=words.say("two_classes.axis_precision"),
    )


def _shown(count: int) -> NDArray[np.int64]:
    """Return which of so many points are drawn: all, or evenly spread ones with both ends."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).round().astype(int))


def _mark(axes: Axes, across: float, up: float, at: AtThreshold, ink: str) -> None:
    face = "white" if at.chosen_on == "half" else ink
    axes.plot(
        across, up, _MARKS[at.chosen_on], color=ink, markerfacecolor=face, markersize=6, zorder=5
    )


def _handles(row: Separation, ink: str, words: Words) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    marks = [
        Line2D(
            [],
            [],
            color=ink,
            marker=_MARKS[at.chosen_on],
            markerfacecolor="white" if at.chosen_on == "half" else ink,
            markersize=6,
            linestyle="",
            label=words.say(
                f"two_classes.mark_{at.chosen_on}",
                threshold=words.numbers.decimal(at.threshold, 3),
            ),
        )
        for at in row.at
    ]
    return [
        *marks,
        Patch(color=ink, alpha=0.15, linewidth=0, label=words.say("two_classes.mark_band")),
        Line2D([], [], color=GREY, dashes=(4, 3), label=words.say("two_classes.mark_guess")),
    ]
