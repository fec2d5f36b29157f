"""The figures of searches: trials in order, accuracy against each setting, what n are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cotejo.report.drawing import (
    GREY,
    INK,
    PHONE_WIDTH,
    TEXT_WIDTH,
    colour,
    draws,
    dress,
    legend,
    new_figure,
    number_axis,
    panels,
    wrapped,
)
from cotejo.report.topics.search.analysis import Searched, Sweep, accuracy_of, best_so_far
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_SETTINGS", "expected_figure", "history_figure", "settings_figure", "sweep_figure"]

MOST_SETTINGS = 4
"""The settings that the figure of a search shows: those that explain most."""

_MARKERS = {"finished": "o", "stopped": "x"}
_LETTERS = 14


@draws
def history_figure(searches: Sequence[Searched], words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw the accuracy of each trial, and the best so far as a line of steps.

    A trial that was stopped is a cross; one that failed is a short line at the foot.
    """
    from matplotlib.lines import Line2D

    figure = new_figure(width, 2.9)
    axes = figure.subplots()
    for search in searches:
        ink, trials = colour(search.facts.alternative.index), search.facts.trials
        numbers = [trial["number"] for trial in trials]
        course = best_so_far(trials)
        known = [(x, y) for x, y in zip(numbers, course, strict=True) if y is not None]
        if known:
            axes.step(*zip(*known, strict=True), where="post", color=ink, linewidth=1.4)
        for status, marker in _MARKERS.items():
            of_status = [trial for trial in trials if trial["status"] == status]
            axes.plot(
                [trial["number"] for trial in of_status],
                [trial["valid_accuracy"] for trial in of_status],
                marker,
                color=ink,
                markersize=4,
                alpha=0.75,
            )
        failed = [trial["number"] for trial in trials if trial["status"] == "failed"]
        axes.plot(
            failed,
            [0.03] * len(failed),
            "|",
            color=ink,
            markersize=8,
            transform=axes.get_xaxis_transform(),
        )
    dress(axes)
    axes.set(xlabel=words.say("search.axis_trial"), ylabel=words.say("search.axis_accuracy"))
    number_axis(axes.yaxis, words.numbers, percent=True)
    number_axis(axes.xaxis, words.numbers, whole=True)
    handles = [
        Line2D([], [], color=colour(each.facts.alternative.index), label=_label(each, words))
        for each in searches
    ]
    shown = {trial["status"] for each in searches for trial in each.facts.trials}
    handles += [
        Line2D([], [], color=GREY, marker=marker, linestyle="", label=words.say(f"search.{status}"))
        for status, marker in (*_MARKERS.items(), ("failed", "|"))
        if status in shown
    ]
    legend(figure, handles, most=4)
    return figure


@draws
def settings_figure(
    searches: Sequence[Searched], settings: Sequence[str], words: Words, width: float = TEXT_WIDTH
) -> Figure:
    """Draw each trial's accuracy against each setting, with its interval over the images.

    The trial that was found best has a ring around it.
    """
    figure = new_figure(width, 2.6 if width > PHONE_WIDTH else 2.3 * len(settings))
    for axes, setting in zip(panels(figure, len(settings)), settings, strict=True):
        choices = _choices(searches, setting)
        for search in searches:
            ink, best = colour(search.facts.alternative.index), search.facts.best
            for trial in search.facts.trials:
                known = accuracy_of(trial)
                if known is None:
                    continue
                value = trial["values"][setting]
                place = choices.index(value) if choices is not None else value
                has_finished = trial["status"] == "finished"
                if has_finished:
                    axes.plot([place] * 2, [known.low, known.high], color=ink, linewidth=0.7)
                axes.plot(place, known.estimate, "o" if has_finished else "x", color=ink, ms=3.5)
                if best is not None and trial["number"] == best["number"]:
                    axes.plot(place, known.estimate, "o", mfc="none", mec=INK, ms=9)
        _dress_setting(axes, searches[0], setting, choices, words)
    figure.supylabel(words.say("search.axis_accuracy"), fontsize=9, color=INK)
    return figure


def _dress_setting(
    axes: Axes, search: Searched, setting: str, choices: list[Any] | None, words: Words
) -> None:
    dress(axes)
    number_axis(axes.yaxis, words.numbers, percent=True)
    axes.set_xlabel(words.setting_name(setting))
    if choices is not None:
        figure: Any = axes.figure
        labels = [wrapped(words.setting_value(setting, each), figure, _LETTERS) for each in choices]
        turned: dict[str, Any] = (
            {"rotation": 30, "ha": "right"} if max(map(len, labels)) > _LETTERS / 2 else {}
        )
        axes.set_xticks(range(len(choices)), labels, **turned)
        axes.set_xlim(-0.5, len(choices) - 0.5)
        return
    _number_ticks(axes, words, is_log=search.facts.is_log(setting))


def _number_ticks(axes: Axes, words: Words, *, is_log: bool) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(numticks=6))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, position: words.numbers.shortest(value))
    )


def _choices(searches: Sequence[Searched], setting: str) -> list[Any] | None:
    space = searches[0].facts.entry["space"][setting]
    return list(space) if isinstance(space, list) else None


@draws
def expected_figure(
    searches: Sequence[Searched], words: Words, width: float = TEXT_WIDTH
) -> Figure:
    """Draw the expected best accuracy against the number of trials.

    The interval is drawn up to half of the trials; beyond that it would be too narrow.
    """
    figure = new_figure(width, 2.9)
    axes = figure.subplots()
    handles = []
    for search in searches:
        ink, curve = colour(search.facts.alternative.index), search.expected
        numbers, half = range(1, len(curve) + 1), max(len(curve) // 2, 1)
        handles += axes.plot(
            numbers,
            [point.estimate for point in curve],
            "o-",
            color=ink,
            markersize=3,
            linewidth=1.4,
            label=_label(search, words),
        )
        axes.fill_between(
            numbers[:half],
            [point.low for point in curve[:half]],
            [point.high for point in curve[:half]],
            color=ink,
            alpha=0.15,
            linewidth=0,
        )
    dress(axes)
    axes.set(xlabel=words.say("search.axis_trials"), ylabel=words.say("search.axis_expected"))
    number_axis(axes.yaxis, words.numbers, percent=True)
    number_axis(axes.xaxis, words.numbers, whole=True)
    legend(figure, handles)
    return figure


@draws
def sweep_figure(sweep: Sweep, words: Words, width: float = TEXT_WIDTH) -> Figure:
    """Draw test accuracy against the values of a number, with intervals and a line."""
    figure = new_figure(width, 2.8)
    axes = figure.subplots()
    values = [value for value, _, _ in sweep.points]
    axes.plot(values, [each.estimate for _, _, each in sweep.points], color=GREY, linewidth=1.2)
    for value, alternative, known in sweep.points:
        ink = colour(alternative.index)
        axes.plot([value] * 2, [known.low, known.high], color=ink, linewidth=1.6)
        axes.plot(value, known.estimate, "o", color=ink, markersize=5)
    dress(axes)
    name = words.setting_name(sweep.setting)
    axes.set(xlabel=name, ylabel=words.say("column_test_accuracy"))
    number_axis(axes.yaxis, words.numbers, percent=True)
    # Values that are multiples of each other were meant so.
    _number_ticks(axes, words, is_log=values[0] > 0 and values[-1] / values[0] >= 8)
    return figure


def _label(search: Searched, words: Words) -> str:
    return search.facts.alternative.label(words.language)
