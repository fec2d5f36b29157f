"""The tables that commands show: the plan, the results, a dataset, the models and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from cotejo.cli.table_layout import make_table
from cotejo.config.augmentations import compact
from cotejo.config.labels import setting_phrase
from cotejo.facts import in_language
from cotejo.messages import current_language, message
from cotejo.numbers import Numbers

if TYPE_CHECKING:
    from cotejo.config import Recipe, StudyConfig
    from cotejo.store import RunFolder
    from cotejo.study.progress import PlannedRun

__all__ = [
    "alternatives_table",
    "audit_table",
    "channels_table",
    "classes_table",
    "final_table",
    "models_table",
    "numbers",
    "plan_table",
    "recipes_table",
    "results_table",
    "setting_text",
]

_MISSING = "–"
_UNBOUNDED = 10_000
_ROOM_FOR_PARAMETERS = 72


def numbers() -> Numbers:
    """Return the formatter of numbers for the language in use."""
    return Numbers(current_language())


def plan_table(study: StudyConfig, runs: Sequence[PlannedRun], width: int) -> Table:
    """Return the plan: one row per alternative, with its own settings and its finished runs.

    Args:
        study: the study that is planned.
        runs: its runs.
        width: the console's, in columns; a narrow one is shown no parameters.
    """
    rows = [
        (alternative.name, alternative.settings.model, alternative.changes)
        for alternative in study.alternatives
    ]
    return alternatives_table(rows, runs, width)


def alternatives_table(
    rows: Sequence[tuple[str, str, Mapping[str, Any]]], runs: Sequence[PlannedRun], width: int
) -> Table:
    """Return one row per alternative, as `plan_table`.

    Args:
        rows: of each alternative its name, its model, and the settings that are its own.
        runs: of the study.
        width: the console's, in columns.
    """
    titles = ["left:alternative", "word:model", "right:parameters", "right:epochs"]
    if width < _ROOM_FOR_PARAMETERS:
        titles.remove("right:parameters")
    table = make_table(*titles, "right:runs_done", "fold:settings")
    formatted = numbers()
    for name, model, changes in rows:
        own = [run for run in runs if run.alternative == name]
        done = sum(run.finished for run in own)
        parameters = max((run.parameters for run in own), default=0)
        cells = {
            "left:alternative": name,
            "word:model": model,
            "right:parameters": formatted.integer(parameters) if parameters else _MISSING,
            "right:epochs": formatted.integer(max((run.epochs for run in own), default=0)),
        }
        table.add_row(
            *(cells[title] for title in titles),
            Text(f"{done}/{len(own)}", style="green" if own and done == len(own) else ""),
            _differences(changes),
        )
    return table


def _differences(changes: Mapping[str, Any]) -> str:
    # The model and the epochs have columns of their own.
    shown = {name: value for name, value in changes.items() if name not in ("model", "epochs")}
    language = current_language()
    return ", ".join(setting_phrase(name, value, language) for name, value in shown.items())


def setting_text(value: object) -> str:
    """Return a setting's value as in a study file, but without quotes around strings.

    Example:
        >>> setting_text(True), setting_text(0.0001), setting_text("he"), setting_text(None)
        ('true', '0.0001', 'he', '–')
        >>> setting_text(["flip", {"rotate": 15}])
        'flip,rotate=15'
    """
    if value is None:
        return _MISSING
    if isinstance(value, list | dict):
        # The one setting that takes a list, or a table, is the augmentation.
        return compact(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def recipes_table(recipes: Sequence[Recipe]) -> Table:
    """Return the recipes: one row per recipe, with its measured accuracy and time."""
    table = make_table(
        "left:recipe", "right:test", "right:seeds", "right:time", "fold:machine", "fold:description"
    )
    formatted = numbers()
    for recipe in recipes:
        measured = recipe.measured
        cells = (_MISSING, _MISSING, _MISSING, message("cli.not_measured"))
        if measured is not None:
            accuracy = formatted.percent(measured.accuracy, 2)
            if measured.deviation is not None:
                accuracy += f" ± {formatted.points(measured.deviation, 2)}"
            cells = (
                accuracy,
                str(measured.seeds),
                formatted.duration(measured.seconds),
                in_language(measured.machine, current_language()),
            )
        table.add_row(recipe.name, *cells, in_language(recipe.text, current_language()))
    return table


def final_table(runs: Sequence[RunFolder]) -> Table:
    """Return the results of a final training: one row per seed, and their mean."""
    table = make_table("right:seed", "right:train", "right:test", "right:time")
    formatted = numbers()
    rows = [
        (
            run.metrics["train"]["accuracy"],
            run.metrics["test"]["accuracy"],
            run.record["timings"]["train_seconds"],
        )
        for run in runs
    ]
    names = [str(run.record["seed"]) for run in runs]
    if len(rows) > 1:
        means = [fmean(column) for column in zip(*rows, strict=True)]
        names.append(message("cli.mean"))
        rows.append((means[0], means[1], means[2]))
    for name, (train, test, seconds) in zip(names, rows, strict=True):
        accuracies = (formatted.percent(train, 2), formatted.percent(test, 2))
        table.add_row(name, *accuracies, formatted.duration(seconds))
    return table


def results_table(rows: Sequence[Mapping[str, Any]], console: Console) -> Table:
    """Return the results: one row per alternative, with the best by validation accuracy marked.

    If the console is narrow, less important columns are left out; ``summary.csv`` has all.

    Args:
        rows: the rows of ``summary.csv``.
        console: the console that will show the table.
    """
    several = any(_number(row["seeds"], 0.0) > 1 for row in rows)
    columns = ["parameters", "seeds", "train", "valid", "balanced", "test", "macro_f1", "time"]
    if not any("test_balanced_accuracy" in row for row in rows):
        columns.remove("balanced")
    if not several:
        columns.remove("seeds")
    unbounded = console.options.update(max_width=_UNBOUNDED)
    for left_out in ("", "parameters", "seeds", "time", "macro_f1"):
        columns = [column for column in columns if column != left_out]
        table = _results(rows, columns, several)
        if Measurement.get(console, unbounded, table).maximum <= console.width:
            break
    return table


def _results(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], several: bool) -> Table:
    table = make_table("left:alternative", *(f"right:{column}" for column in columns))
    # Where the classes are unlike in size, this is what the best is chosen by.
    balanced = any("valid_balanced_accuracy" in row for row in rows)
    chosen_by = "valid_balanced_accuracy" if balanced else "valid_accuracy"
    best = max((_number(row[chosen_by], -1.0) for row in rows), default=-1.0)
    for row in rows:
        is_best = best >= 0 and _number(row[chosen_by], -1.0) == best
        cells = _result_cells(row)
        name = f"{row['alternative']} ★" if is_best else str(row["alternative"])
        table.add_row(
            name, *(cells[column] for column in columns), style="bold green" if is_best else None
        )
    table.caption = message("cli.results_caption" if not several else "cli.results_caption_seeds")
    table.caption_justify = "left"
    return table


def _result_cells(row: Mapping[str, Any]) -> dict[str, str]:
    formatted = numbers()

    def shown(key: str, form: Callable[[float], str]) -> str:
        value = _number(row.get(key), None)
        return _MISSING if value is None else form(value)

    test = shown("test_accuracy", formatted.percent)
    deviation = _number(row["test_accuracy_std"], None)
    if deviation is not None:
        test += f" ± {formatted.points(deviation)}"
    return {
        "parameters": shown("parameters", formatted.integer),
        "seeds": shown("seeds", formatted.integer),
        "train": shown("train_accuracy", formatted.percent),
        "valid": shown("valid_accuracy", formatted.percent),
        "balanced": shown("test_balanced_accuracy", formatted.percent),
        "test": test,
        "macro_f1": shown("macro_f1", lambda value: formatted.decimal(value, 3)),
        "time": shown("train_seconds", formatted.duration),
    }


def _number(value: Any, default: Any) -> Any:
    return default if value is None or value == "" else float(value)


def classes_table(facts: Mapping[str, Any]) -> Table:
    """Return the number of images of each class in each split, with totals, from ``data.json``."""
    table = make_table("word:class", "right:train", "right:valid", "right:test", "right:total")
    table.show_footer = True
    counts = facts["counts"]
    splits = [counts[name] for name in ("train", "valid", "test")]
    formatted = numbers()
    for label, name in enumerate(facts["class_names"][current_language()]):
        own = [split[label] for split in splits]
        table.add_row(name, *(formatted.integer(number) for number in [*own, sum(own)]))
    sums = [sum(split) for split in splits]
    footers = [message("cli.column_total")]
    footers += [formatted.integer(number) for number in [*sums, sum(sums)]]
    for column, footer in zip(table.columns, footers, strict=True):
        column.footer = footer
    return table


def channels_table(facts: Mapping[str, Any]) -> Table:
    """Return the mean and the deviation of each channel of the training images."""
    table = make_table("word:channel", "right:mean", "right:deviation")
    formatted = numbers()
    means, deviations = facts["channels"]["mean"], facts["channels"]["std"]
    for index, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        name = message(f"cli.channel_{index}") if len(means) == 3 else str(index)
        table.add_row(name, formatted.decimal(mean, 4), formatted.decimal(deviation, 4))
    return table


def audit_table(images: Mapping[str, Mapping[str, int]], judged: Sequence[str]) -> Table:
    """Return an audit's findings: the number of images of each kind in each split.

    Args:
        images: for each kind, the number of images in each split.
        judged: the splits whose labels were judged; nothing is known about the others.
    """
    table = make_table("word:found", "right:train", "right:valid", "right:test")
    formatted = numbers()
    for kind, own in images.items():
        if kind == "label" and not judged:
            continue
        cells = [
            _MISSING if kind == "label" and split not in judged else formatted.integer(own[split])
            for split in ("train", "valid", "test")
        ]
        table.add_row(message(f"audit.kind_{kind.replace('-', '_')}"), *cells)
    return table


def models_table(rows: Sequence[tuple[str, int | None, Mapping[str, Any], str]]) -> Table:
    """Return the models, each with its parameters, its options and defaults, and a description."""
    table = make_table("word:model", "right:parameters", "fold:options", "fold:description")
    table.columns[3].ratio = 1
    table.show_lines = True
    formatted = numbers()
    for name, parameters, options, description in rows:
        chosen = "\n".join(f"{key}={setting_text(value)}" for key, value in options.items())
        count = "–" if parameters is None else formatted.integer(parameters)
        table.add_row(name, count, chosen, description)
    return table
