"""A section of the report: the settings, the layers, and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.page import Page
from cotejo.report.prose.names import quoted
from cotejo.report.prose.words import NOT_APPLICABLE

__all__ = ["alternatives"]

_SIDE_BY_SIDE = 7
"""Alternatives up to which each can have a column."""


def alternatives(page: Page) -> dict[str, Any]:
    """The settings in which the alternatives differ, layers, and failures."""
    words, every = page.words, page.facts.alternatives
    values = _values(every)
    names = list(values)
    differing = [name for name in names if any(v != values[name][0] for v in values[name])]
    if len(every) == 1:
        # What has no value is no option of its model, or of its optimizer.
        differing = [name for name in names if values[name][0] is not None]
    shared = [name for name in names if name not in differing and values[name][0] is not None]
    return {
        "intro": words.say("alternatives_alone" if len(every) == 1 else "alternatives_intro"),
        "table": _settings_table(page, differing),
        "shared": _shared(page, {name: values[name][0] for name in shared}),
        "layers": _layers(page),
        "failures": _failures(page),
    }


def _values(every: Sequence[AlternativeFacts]) -> dict[str, list[Any]]:
    """Return each setting that is worth a word, with every alternative's value of it."""
    names = dict.fromkeys(name for one in every for name in one.settings)
    values = {name: [one.settings.get(name) for one in every] for name in names}
    unsaid = {
        name
        for name in names
        if Settings.about(name).unsaid and all(v == Settings.default(name) for v in values[name])
    }
    idle = {name: Settings.about(name).idle for name in names}
    unsaid |= {name for name, when in idle.items() if when and when.because_of in unsaid}
    return {name: own for name, own in values.items() if name not in unsaid}


def _settings_table(page: Page, names: Sequence[str]) -> Table:
    """Return a row an alternative; or a column, where few alternatives differ in many settings."""
    words, every = page.words, page.facts.alternatives
    headings = [words.setting_name(name) for name in names]
    headings.append(words.say("column_parameters"))
    settings = [[_setting(page, name, one) for name in names] for one in every]
    for row, one in zip(settings, every, strict=True):
        row.append(words.numbers.integer(one.model["parameters"]) if one.model else NOT_APPLICABLE)
    caption, files = words.say("table_alternatives"), "study.json, run.json"
    if len(every) <= _SIDE_BY_SIDE and len(names) > len(every):
        columns = [
            page.column("setting", number=False),
            *(page.heading(one, number=False) for one in every),
        ]
        rows = [cells(name, *values) for name, *values in zip(headings, *settings, strict=True)]
    else:
        columns = [page.column("alternative", number=False), *map(Column, headings)]
        rows = [[page.named(one), *cells(*row)] for one, row in zip(every, settings, strict=True)]
    return page.table(caption, columns, rows, files=files)


def _setting(page: Page, name: str, one: AlternativeFacts) -> str:
    value = one.settings.get(name)
    # Without such layers, what has no value has no meaning either.
    layer = Settings.about(name).layer
    if value is None and layer and (layer == "any" or one.has_layers(layer)):
        return _of_model(page, name, one)
    if name == "start_from" and value is not None:
        labels = {one.name: page.label(one) for one in page.facts.alternatives}
        return labels.get(value, str(value))
    return page.words.setting_value(name, value)


def _of_model(page: Page, name: str, one: AlternativeFacts) -> str:
    """Return that a value is the model's own; how many convolutions it has, its layers tell."""
    layers = (one.model or {}).get("layers") or []
    if name != "convolutions" or not layers:
        return page.words.say("value_of_model")
    number = sum(layer["type"] == Settings.about(name).layer for layer in layers)
    return page.words.say("value_of_model_known", value=page.words.numbers.integer(number))


def _shared(page: Page, settings: Mapping[str, Any]) -> str:
    words = page.words
    said = [
        words.say(
            "shared_setting",
            name=words.setting_name(name),
            value=words.setting_value(name, value),
        )
        for name, value in settings.items()
    ]
    # The list begins a sentence.
    listed = [*said[:1], *(text[:1].lower() + text[1:] for text in said[1:])]
    return words.say("alternatives_shared", settings="; ".join(listed)) if said else ""


def _layers(page: Page) -> list[tuple[str, Table]]:
    # Alternatives that differ in their training only have the same network: shown once.
    groups: dict[str, list[AlternativeFacts]] = {}
    for one in page.facts.alternatives:
        if one.model and one.model.get("layers"):
            layers = [(layer["type"], layer.get("output_shape")) for layer in one.model["layers"]]
            groups.setdefault(f"{layers} {one.model['parameters']}", []).append(one)
    return [_layer_table(page, group) for group in groups.values()]


def _layer_table(page: Page, group: Sequence[AlternativeFacts]) -> tuple[str, Table]:
    words, model = page.words, group[0].model or {}
    heading = words.say(
        "layers",
        labels=quoted(group, words),
        parameters=words.numbers.integer(model["parameters"]),
    )
    rows = [
        cells(
            layer["name"],
            layer["type"],
            "\N{MULTIPLICATION SIGN}".join(str(size) for size in layer.get("output_shape") or []),
            words.numbers.integer(layer["parameters"]),
        )
        for layer in model["layers"]
    ]
    columns = [page.column(name, number=False) for name in ("layer", "type")]
    columns += [page.column("output"), page.column("parameters")]
    return heading, page.table(words.say("table_layers"), columns, rows, files="run.json")


def _failures(page: Page) -> Table | None:
    if not page.facts.failed:
        return None
    return page.table(
        page.words.say("table_failures"),
        [
            page.column("alternative", number=False),
            page.column("seed"),
            page.column("reason", number=False),
        ],
        [
            [
                page.named(one),
                Cell(str(run.record["seed"])),
                Cell(page.words.reason(run.record.get("reason"))),
            ]
            for one in page.facts.alternatives
            for run in one.failed
        ],
        files="run.json, log.txt",
    )
