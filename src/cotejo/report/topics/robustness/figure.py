"""The figure of accuracy after each corruption, severity by severity: one small panel for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import CORRUPTIONS, SEVERITIES
from cotejo.report.drawing import (
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    legend,
    legend_height,
    new_figure,
    number_axis,
)
from cotejo.report.naming import together
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Line", "corruption_panels"]


@dataclass(frozen=True)
class Line:
    """One network, or one alternative, in every panel.

    Attributes:
        label: what the legend calls it; empty for one that is not in it.
        ink: its colour.
        clean: its accuracy without corruption.
        table: ``[15, 5]``, its accuracy by corruption and severity.
    """

    label: str
    ink: str
    clean: float
    table: NDArray[np.float64]


@draws
def corruption_panels(lines: Sequence[Line], words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw accuracy against severity, one panel per corruption; severity 0 is the image as it is.

    Args:
        lines: those drawn first lie below the others.
        words: the language.
        width: in inches.
    """
    from matplotlib.lines import Line2D

    columns = 5 if width > PHONE_WIDTH else 3
    named = [line for line in lines if line.label]
    labels = [together(line.label) for line in named]
    height = 1.35 * (len(CORRUPTIONS) // columns) + (legend_height(labels, width) if labels else 0)
    figure = new_figure(width, height)
    panels = figure.subplots(
        len(CORRUPTIONS) // columns, columns, sharex=True, sharey=True, squeeze=False
    )
    for place, (name, axes) in enumerate(zip(CORRUPTIONS, panels.flat, strict=True)):
        for line in lines:
            axes.plot(
                (0, *SEVERITIES),
                [line.clean, *line.table[place]],
                color=line.ink,
                linewidth=1.3,
                marker="o",
                markersize=2,
            )
        dress(axes)
        axes.set_title(words.say(f"robustness.names.{name}"), fontsize=8, color=INK, loc="left")
    first = panels[0, 0]
    first.set(ylim=(0, 1.02), xticks=(0, *SEVERITIES))
    number_axis(first.yaxis, words.numbers, percent=True)
    # Under a panel: what stands under all of them would lie over the legend.
    panels[-1, columns // 2].set_xlabel(words.say("robustness.axis_severity"))
    figure.supylabel(words.say("axis_accuracy"), fontsize=9, color=INK)
    if labels:
        handles = [
            Line2D([], [], color=line.ink, label=label)
            for line, label in zip(named, labels, strict=True)
        ]
        legend(figure, handles)
    return figure
