"""The report's figures, drawn from numbers only; words come from `cotejo.report.prose`."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from cotejo.facts import AlternativeFacts, Phase, StudyFacts
from cotejo.report.drawing import (
    INK,
    colour,
    draws,
    dress,
    legend,
    legend_height,
    line_style,
    new_figure,
    number_axis,
)
from cotejo.report.findings import Findings
from cotejo.report.prose.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

__all__ = [
    "PER_ROW",
    "accuracies",
    "comparison",
    "curves",
    "distribution",
    "highest_loss",
    "loss_limit",
    "whole_training",
]

_WIDTH = 7.4
"""Of a figure as wide as the text, in inches."""
_STYLES: dict[str, Any] = {"train": (0, (3, 2)), "valid": "-"}

PER_ROW = 3
"""How many alternatives' curves stand side by side."""


@draws
def distribution(facts: StudyFacts, words: Words) -> Figure:
    """Draw how many images each class has in each split, as bars side by side."""
    names = facts.class_names(words.language)
    figure = new_figure(_WIDTH, 0.6 + 0.24 * len(names))
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


@draws
def curves(facts: StudyFacts, words: Words, alternatives: Sequence[AlternativeFacts]) -> Figure:
    """Draw loss and accuracy against the epoch, training against validation.

    A column an alternative. The axes are those of the whole study, so that figures of other
    alternatives compare. Every finished seed is drawn; the representative one stands out.
    """
    columns = max(len(alternatives), 2)
    figure = new_figure(_WIDTH * columns / PER_ROW, 4.2)
    panels = figure.subplots(2, columns, sharex=True, sharey="row", squeeze=False)
    for column in range(columns):
        if column >= len(alternatives):
            for axes in panels[:, column]:
                axes.set_visible(False)
            continue
        one = alternatives[column]
        for axes, metric in zip(panels[:, column], ("loss", "accuracy"), strict=True):
            for run in one.finished:
                _draw_run(axes, one, run.history, metric, faint=run is not one.representative)
            dress(axes, _wrapped(one.label(words.language)) if metric == "loss" else "")
        panels[1, column].set_xlabel(words.say("axis_epoch"))
    panels[0, 0].set(ylabel=words.say("axis_loss"), ylim=(0, loss_limit(facts)))
    panels[1, 0].set(ylabel=words.say("axis_accuracy"), ylim=_accuracy_limits(facts))
    panels[1, 0].set_xlim(0, max(len(run.history) for one in facts.trained for run in one.finished))
    number_axis(panels[0, 0].yaxis, words.numbers)
    number_axis(panels[1, 0].yaxis, words.numbers, percent=True)
    number_axis(panels[1, 0].xaxis, words.numbers, whole=True)
    legend(figure, _split_handles(words), handlelength=3)
    return figure


@draws
def comparison(facts: StudyFacts, words: Words) -> Figure:
    """Draw every alternative's validation accuracy against epochs and against seconds.

    One that starts from another's weights begins where that one's training ended.
    """
    labels = [one.label(words.language) for one in facts.trained]
    figure = new_figure(_WIDTH, 3.1 + legend_height(labels, _WIDTH))
    by_epoch, by_time = figure.subplots(1, 2, sharey=True)
    handles = []
    for one in facts.trained:
        phase = facts.phases(one)[-1]
        history = phase.run.history
        accuracy = [row["valid_accuracy"] for row in history]
        epochs = phase.epochs_before + np.arange(1, len(history) + 1)
        seconds = phase.seconds_before + np.cumsum([row["seconds"] for row in history])
        by_epoch.plot(epochs, accuracy, **_line(one), label=one.label(words.language))
        handles += by_time.plot(seconds, accuracy, **_line(one), label=one.label(words.language))
    for axes, label in ((by_epoch, "axis_epoch"), (by_time, "axis_seconds")):
        dress(axes)
        axes.set_xlabel(words.say(label))
        axes.set_xlim(left=0)
        number_axis(axes.xaxis, words.numbers, whole=True)
    by_epoch.set(ylabel=words.say("axis_valid_accuracy"), ylim=_accuracy_limits(facts, "valid"))
    number_axis(by_epoch.yaxis, words.numbers, percent=True)
    legend(figure, handles, handlelength=3)
    return figure


