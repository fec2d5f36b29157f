"""The figure of accuracy against cost, with the front of those that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor as floor_of
from math import log10
from typing import TYPE_CHECKING

from cotejo.report.alternative_marks import handle, marker, spread
from cotejo.report.drawing import (
    GREY,
    PHONE_WIDTH,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    legend,
    legend_height,
    new_figure,
    number_axis,
    panels,
    wrapped,
)
from cotejo.report.topics.cost.analysis import Cost, Kind, front
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["cost_figure", "floor", "has_marks_apart", "has_wide_axis"]

_APART = 0.02
"""The least distance of marks, as a share of the axis."""
_WIDE = 10.0
"""The ratio of the largest to the smallest cost from which the axis is logarithmic."""

_MOST_TICKS = 5
_LETTER = 0.06
"""The width in inches of a tick's letter, of 8 points."""
_BESIDE_AXIS = 0.5
"""The width in inches that the other axis and the space around a panel take."""


@draws
def cost_figure(
    rows: Sequence[Cost], kinds: Sequence[Kind], words: Words, width: float = TEXT_WIDTH
) -> Figure:
    """Draw test accuracy against each kind of cost, and the front of those that no other beats.

    An alternative that is far behind would squeeze the others: an arrow at the bottom stands for
    it.
    """
    labels = [row.alternative.label(words.language) for row in rows]
    height = 3.1 if width > PHONE_WIDTH else 0.2 + 2.3 * len(kinds)
    figure = new_figure(width, height + legend_height(labels, width))
    side_by_side = panels(figure, len(kinds), sharey=True)
    for axes, kind in zip(side_by_side, kinds, strict=True):
        _draw_costs(axes, rows, kind)
        dress(axes)
        axes.set_ylim(bottom=floor(rows))
        axes.set_xlabel(wrapped(words.say(f"cost.axis_{kind}"), figure, 34))
        _cost_axis(axes, words, width if width <= PHONE_WIDTH else width / len(kinds))
    side_by_side[0].set_ylabel(words.say("column_test_accuracy"))
    number_axis(side_by_side[0].yaxis, words.numbers, percent=True)
    legend(figure, [handle(row.alternative, words) for row in rows])
    return figure


def _draw_costs(axes: Axes, rows: Sequence[Cost], kind: Kind) -> None:
    """Draw one panel. Alternatives of about the same cost stand side by side."""
    wide, places = _is_wide(rows, kind), _places(rows, kind)
    low, high = min(places), max(places)
    order, shares = _order(rows, places)
    axes.set_xscale("log" if wide else "linear")

    def back(place: float) -> float:
        return 10**place if wide else place

    best = front(rows, kind)
    lowest = floor(rows) or 0.0
    heights = [max(row.accuracy.estimate, lowest) for row in best]
    axes.step(
        [*(row.of(kind) or 0.0 for row in best), back(2 * high - low)],
        [*heights, heights[-1]],
        where="post", color=GREY, linewidth=0.9, dashes=(4, 3), zorder=1,
    )  # fmt: skip
    moved = spread(shares, _APART)
    for at, share in zip(order, moved, strict=True):
        row, place = rows[at], back(low + share * (high - low))
        ink, far = colour(row.alternative.index), rows[at].accuracy.estimate < lowest
        if not far:
            axes.plot([place] * 2, [row.accuracy.low, row.accuracy.high], color=ink, linewidth=1)
        axes.plot(
            place, max(row.accuracy.estimate, lowest),
            "v" if far else marker(row.alternative.index), color=ink,
            markerfacecolor=ink if row in best else "white", markersize=4.5, clip_on=not far,
        )  # fmt: skip
    ends = (min(*moved, 0.1) - 0.1, max(*moved, 0.9) + 0.1)
    axes.set_xlim(*(back(low + end * (high - low)) for end in ends))


def _is_wide(rows: Sequence[Cost], kind: Kind) -> bool:
    values = [row.of(kind) or 0.0 for row in rows]
    return min(values) > 0 and max(values) / min(values) >= _WIDE


def _places(rows: Sequence[Cost], kind: Kind) -> list[float]:
    """Return where the marks of the alternatives belong on the axis."""
    wide = _is_wide(rows, kind)
    return [log10(row.of(kind) or 0.0) if wide else row.of(kind) or 0.0 for row in rows]


def _order(rows: Sequence[Cost], places: Sequence[float]) -> tuple[list[int], list[float]]:
    """Return the alternatives from left to right, and their places as shares of the axis.

    Alternatives of the same cost stand in the order of accuracy.
    """
    low, high = min(places), max(places)
    order = sorted(range(len(rows)), key=lambda at: (places[at], rows[at].accuracy.estimate))
    return order, [(places[at] - low) / (high - low) for at in order]


def has_wide_axis(rows: Sequence[Cost], kinds: Sequence[Kind]) -> bool:
    """Return whether the axis of some kind of cost is logarithmic."""
    return any(_is_wide(rows, kind) for kind in kinds)


def has_marks_apart(rows: Sequence[Cost], kinds: Sequence[Kind]) -> bool:
    """Return whether marks that would cover each other were moved apart."""
    every = [_order(rows, _places(rows, kind))[1] for kind in kinds]
    return any(
        max(abs(at - share) for at, share in zip(spread(shares, _APART), shares, strict=True))
        > 1e-9
        for shares in every
    )


def floor(rows: Sequence[Cost]) -> float | None:
    """Return where the axis of accuracy begins if some alternatives are far behind; else None.

    Far behind is at least 3 points and three times as far behind the most accurate as the one in
    the middle is.
    """
    accuracies = sorted(row.accuracy.estimate for row in rows)
    middle = accuracies[(len(accuracies) - 1) // 2]
    lowest = accuracies[-1] - 3 * max(accuracies[-1] - middle, 0.01)
    return lowest if accuracies[0] < lowest else None


def _cost_axis(axes: Axes, words: Words, width: float) -> None:
    """Write the ticks of costs, on a linear axis as many as fit side by side.

    Args:
        axes: with its marks drawn.
        words: the language.
        width: of the panel, in inches.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

    low, high = sorted(axes.get_xlim())
    step = 0.0

    def written(value: float, _: int | None = None) -> str:
        for size, name in ((1e9, "billions"), (1e6, "millions"), (1e3, "thousands")):
            if abs(value) >= size:
                shown = words.numbers.shortest(value / size, _decimals(step / size))
                return words.say(f"cost.{name}", number=shown)
        return words.numbers.shortest(value, _decimals(step))

    if axes.get_xscale() == "linear":
        for bins in range(_MOST_TICKS - 1, 0, -1):
            locator = MaxNLocator(nbins=bins)
            ticks = [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]
            step = min((after - before for before, after in pairwise(ticks)), default=0.0)
            labels = [written(tick) for tick in ticks]
            if sum(len(label) + 2 for label in labels) * _LETTER <= width - _BESIDE_AXIS:
                break
        axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(FuncFormatter(written))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _decimals(step: float) -> int:
    """Return how many decimals tell ticks apart that are ``step`` from each other; at least 3."""
    return max(3, 1 - floor_of(log10(step))) if step > 0 else 3
