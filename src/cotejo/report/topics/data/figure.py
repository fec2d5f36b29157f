"""The figure of how many images each class has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.facts import StudyFacts
from cotejo.report.drawing import (
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    new_figure,
    number_axis,
    panels,
)
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MOST_LISTED", "distribution"]

MOST_LISTED = 25
"""The most classes of which each has a row of its own in the section's table and figures."""
_BARS = "#7f9db9"


@draws
def distribution(facts: StudyFacts, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw how many images each class has in each split, as bars side by side.

    Of many classes only their sizes are drawn, from the largest class to the smallest.
    """
    names = facts.class_names(words.language)
    if len(names) > MOST_LISTED:
        return _sizes(facts, words, width)
    figure = new_figure(width, 0.6 + 0.24 * len(names))
    splits = facts.splits
    panels_of = figure.subplots(1, len(splits), sharey=True, squeeze=False)[0]
    for axes, split in zip(panels_of, splits, strict=True):
        axes.barh(range(len(names)), facts.data["counts"][split], height=0.7, color=_BARS)
        dress(axes, "" if facts.folds else words.say(f"split_{split}"))
        axes.grid(visible=False)
        axes.grid(axis="x", color="#d9d9d9", linewidth=0.6)
        axes.tick_params(axis="y", length=0)
        number_axis(axes.xaxis, words.numbers)
        axes.locator_params(axis="x", nbins=4 if width > PHONE_WIDTH else 2)
    panels_of[0].set_yticks(range(len(names)), names)
    panels_of[0].invert_yaxis()
    return figure


def _sizes(facts: StudyFacts, words: Words, width: float) -> Figure:
    """Draw the number of images of every class, from the largest class to the smallest."""
    figure = new_figure(width, 2.1 if width > PHONE_WIDTH else 4.8)
    splits = facts.splits
    for axes, split in zip(panels(figure, len(splits)), splits, strict=True):
        counts = sorted(facts.data["counts"][split], reverse=True)
        axes.fill_between(range(1, len(counts) + 1), counts, step="mid", color=_BARS, linewidth=0)
        dress(axes, "" if facts.folds else words.say(f"split_{split}"))
        axes.set(xlim=(0.5, len(counts) + 0.5), ylim=(0, 1.05 * max(*counts, 1)))
        axes.set_xlabel(words.say("data.axis_classes"))
        number_axis(axes.yaxis, words.numbers, whole=True)
        number_axis(axes.xaxis, words.numbers, whole=True)
    return figure
