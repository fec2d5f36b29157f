"""The figure of how many images each class has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.facts import StudyFacts
from cotejo.report.drawing import TEXT_WIDTH, draws, dress, new_figure, number_axis
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["distribution"]


@draws
def distribution(facts: StudyFacts, words: Words) -> Figure:
    """Draw how many images each class has in each split, as bars side by side."""
    names = facts.class_names(words.language)
    figure = new_figure(TEXT_WIDTH, 0.6 + 0.24 * len(names))
    panels = figure.subplots(1, 3, sharey=True)
    for axes, split in zip(panels, ("train", "valid", "test"), strict=True):
        axes.barh(range(len(names)), facts.data["counts"][split], height=0.7, color="#7f9db9")
        dress(axes, words.say(f"split_{split}"))
        axes.grid(visible=False)
        axes.grid(axis="x", color="#d9d9d9", linewidth=0.6)
        axes.tick_params(axis="y", length=0)
        number_axis(axes.xaxis, words.numbers)
        axes.locator_params(axis="x", nbins=4)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    return figure
