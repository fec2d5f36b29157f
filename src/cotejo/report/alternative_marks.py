"""The marks that stand for alternatives in a figure: their shape, legend and distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.facts import AlternativeFacts
from cotejo.report.drawing import colour
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.lines import Line2D

__all__ = ["handle", "marker", "spread"]

_MARKERS = ("o", "s", "^", "D", "v")


def marker(index: int) -> str:
    """Return the shape of the mark of the alternative at ``index``: a second cue after colour."""
    return _MARKERS[index // 7 % len(_MARKERS)]


def handle(alternative: AlternativeFacts, words: Words) -> Line2D:
    """Return the entry of an alternative in a legend."""
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], color=colour(alternative.index), marker=marker(alternative.index), markersize=5,
        linestyle="", label=alternative.label(words.language),
    )  # fmt: skip


def spread(places: Sequence[float], least: float) -> list[float]:
    """Return ascending places, moved apart where two are closer than ``least``.

    Places that are too close are spread evenly around their mean; the others stay.

    Example:
        >>> [round(place, 2) for place in spread([0.1, 0.1, 0.5], 0.04)]
        [0.08, 0.12, 0.5]
    """
    groups: list[list[float]] = []
    for place in places:
        groups.append([place])
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], least):
            last = groups.pop()
            groups[-1] += last
    return [
        sum(group) / len(group) + (at - (len(group) - 1) / 2) * least
        for group in groups
        for at in range(len(group))
    ]


def _overlap(left: Sequence[float], right: Sequence[float], least: float) -> bool:
    middles = sum(right) / len(right) - sum(left) / len(left)
    return middles < least * (len(left) + len(right)) / 2 - 1e-12
