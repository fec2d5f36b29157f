"""The tables of the command line: the plan, the results, a dataset, the models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from cotejo.facts import in_language
from cotejo.messages import current_language, message
from cotejo.numbers import Numbers
from cotejo.texts import visible

if TYPE_CHECKING:
    from pathlib import Path

    from cotejo.config import Alternative, Recipe, StudyConfig
    from cotejo.inference import Prediction
    from cotejo.progress import PlannedRun
    from cotejo.store import RunFolder

__all__ = [
    "audit_table",
    "channels_table",
    "classes_table",
    "final_table",
    "models_table",
    "numbers",
    "plan_table",
    "predictions_table",
    "recipes_table",
    "results_table",
    "setting_text",
]

_MISSING = "–"
_UNBOUNDED = 10_000
_NARROWEST = 11
_GAP = 1
_ROOM_FOR_PARAMETERS = 72


def numbers() -> Numbers:
    """Return the formatter of numbers for the language in use."""
    return Numbers(current_language())


def plan_table(study: StudyConfig, runs: Sequence[PlannedRun], width: int) -> Table:
    """Return the plan: a row an alternative, with what differs in it and the runs done.

    Args:
        study: what is planned.
        runs: its runs.
        width: the console's; a narrow one goes without the parameters.
    """
    titles = ["left:alternative", "word:model", "right:parameters", "right:epochs"]
    if width < _ROOM_FOR_PARAMETERS:
        titles.remove("right:parameters")
    table = _table(*titles, "right:runs_done", "fold:settings")
    formatted = numbers()
    for alternative in study.alternatives:
        own = [run for run in runs if run.alternative == alternative.name]
        done = sum(run.finished for run in own)
        parameters = max((run.parameters for run in own), default=0)
        cells = {
            "left:alternative": alternative.name,
            "word:model": alternative.settings.model,
            "right:parameters": formatted.integer(parameters) if parameters else _MISSING,
            "right:epochs": formatted.integer(max((run.epochs for run in own), default=0)),
        }
        table.add_row(
            *(cells[title] for title in titles),
            Text(f"{done}/{len(own)}", style="green" if own and done == len(own) else ""),
            _differences(alternative),
        )
    return table


def _differences(alternative: Alternative) -> str:
    # The model and the epochs have columns of their own.
    changes = {k: v for k, v in alternative.changes.items() if k not in ("model", "epochs")}
    return ", ".join(f"{name}={setting_text(value)}" for name, value in changes.items())


def setting_text(value: object) -> str:
    """Return a setting as a study file writes it, without the quotes of strings.

    Example:
        >>> setting_text(True), setting_text(0.0001), setting_text("he"), setting_text(None)
        ('true', '0.0001', 'he', '–')
    """
    if value is None:
        return _MISSING
    return str(value).lower() if isinstance(value, bool) else str(value)


def recipes_table(recipes: Sequence[Recipe]) -> Table:
    """Return the recipes: a row each, with what it was measured to reach."""
    table = _table(
        "left:recipe", "right:test", "right:seeds", "right:time", "fold:machine", "fold:description"
    )
    formatted = numbers()
    for recipe in recipes:
        found = recipe.measured
        measured = (_MISSING, _MISSING, _MISSING, message("cli.not_measured"))
        if found is not None:
            accuracy = formatted.percent(found.accuracy, 2)
            if found.deviation is not None:
                accuracy += f" ± {formatted.points(found.deviation, 2)}"
            measured = (
                accuracy,
                str(found.seeds),
                formatted.duration(found.seconds),
                found.machine,
            )
        table.add_row(recipe.name, *measured, in_language(recipe.text, current_language()))
    return table


def predictions_table(
    answers: Sequence[tuple[Path, Prediction]], names: Sequence[str], top: int
) -> Table:
    """Return what a model says of pictures: a row each, the likeliest class first."""
    table = _table("fold:picture", "left:class", "right:probability", "fold:then")
    formatted = numbers()
    for path, one in answers:
        shown = [
            (names[place], formatted.percent(chance))
            for place, chance in zip(one.classes[:top], one.probabilities, strict=False)
        ]
        others = ", ".join(f"{name} {chance}" for name, chance in shown[1:])
        table.add_row(str(path), *shown[0], others)
    return table


def final_table(runs: Sequence[RunFolder]) -> Table:
    """Return what a final training came to: a row a seed, and the mean over several."""
    table = _table("right:seed", "right:train", "right:test", "right:time")
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
    """Return the results: a row an alternative, the best by validation accuracy marked.

    Where the console is narrow, columns that can be spared are left out; ``summary.csv`` has all.

    Args:
        rows: of ``summary.csv``.
        console: where it will be shown.
    """
    several = any(_number(row["seeds"], 0.0) > 1 for row in rows)
    columns = ["parameters", "seeds", "train", "valid", "test", "macro_f1", "time"]
    if not several:
        columns.remove("seeds")
    unbounded = console.options.update(max_width=_UNBOUNDED)
    for spared in ("", "parameters", "seeds", "time", "macro_f1"):
        columns = [column for column in columns if column != spared]
        table = _results(rows, columns, several)
        if Measurement.get(console, unbounded, table).maximum <= console.width:
            break
    return table


def _results(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], several: bool) -> Table:
    table = _table("left:alternative", *(f"right:{column}" for column in columns))
    best = max((_number(row["valid_accuracy"], -1.0) for row in rows), default=-1.0)
    for row in rows:
        is_best = best >= 0 and _number(row["valid_accuracy"], -1.0) == best
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
        value = _number(row[key], None)
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
        "test": test,
        "macro_f1": shown("macro_f1", lambda value: formatted.decimal(value, 3)),
        "time": shown("train_seconds", formatted.duration),
    }


def _number(value: Any, default: Any) -> Any:
    return default if value is None or value == "" else float(value)


def classes_table(facts: Mapping[str, Any]) -> Table:
    """Return a dataset's images of each class in each split, with totals; ``data.json``'s facts."""
    table = _table("word:class", "right:train", "right:valid", "right:test", "right:total")
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
    """Return the mean and deviation of each channel of a dataset's training images."""
    table = _table("word:channel", "right:mean", "right:deviation")
    formatted = numbers()
    means, deviations = facts["channels"]["mean"], facts["channels"]["std"]
    for index, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        name = message(f"cli.channel_{index}") if len(means) == 3 else str(index)
        table.add_row(name, formatted.decimal(mean, 4), formatted.decimal(deviation, 4))
    return table


