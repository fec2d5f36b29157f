"""The figure of a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.report.drawing import INK, draws, new_figure
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_NUMBERED", "confusion_matrix", "fits_phone", "row_shares"]

MOST_NUMBERED = 25
"""The most classes for which cells show their counts: with more, they would be unreadable."""
_MOST_ON_PHONE = 10

_SHORT = 3
"""The longest names, in letters, that fit side by side without being turned."""


def row_shares(confusion: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Return the counts as shares of each true class's images; a class without images is 0."""
    counts = np.asarray(confusion, np.float64)
    shares: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return shares


def fits_phone(confusion: Sequence[Sequence[int]], names: Sequence[str]) -> bool:
    """Return whether the numbers and names are legible in a figure as narrow as a phone."""
    if len(names) > MOST_NUMBERED:
        return True
    digits = len(str(max(map(max, confusion))))
    return len(names) <= _MOST_ON_PHONE and digits < 4 and max(map(len, names)) <= 12


@draws
def confusion_matrix(
    confusion: Sequence[Sequence[int]],
    names: Sequence[str],
    words: Words,
    width: float | None = None,
) -> Figure:
    """Draw counts, coloured by their share of the true class: right in blue, wrong in orange.

    Mistakes have a colour scale of their own, or the diagonal would leave them all pale. With
    many classes their numbers stand for their names, which the file has.

    Args:
        confusion: rows are true classes, columns predicted ones.
        names: the classes'.
        words: the language.
        width: in inches; None for one that suits the number of classes.
    """
    counts, shares = np.asarray(confusion), row_shares(confusion)
    classes = len(names)
    numbered = classes <= MOST_NUMBERED
    side = width or (1.6 + 0.44 * classes if numbered else 6.4)
    figure = new_figure(side, side - (0.6 if width is None else 0.1))
    axes = figure.subplots()
    diagonal = np.eye(classes, dtype=bool)
    largest = max(float(shares[~diagonal].max(initial=0)), 0.01)
    for cells, colours, top in ((diagonal, "Blues", 1.4), (~diagonal, "Oranges", 1.6 * largest)):
        shown = np.ma.masked_where(~cells | (counts == 0), shares)
        # With many classes the cells are one picture: a rectangle for each would be too much.
        if numbered:
            edges = np.arange(classes + 1) - 0.5
            axes.pcolormesh(
                edges, edges, shown, cmap=colours, vmin=0, vmax=top, edgecolors="w", linewidth=1
            )
        else:
            axes.imshow(shown, cmap=colours, vmin=0, vmax=top, interpolation="none")
            axes.grid(color="#ececec", linewidth=0.4)
            axes.set_axisbelow(True)
    if numbered:
        _number(axes, counts, words)
    _name_axes(axes, names, words)
    return figure


def _number(axes: Axes, counts: NDArray[np.int64], words: Words) -> None:
    for true, predicted in np.argwhere(counts > 0):
        axes.text(
            predicted,
            true,
            words.numbers.integer(counts[true, predicted]),
            horizontalalignment="center",
            verticalalignment="center",
            fontsize=8,
            fontweight="bold" if true == predicted else "normal",
            color="#111111",
        )


def _name_axes(axes: Axes, names: Sequence[str], words: Words) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter

    places = range(len(names))
    size = 8
    if len(names) > MOST_NUMBERED:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(FixedLocator(range(0, len(names), 10)))
            axis.set_major_formatter(FuncFormatter(lambda place, _: str(round(place))))
        axes.tick_params(labelsize=size)
    elif max(map(len, names)) > _SHORT:
        axes.set_xticks(
            places, names, rotation=45, ha="right", rotation_mode="anchor", fontsize=size
        )
    else:
        axes.set_xticks(places, names, fontsize=size)
    if len(names) <= MOST_NUMBERED:
        axes.set_yticks(places, names, fontsize=size)
    axes.tick_params(length=0, colors=INK)
    axes.spines[:].set_visible(False)
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5), aspect="equal")
    suffix = "_numbers" if len(names) > MOST_NUMBERED else ""
    axes.set_xlabel(words.say(f"confusion.axis_predicted{suffix}"), fontsize=9, color=INK)
    axes.set_ylabel(words.say(f"confusion.axis_true{suffix}"), fontsize=9, color=INK)
