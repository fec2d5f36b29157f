"""The curves of a run's history, as several figures draw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cotejo.facts import AlternativeFacts
from cotejo.report.drawing import INK, colour
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["draw_history", "split_handles"]

_STYLES: dict[str, Any] = {"train": (0, (3, 2)), "valid": "-"}


def draw_history(
    axes: Axes,
    alternative: AlternativeFacts,
    history: Sequence[dict[str, float]],
    metric: str,
    offset: int = 0,
    *,
    faint: bool = False,
) -> None:
    """Draw a run's training and validation curves of one metric.

    Args:
        axes: where.
        alternative: whose run it is, for the colour.
        history: one row per epoch.
        metric: ``"loss"`` or ``"accuracy"``.
        offset: the epochs that were trained before.
        faint: True draws thin, pale lines.
    """
    epochs = offset + np.arange(1, len(history) + 1)
    marker = "o" if len(history) == 1 else None
    for split, style in _STYLES.items():
        axes.plot(
            epochs,
            [row[f"{split}_{metric}"] for row in history],
            color=colour(alternative.index),
            linestyle=style,
            linewidth=0.8 if faint else 1.6,
            alpha=0.35 if faint else 1.0,
            marker=marker,
            markersize=4,
        )


def split_handles(words: Words) -> list[Line2D]:
    """Return the legend's entries for the two kinds of lines."""
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=INK, linestyle=style, linewidth=1.6, label=words.say(f"split_{split}"))
        for split, style in _STYLES.items()
    ]
