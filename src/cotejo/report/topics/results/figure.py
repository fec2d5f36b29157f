"""The figure of the test accuracies, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.report.alternative_marks import ink
from cotejo.report.drawing import (
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    new_figure,
    number_axis,
    wrapped,
)
from cotejo.report.findings import Findings
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["accuracies"]

_FEW = 8
"""Up to so many alternatives have rows in which a name can take two lines."""


@draws
def accuracies(findings: Findings, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw each alternative's test accuracy with its 95% interval, the best on top."""
    ranked = findings.ranked
    row = 0.5 if width <= PHONE_WIDTH else 0.32 if len(ranked) <= _FEW else 0.25
    figure = new_figure(width, 0.7 + row * len(ranked))
    axes = figure.subplots()
    size = 6 if width > PHONE_WIDTH else 4
    for height, alternative in enumerate(ranked):
        accuracy = findings.accuracy[alternative.name]
        shade = ink(alternative, findings)
        # The ends of an interval stay in sight where the mark is wider than it.
        ends = [accuracy.low, accuracy.high]
        axes.plot(ends, [height] * 2, "|-", color=shade, linewidth=2, markersize=9)
        axes.plot(accuracy.estimate, height, "o", color=shade, markersize=size)
        axes.annotate(
            words.numbers.percent(accuracy.estimate),
            (accuracy.high, height),
            xytext=(6, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=8,
            color=INK,
        )
        if len(alternative.finished) > 1:
            seeds = alternative.values("test", "accuracy")
            axes.plot(seeds, [height + 0.25] * len(seeds), "|", color=shade)
    dress(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color="#d9d9d9", linewidth=0.6)
    axes.set_yticks(
        range(len(ranked)),
        [wrapped(alternative.label(words.language), figure) for alternative in ranked],
    )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.margins(x=0.12 if width > PHONE_WIDTH else 0.25)
    axes.set_xlabel(wrapped(words.say("results.axis_test_accuracy"), figure, 28))
    number_axis(axes.xaxis, words.numbers, percent=True)
    return figure
