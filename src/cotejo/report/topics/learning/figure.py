"""The figure of learning curves: accuracy against the number of training images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.report.drawing import (
    GREY,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    legend,
    legend_height,
    new_figure,
    number_axis,
)
from cotejo.report.topics.learning.analysis import Curve
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = ["learning_figure"]

_LINES = ("-", "--", ":", "-.")


@draws
def learning_figure(curves: Sequence[Curve], words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw test accuracy against the number of training images, with a grey line per curve."""
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    labels = [curve.points[-1].alternative.label(words.language) for curve in curves]
    figure = new_figure(width, 3.2 + (legend_height(labels, width) if len(curves) > 1 else 0))
    axes = figure.subplots()
    handles: list[Line2D] = []
    for number, curve in enumerate(curves):
        handles += axes.plot(
            [point.images for point in curve.points],
            [point.accuracy.estimate for point in curve.points],
            color=GREY, linestyle=_LINES[number % len(_LINES)], linewidth=1.2, zorder=1,
            label=labels[number],
        )  # fmt: skip
        for point in curve.points:
            ink, known = colour(point.alternative.index), point.accuracy
            axes.plot([point.images] * 2, [known.low, known.high], color=ink, linewidth=1.6)
            axes.plot(point.images, known.estimate, "o", color=ink, markersize=5)
    axes.set_xscale("log")
    shown = sorted({point.images for curve in curves for point in curve.points})
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    dress(axes)
    axes.set(xlabel=words.say("learning.axis_images"), ylabel=words.say("column_test_accuracy"))
    number_axis(axes.xaxis, words.numbers)
    number_axis(axes.yaxis, words.numbers, percent=True)
    if len(curves) > 1:
        legend(figure, handles)
    return figure