@draws
def accuracies(findings: Findings, words: Words) -> Figure:
    """Draw each alternative's test accuracy with its 95% interval, the best on top."""
    ranked = findings.ranked
    figure = new_figure(_WIDTH, 0.7 + 0.32 * len(ranked))
    axes = figure.subplots()
    for height, one in enumerate(ranked):
        found = findings.accuracy[one.name]
        axes.plot([found.low, found.high], [height] * 2, color=colour(one.index), linewidth=2)
        axes.plot(found.estimate, height, "o", color=colour(one.index), markersize=6)
        axes.annotate(
            words.numbers.percent(found.estimate),
            (found.high, height),
            xytext=(6, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=8,
            color=INK,
        )
        if len(one.finished) > 1:
            seeds = one.values("test", "accuracy")
            axes.plot(seeds, [height + 0.25] * len(seeds), "|", color=colour(one.index))
    dress(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color="#d9d9d9", linewidth=0.6)
    axes.set_yticks(range(len(ranked)), [one.label(words.language) for one in ranked])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.margins(x=0.12)
    axes.set_xlabel(words.say("axis_test_accuracy"))
    number_axis(axes.xaxis, words.numbers, percent=True)
    return figure


@draws
def whole_training(phases: Sequence[Phase], words: Words) -> Figure:
    """Draw the epochs of a run and of those it started from, one after the other."""
    figure = new_figure(_WIDTH, 2.7)
    panels = figure.subplots(1, 2, sharex=True)
    for axes, metric in zip(panels, ("loss", "accuracy"), strict=True):
        for phase in phases:
            _draw_run(axes, phase.alternative, phase.run.history, metric, phase.epochs_before)
            if phase.epochs_before:
                axes.axvline(
                    phase.epochs_before + 0.5, color="#999999", linewidth=0.8, dashes=(2, 2)
                )
        dress(axes)
        axes.set(xlabel=words.say("axis_epoch"), ylabel=words.say(f"axis_{metric}"))
        number_axis(axes.yaxis, words.numbers, percent=metric == "accuracy")
        number_axis(axes.xaxis, words.numbers, whole=True)
    panels[0].set_xlim(left=0)
    legend(figure, _split_handles(words), handlelength=3)
    return figure


def highest_loss(facts: StudyFacts) -> float:
    """Return the highest loss of all epochs, in training and validation."""
    return float(max(_losses(facts)))


def loss_limit(facts: StudyFacts) -> float:
    """Return where the loss axis ends: at the highest loss, or where losses say nothing more.

    A guess among all classes costs ln(classes) nats; one alternative that went far beyond twice
    that would flatten everybody's curves.
    """
    classes = len(facts.data["counts"]["train"])
    readable = max(2 * log(max(classes, 2)), 1.05 * float(np.median(_losses(facts))))
    return min(1.05 * highest_loss(facts), readable)


def _losses(facts: StudyFacts) -> list[float]:
    return [
        row[column]
        for one in facts.trained
        for run in one.finished
        for row in run.history
        for column in ("train_loss", "valid_loss")
    ]


def _draw_run(
    axes: Axes,
    alternative: AlternativeFacts,
    history: Sequence[dict[str, float]],
    metric: str,
    offset: int = 0,
    *,
    faint: bool = False,
) -> None:
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


def _line(alternative: AlternativeFacts) -> dict[str, object]:
    return {
        "color": colour(alternative.index),
        "linestyle": line_style(alternative.index),
        "linewidth": 1.6,
        "marker": "o",
        "markersize": 2.5,
    }


def _accuracy_limits(facts: StudyFacts, *splits: str) -> tuple[float, float]:
    values = [
        row[f"{split}_accuracy"]
        for one in facts.trained
        for run in one.finished
        for row in run.history
        for split in splits or ("train", "valid")
    ]
    return max(0.0, min(values) - 0.03), min(1.0, max(values) + 0.03)


def _split_handles(words: Words) -> list[Line2D]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=INK, linestyle=style, linewidth=1.6, label=words.say(f"split_{split}"))
        for split, style in _STYLES.items()
    ]


def _wrapped(label: str, width: int = 30) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(label, width))
