"""The reliability diagram: accuracy against probability, bin by bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.report.drawing import (
    GREY,
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    new_figure,
    number_axis,
    wrapped,
)
from cotejo.report.topics.calibration.analysis import Bins, Diagnosis
from cotejo.report.topics.calibration.files import bin_accuracy
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["reliability_figure", "reliability_panels"]


@draws
def reliability_figure(
    diagnosed: Diagnosis, ink: str, words: Words, width: float = TEXT_WIDTH
) -> Figure:
    """Draw a network's reliability diagram before and after temperature scaling."""
    sides = (
        ("before", diagnosed.before, diagnosed.error),
        ("after", diagnosed.after, diagnosed.error_scaled),
    )
    return reliability_panels(sides, ink, words, width)


@draws
def reliability_panels(
    sides: Sequence[tuple[str, Bins, float]], ink: str, words: Words, width: float = TEXT_WIDTH
) -> Figure:
    """Draw accuracy against probability, bin by bin, of one set of probabilities or of several.

    Under each the share of the images in each bin. All of it has one ``ink``.

    Args:
        sides: of each what it is, a ``reliability_…`` of the catalogue; its bins; and its error.
        ink: the colour of the alternative that it is about.
        words: the language.
        width: in inches.
    """
    figure = new_figure(width, 4.6 if width > PHONE_WIDTH else 3.6)
    panels = figure.subplots(
        2,
        len(sides),
        sharex=True,
        sharey="row",
        gridspec_kw={"height_ratios": [3.2, 1]},
        squeeze=False,
    )
    for column, (name, bins, error) in enumerate(sides):
        above, below = panels[:, column]
        points = words.numbers.points(error)
        _draw_bins(above, bins, ink)
        title = words.say(f"calibration.reliability_{name}", points=points)
        dress(above, wrapped(title, figure))
        above.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        images = sum(row["images"] for row in bins)
        below.bar(
            [row["low"] for row in bins],
            [row["images"] / images for row in bins],
            width=[row["high"] - row["low"] for row in bins],
            align="edge",
            color=ink,
            alpha=0.5,
            edgecolor="white",
            linewidth=0.6,
        )
        dress(below)
        number_axis(below.xaxis, words.numbers, percent=True)
        if width <= PHONE_WIDTH:
            below.set_xticks([0, 0.5, 1])
    figure.supxlabel(words.say("calibration.axis_confidence"), fontsize=9, color=INK)
    panels[0, 0].set_ylabel(words.say("axis_accuracy"))
    panels[1, 0].set_ylabel(words.say("calibration.axis_share"))
    for axes in panels[:, 0]:
        number_axis(axes.yaxis, words.numbers, percent=True)
    panels[1, 0].locator_params(axis="y", nbins=3)
    return figure


def _draw_bins(axes: Axes, bins: Bins, ink: str) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, dashes=(4, 3))
    filled = [row for row in bins if row["images"]]
    for row in filled:
        known = bin_accuracy(row)
        axes.plot([row["confidence"]] * 2, [known.low, known.high], color=ink, linewidth=1.2)
    axes.plot(
        [row["confidence"] for row in filled],
        [row["accuracy"] for row in filled],
        "o-",
        color=ink,
        linewidth=1,
        markersize=4,
    )
