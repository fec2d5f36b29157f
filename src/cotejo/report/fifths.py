"""The figure of the error rate against the traits of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.facts.failures import Failures
from cotejo.report.drawing import INK, colour, draws, dress, new_figure, number_axis
from cotejo.report.prose.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["error_rates"]

_WIDTH = 7.4
"""Of a figure as wide as the text, in inches."""


@draws
def error_rates(failures: Failures, words: Words) -> Figure:
    """Draw the best's error rate in each fifth by each trait, with its 95% interval."""
    effects = failures.commonalities.traits
    labels, chances = failures.best.test_predictions
    overall = float((chances.argmax(axis=1) != labels).mean())
    figure = new_figure(_WIDTH, 2.3)
    panels = figure.subplots(1, len(effects), sharey=True, squeeze=False)[0]
    for axes, effect in zip(panels, effects, strict=True):
        places = [fifth.fifth for fifth in effect.fifths]
        rates = [fifth.rate for fifth in effect.fifths]
        below = [fifth.rate - fifth.low for fifth in effect.fifths]
        above = [fifth.high - fifth.rate for fifth in effect.fifths]
        axes.axhline(overall, color="#999999", linewidth=0.8, linestyle=(0, (4, 3)))
        axes.errorbar(
            places,
            rates,
            yerr=[below, above],
            color=colour(failures.best.index),
            marker="o",
            markersize=4,
            linewidth=1.2,
            elinewidth=1.6,
        )
        name = words.say(f"failures.trait_{effect.trait}")
        dress(axes, name)
        axes.set_xticks(range(1, 6))
        axes.set_xlim(0.5, 5.5)
    panels[0].set_ylabel(words.say("failures.axis_error_rate"))
    number_axis(panels[0].yaxis, words.numbers, percent=True)
    figure.supxlabel(words.say("failures.axis_fifth"), fontsize=9, color=INK)
    return figure
