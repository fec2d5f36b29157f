"""The figures of the training curves of each alternative."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

import numpy as np

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.drawing import (
    PHONE_WIDTH,
    TEXT_WIDTH,
    draws,
    dress,
    legend,
    new_figure,
    number_axis,
)
from cotejo.report.histories import draw_history, split_handles
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PER_ROW", "accuracy_limits", "curves", "highest_loss", "loss_limit", "with_curves"]

PER_ROW = 3
"""How many alternatives a figure of curves has side by side."""


def with_curves(facts: StudyFacts) -> list[AlternativeFacts]:
    """Return the alternatives that have curves: all but those added without their history."""
    return [alternative for alternative in facts.trained if alternative.has_history]


@draws
def curves(
    facts: StudyFacts,
    words: Words,
    alternatives: Sequence[AlternativeFacts],
    width: float = TEXT_WIDTH,
) -> Figure:
    """Draw loss and accuracy against the epoch, training against validation.

    Each alternative has a column, in a figure for a phone a row. The axes have the same limits
    in all figures of the study, so that they can be compared. Every finished seed is drawn; the
    representative one stands out.
    """
    phone = width <= PHONE_WIDTH
    if phone:
        columns = len(alternatives)
        figure = new_figure(width, 0.5 + 1.6 * columns)
        grid = figure.subplots(columns, 2, sharex=True, sharey="col", squeeze=False).T
    else:
        columns = max(len(alternatives), 2)
        figure = new_figure(width * columns / PER_ROW, 4.2)
        grid = figure.subplots(2, columns, sharex=True, sharey="row", squeeze=False)
    for column in range(columns):
        if column >= len(alternatives):
            for axes in grid[:, column]:
                axes.set_visible(False)
            continue
        alternative = alternatives[column]
        for axes, metric in zip(grid[:, column], ("loss", "accuracy"), strict=True):
            for run in alternative.finished:
                draw_history(
                    axes,
                    alternative,
                    run.history,
                    metric,
                    faint=run is not alternative.representative,
                )
            dress(axes, _wrapped(alternative.label(words.language)) if metric == "loss" else "")
        if phone:
            grid[0, column].set_ylabel(words.say("axis_loss"))
            grid[1, column].set_ylabel(words.say("axis_accuracy"))
        else:
            grid[1, column].set_xlabel(words.say("axis_epoch"))
    if phone:
        for axes in grid[:, -1]:
            axes.set_xlabel(words.say("axis_epoch"))
    grid[0, 0].set(ylabel=words.say("axis_loss"), ylim=(0, loss_limit(facts)))
    grid[1, 0].set(ylabel=words.say("axis_accuracy"), ylim=accuracy_limits(facts))
    grid[1, 0].set_xlim(
        0,
        max(len(run.history) for alternative in with_curves(facts) for run in alternative.finished),
    )
    number_axis(grid[0, 0].yaxis, words.numbers)
    number_axis(grid[1, 0].yaxis, words.numbers, percent=True)
    number_axis(grid[1, 0].xaxis, words.numbers, whole=True)
    legend(figure, split_handles(words), handlelength=3)
    return figure


def highest_loss(facts: StudyFacts) -> float:
    """Return the highest loss of all epochs, in training and validation."""
    return float(max(_losses(facts)))


def loss_limit(facts: StudyFacts) -> float:
    """Return where the loss axis ends: at the highest loss, or earlier if some losses are huge.

    A guess among all classes costs ln(classes) nats. Losses far beyond twice that, of a single
    alternative, would flatten the curves of all the others.
    """
    classes = len(facts.data["counts"]["train"])
    readable = max(2 * log(max(classes, 2)), 1.05 * float(np.median(_losses(facts))))
    return min(1.05 * highest_loss(facts), readable)


def _losses(facts: StudyFacts) -> list[float]:
    return [
        row[column]
        for alternative in with_curves(facts)
        for run in alternative.finished
        for row in run.history
        for column in ("train_loss", "valid_loss")
    ]


def accuracy_limits(facts: StudyFacts, *splits: str) -> tuple[float, float]:
    """Return the ends of an axis that holds every accuracy of these splits, by default of both."""
    values = [
        row[f"{split}_accuracy"]
        for alternative in with_curves(facts)
        for run in alternative.finished
        for row in run.history
        for split in splits or ("train", "valid")
    ]
    return max(0.0, min(values) - 0.03), min(1.0, max(values) + 0.03)


def _wrapped(label: str, width: int = 30) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(label, width))