def audit_table(images: Mapping[str, Mapping[str, int]], judged: Sequence[str]) -> Table:
    """Return what an audit found: images of each kind in each split.

    Args:
        images: of each kind, the images of each split.
        judged: the splits whose labels were judged; of the others' nothing is known.
    """
    table = _table("word:found", "right:train", "right:valid", "right:test")
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


def models_table(rows: Sequence[tuple[str, int, Mapping[str, Any], str]]) -> Table:
    """Return the models: name, parameters, options with their defaults, description."""
    table = _table("word:model", "right:parameters", "fold:options", "fold:description")
    table.columns[3].ratio = 1
    table.show_lines = True
    formatted = numbers()
    for name, parameters, options, description in rows:
        chosen = "\n".join(f"{key}={setting_text(value)}" for key, value in options.items())
        table.add_row(name, formatted.integer(parameters), chosen, description)
    return table


class _Table(Table):
    """A table that gives every name its room, even beyond the edge of a narrow terminal."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        # Written out before they are measured, so that columns stay below each other.
        shown = (visible(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*shown, **options)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width, self._narrowest())
        yield from super().__rich_console__(console, options.update(width=room))

    def _narrowest(self) -> int:
        """Return the width in which what may not be folded is whole, and the rest can be read."""
        return sum(map(_narrowest_column, self.columns)) + self._extra_width


def _narrowest_column(column: Column) -> int:
    room = column.min_width or 1
    if column.no_wrap:
        cells = (column.header, column.footer, *column.cells)
        lines = [line for cell in cells for line in str(cell).splitlines()]
        room = max(map(cell_len, lines), default=0)
    return room + _GAP


def _table(*columns: str) -> Table:
    table = _Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, _GAP, 0, 0),
        header_style="bold",
        footer_style="bold",
    )
    for column in columns:
        _add_column(table, column)
    return table


def _add_column(table: Table, column: str) -> None:
    justify, _, name = column.partition(":")
    title = message(f"cli.column_{name}")
    if justify == "right":
        table.add_column(title, justify="right", no_wrap=True)
    elif justify == "word":
        table.add_column(title, no_wrap=True)
    else:
        table.add_column(title, justify="left", overflow="fold", min_width=_NARROWEST)
