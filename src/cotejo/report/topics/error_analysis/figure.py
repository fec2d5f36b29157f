"""The figure of the error rate against the traits of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.facts.error_analysis import ErrorAnalysis
from cotejo.report.drawing import (
    GREY,
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    new_figure,
    number_axis,
)
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["error_rates"]


@draws
def error_rates(analysis: ErrorAnalysis, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw the best's error rate in each quintile by each trait, with its 95% interval."""
    effects = analysis.commonalities.traits
    labels, chances = analysis.best.test_predictions
    overall = float((chances.argmax(axis=1) != labels).mean())
    columns = len(effects) if width > PHONE_WIDTH else min(2, len(effects))
    rows = -(-len(effects) // columns)
    figure = new_figure(width, 0.7 + 1.6 * rows)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    panels = list(grid.flat)
    for unused in panels[len(effects) :]:
        unused.set_visible(False)
    for axes, effect in zip(panels[: len(effects)], effects, strict=True):
        quintiles = effect.fifths
        places = [quintile.fifth for quintile in quintiles]
        rates = [quintile.rate for quintile in quintiles]
        below = [quintile.rate - quintile.low for quintile in quintiles]
        above = [quintile.high - quintile.rate for quintile in quintiles]
        axes.axhline(overall, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.errorbar(
            places,
            rates,
            yerr=[below, above],
            color=colour(analysis.best.index),
            marker="o",
            markersize=4,
            linewidth=1.2,
            elinewidth=1.6,
        )
        name = words.say(f"error_analysis.trait_{effect.trait}")
        dress(axes, name)
        axes.set_xticks(range(1, 6))
        axes.set_xlim(0.5, 5.5)
    for axes in grid[:, 0]:
        axes.set_ylabel(words.say("error_analysis.axis_error_rate"))
    number_axis(panels[0].yaxis, words.numbers, percent=True)
    figure.supxlabel(words.say("error_analysis.axis_fifth"), fontsize=9, color=INK)
    return figure
