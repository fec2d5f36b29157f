"""The figure of accuracy against cost, with the front of those that no other beats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import floor as floor_of
from math import log10
from typing import TYPE_CHECKING

from cotejo.report.alternative_marks import handle, has_own_colours
from cotejo.report.drawing import (
    COLOURS,
    GREY,
    INK,
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
from cotejo.report.findings import Findings
from cotejo.report.naming import together
from cotejo.report.topics.cost.analysis import Cost, Kind, front, kinds_that_differ
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["cost_figure", "floor", "has_clipped_intervals", "has_wide_axis"]

_STACK = 4
"""The least number of alternatives of one cost that a figure tells of."""
_WIDE = 10.0
"""The ratio of the largest to the smallest cost from which the axis is logarithmic."""

_MOST_TICKS = 5
_LETTER = 0.06
"""The width in inches of a tick's letter, of 8 points."""
_BESIDE_AXIS = 0.5
"""The width in inches that the other axis and the space around a panel take."""


@draws
def cost_figure(
    rows: Sequence[Cost],
    kinds: Sequence[Kind],
    findings: Findings,
    words: Words,
    width: float = TEXT_WIDTH,
) -> Figure:
    """Draw test accuracy against each kind of cost, and the front of those that no other beats.

    An alternative that is far behind would squeeze the others: an arrow at the bottom stands for
    it.
    """
    named = _named(rows, findings)
    labels = [together(row.alternative.label(words.language)) for row in named]
    height = 3.1 if width > PHONE_WIDTH else 0.2 + 2.3 * len(kinds)
    figure = new_figure(width, height + legend_height(labels, width))
    side_by_side = panels(figure, len(kinds), sharey=True)
    for axes, kind in zip(side_by_side, kinds, strict=True):
        _draw_costs(axes, rows, kind, findings)
        dress(axes)
        axes.set_ylim(bottom=floor(rows))
        axes.set_xlabel(wrapped(words.say(f"cost.axis_{kind}"), figure, 34))
        _cost_axis(axes, words, width if width <= PHONE_WIDTH else width / len(kinds))
        _tell_of_stacks(axes, rows, kind, words)
    side_by_side[0].set_ylabel(words.say("column_test_accuracy"))
    number_axis(side_by_side[0].yaxis, words.numbers, percent=True)
    legend(
        figure,
        [
            handle(label, _shade(row, rows, findings))
            for label, row in zip(labels, named, strict=True)
        ],
    )
    return figure


def _draw_costs(axes: Axes, rows: Sequence[Cost], kind: Kind, findings: Findings) -> None:
    """Draw one panel, each alternative at its own cost."""
    best, lowest = front(rows, kind), floor(rows) or 0.0
    wide, places = _is_wide(rows, kind), _places(rows, kind)
    low, high = min(places), max(places)
    axes.set_xscale("log" if wide else "linear")

    def back(place: float) -> float:
        return 10**place if wide else place

    heights = [max(row.accuracy.estimate, lowest) for row in best]
    axes.step(
        [*(row.of(kind) or 0.0 for row in best), back(2 * high - low)],
        [*heights, heights[-1]],
        where="post", color=GREY, linewidth=0.9, dashes=(4, 3), zorder=1,
    )  # fmt: skip
    for row in rows:
        place, shade = row.of(kind) or 0.0, _shade(row, rows, findings)
        far = row.accuracy.estimate < lowest
        # A mark of the front lies over the others of about its cost.
        order = 4 if row in best else 3
        if not far:
            axes.plot(
                [place] * 2, [row.accuracy.low, row.accuracy.high], color=shade, linewidth=1,
                zorder=order,
            )  # fmt: skip
        axes.plot(
            place, max(row.accuracy.estimate, lowest), "v" if far else "o", color=shade,
            markerfacecolor=shade if row in best else "white", markersize=4.5, clip_on=not far,
            zorder=order,
        )  # fmt: skip
    margin = 0.1 * (high - low)
    axes.set_xlim(back(low - margin), back(high + margin))


def _shade(row: Cost, rows: Sequence[Cost], findings: Findings) -> str:
    """Return the colour of a mark: where there are not enough, only those of a front have one."""
    if has_own_colours(findings.facts):
        return colour(row.alternative.index)
    named = _named(rows, findings)
    return colour(named.index(row)) if row in named else GREY


def _named(rows: Sequence[Cost], findings: Findings) -> list[Cost]:
    """Return the alternatives that the legend names: all, or as many of the fronts as it can."""
    if has_own_colours(findings.facts):
        return list(rows)
    fronts = [row for kind in kinds_that_differ(rows) for row in front(rows, kind)]
    return [row for row in rows if row in fronts][:COLOURS]


def _tell_of_stacks(axes: Axes, rows: Sequence[Cost], kind: Kind, words: Words) -> None:
    """Say how many alternatives stand one over the other, where many have the same cost."""
    costs = Counter(row.of(kind) for row in rows)
    cost, count = costs.most_common(1)[0]
    if count < _STACK or cost is None:
        return
    place = (axes.transData - axes.transAxes).transform((cost, 0))[0]
    axes.annotate(
        words.say("cost.stacked", count=count, value=words.numbers.integer(cost)),
        (cost, 1.02), xycoords=axes.get_xaxis_transform(), fontsize=8, color=INK,
        horizontalalignment="left" if place < 0.3 else "right" if place > 0.7 else "center",
        verticalalignment="bottom",
    )  # fmt: skip


def _is_wide(rows: Sequence[Cost], kind: Kind) -> bool:
    values = [row.of(kind) or 0.0 for row in rows]
    return min(values) > 0 and max(values) / min(values) >= _WIDE


def _places(rows: Sequence[Cost], kind: Kind) -> list[float]:
    """Return where the marks of the alternatives belong on the axis."""
    wide = _is_wide(rows, kind)
    return [log10(row.of(kind) or 0.0) if wide else row.of(kind) or 0.0 for row in rows]


def has_wide_axis(rows: Sequence[Cost], kinds: Sequence[Kind]) -> bool:
    """Return whether the axis of some kind of cost is logarithmic."""
    return any(_is_wide(rows, kind) for kind in kinds)


def has_clipped_intervals(rows: Sequence[Cost]) -> bool:
    """Return whether an interval reaches below where the axis of accuracy begins."""
    lowest = floor(rows) or 0.0
    return any(row.accuracy.low < lowest <= row.accuracy.estimate for row in rows)


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
