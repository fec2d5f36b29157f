"""The figure of a whole training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.facts import Phase
from cotejo.report.drawing import (
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    legend,
    new_figure,
    number_axis,
    panels,
)
from cotejo.report.histories import draw_history, split_handles
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["whole_training"]


@draws
def whole_training(phases: Sequence[Phase], words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw the epochs of a run and of those it started from, one after the other."""
    figure = new_figure(width, 2.7 if width > PHONE_WIDTH else 4.6)
    both = panels(figure, 2, sharex=True)
    for axes, metric in zip(both, ("loss", "accuracy"), strict=True):
        for phase in phases:
            draw_history(axes, phase.alternative, phase.run.history, metric, phase.epochs_before)
            if phase.epochs_before:
                axes.axvline(
                    phase.epochs_before + 0.5, color="#999999", linewidth=0.8, dashes=(2, 2)
                )
        dress(axes)
        axes.set(xlabel=words.say("axis_epoch"), ylabel=words.say(f"axis_{metric}"))
        number_axis(axes.yaxis, words.numbers, percent=metric == "accuracy")
        number_axis(axes.xaxis, words.numbers, whole=True)
    both[0].set_xlim(left=0)
    legend(figure, split_handles(words), handlelength=3)
    return figure
