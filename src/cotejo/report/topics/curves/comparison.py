"""The figure that compares the curves of all alternatives: in one panel, or in one panel each."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.alternative_marks import has_own_colours
from cotejo.report.drawing import (
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    legend,
    legend_height,
    line_style,
    new_figure,
    number_axis,
    panels,
)
from cotejo.report.naming import together
from cotejo.report.topics.curves.figure import accuracy_limits, with_curves
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["comparison", "is_in_panels"]

_OTHERS = "#cccccc"
_LETTERS = 21
"""The letters of a label that fit above a panel in one line."""


def is_in_panels(facts: StudyFacts) -> bool:
    """Return whether each alternative has a panel: there are too many for one with all of them."""
    return not has_own_colours(facts)


@draws
def comparison(facts: StudyFacts, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw every alternative's validation accuracy against epochs.

    In one panel they are drawn against seconds of training, too. The curve of an alternative that
    starts from another's weights begins where the other's training ended.
    """
    if is_in_panels(facts):
        return _one_panel_each(facts, words, width)
    return _all_in_one(facts, words, width)


def _all_in_one(facts: StudyFacts, words: Words, width: float) -> Figure:
    labels = [alternative.label(words.language) for alternative in with_curves(facts)]
    height = 3.1 if width > PHONE_WIDTH else 4.8
    figure = new_figure(width, height + legend_height(labels, width))
    by_epoch, by_time = panels(figure, 2, sharey=True)
    handles = []
    for alternative in with_curves(facts):
        epochs, accuracy = _curve(facts, alternative)
        phase = facts.phases(alternative)[-1]
        label = alternative.label(words.language)
        handles += by_epoch.plot(epochs, accuracy, **_line(alternative), label=label)
        # An added history need not say how long its epochs took.
        if all("seconds" in row for row in phase.run.history):
            lasted = np.cumsum([row["seconds"] for row in phase.run.history])
            by_time.plot(phase.seconds_before + lasted, accuracy, **_line(alternative), label=label)
    for axes, label in ((by_epoch, "axis_epoch"), (by_time, "curves.axis_seconds")):
        dress(axes)
        axes.set_xlabel(words.say(label))
        axes.set_xlim(left=0)
        number_axis(axes.xaxis, words.numbers, whole=True)
    by_epoch.set(
        ylabel=words.say("curves.axis_valid_accuracy"), ylim=accuracy_limits(facts, "valid")
    )
    number_axis(by_epoch.yaxis, words.numbers, percent=True)
    legend(figure, handles, handlelength=3)
    return figure


def _one_panel_each(facts: StudyFacts, words: Words, width: float) -> Figure:
    """Draw one panel per alternative: its curve in colour, those of the others pale."""
    columns = 4 if width > PHONE_WIDTH else 2
    rows = -(-len(with_curves(facts)) // columns)
    figure = new_figure(width, 0.5 + 1.35 * rows)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    low, high = _limits(facts)
    curves = [_curve(facts, alternative) for alternative in with_curves(facts)]
    for axes, alternative, (epochs, accuracy) in zip(
        grid.flat, with_curves(facts), curves, strict=False
    ):
        for others in curves:
            axes.plot(*others, color=_OTHERS, linewidth=0.7)
        axes.plot(epochs, accuracy, color=colour(0), linewidth=1.8, marker="o", markersize=2)
        dress(axes, textwrap.fill(together(alternative.label(words.language)), _LETTERS))
        axes.title.set_fontsize(8)
        if accuracy[-1] < low:
            _tell_of_one_below(axes, words.numbers.percent(accuracy[-1]))
    for axes in grid.flat[len(with_curves(facts)) :]:
        axes.set_visible(False)
    # A panel above an empty place has no other below it that shows the epochs.
    for axes in grid.flat[len(with_curves(facts)) - columns : len(with_curves(facts))]:
        axes.xaxis.set_tick_params(labelbottom=True)
    grid[0, 0].set(xlim=(0, None), ylim=(low, high))
    number_axis(grid[0, 0].xaxis, words.numbers, whole=True)
    number_axis(grid[0, 0].yaxis, words.numbers, percent=True)
    figure.supxlabel(words.say("axis_epoch"), fontsize=9, color=INK)
    figure.supylabel(words.say("curves.axis_valid_accuracy"), fontsize=9, color=INK)
    return figure


def _tell_of_one_below(axes: Axes, accuracy: str) -> None:
    """Say what accuracy a curve reaches that lies below the axis."""
    axes.annotate(
        f"\N{DOWNWARDS ARROW} {accuracy}",
        (0.97, 0.05),
        xycoords="axes fraction",
        horizontalalignment="right",
        fontsize=8,
        color=colour(0),
    )


def _limits(facts: StudyFacts) -> tuple[float, float]:
    """Return the ends of the axis of accuracy, from where most of the curves end.

    It begins six times as far below the best end as the one in the middle lies, but not below
    the lowest accuracy: one that is far behind would squeeze the others.
    """
    low, high = accuracy_limits(facts, "valid")
    ends = sorted(_curve(facts, alternative)[1][-1] for alternative in with_curves(facts))
    behind = ends[-1] - ends[(len(ends) - 1) // 2]
    return max(low, ends[-1] - 6 * max(behind, 0.01)), high


def _curve(facts: StudyFacts, alternative: AlternativeFacts) -> tuple[Any, list[float]]:
    """Return the epochs of an alternative's last phase and their validation accuracies."""
    phase = facts.phases(alternative)[-1]
    accuracy = [row["valid_accuracy"] for row in phase.run.history]
    return phase.epochs_before + np.arange(1, len(accuracy) + 1), accuracy


def _line(alternative: AlternativeFacts) -> dict[str, Any]:
    return {
        "color": colour(alternative.index),
        "linestyle": line_style(alternative.index),
        "linewidth": 1.6,
        "marker": "o",
        "markersize": 2.5,
    }
