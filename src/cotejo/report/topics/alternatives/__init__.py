"""The alternatives: their settings, their layers, and the runs that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cotejo.config.augmentation_parts import SHORT_FORMS
from cotejo.config.labels import augmentation_phrase
from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.naming import quoted
from cotejo.report.page import Page
from cotejo.report.topic import Topic
<<<<<<< HEAD
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import RunFile, StudyFile
=======
from cotejo.report.topics.alternatives.settings import differing_and_shared, phrases
from cotejo.report.topics.alternatives.tables import settings_tables
>>>>>>> 10712ed (Say of many alternatives what sets each apart; true marks and legible curves)

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return the settings in which the alternatives differ."""
    words, alone = page.words, len(page.facts.alternatives) == 1
    differing, _ = differing_and_shared(page.facts.alternatives)
    table, as_list, usual = settings_tables(page, differing)
    intro = words.say("alternatives.alone" if alone else "alternatives.intro")
    usual = words.say("alternatives.usual", settings=usual) if usual else ""
    return {
        "intro": intro,
        # A table of every setting says them itself; its list for a phone does not.
        "usual": usual if as_list is None else "",
        "table": table,
        "list": as_list,
        "usual_of_list": usual,
    }


def details(page: Page) -> dict[str, Any] | None:
    """Return the settings that all share, the layers, and the failed runs; None without any."""
    words = page.words
    _, shared = differing_and_shared(page.facts.alternatives)
    texts = {name: words.setting_value(name, value) for name, value in shared.items()}
    content = {
        "shared": words.say("alternatives.shared", settings=phrases(page, texts)) if texts else "",
        "augmentations": _augmentations(page),
        "layers": _layers(page),
        "failed_runs": _failed_runs(page),
    }
    return content if any(content.values()) else None


<<<<<<< HEAD
def _differing_and_shared(
    every: Sequence[AlternativeFacts],
) -> tuple[list[str], dict[str, Any]]:
    """Return the names of the settings that differ, and those that all share with their values."""
    values = _values(every)
    names = list(values)
    differing = [name for name in names if any(v != values[name][0] for v in values[name])]
    if len(every) == 1:
        # A setting without a value is not an option of this model or optimizer.
        differing = [name for name in names if values[name][0] is not None]
    shared = {
        name: values[name][0]
        for name in names
        if name not in differing and values[name][0] is not None
    }
    return differing, shared


def _values(every: Sequence[AlternativeFacts]) -> dict[str, list[Any]]:
    """Return each setting that is worth showing, with the value that every alternative has."""
    names = dict.fromkeys(name for alternative in every for name in alternative.settings)
    values = {name: [alternative.settings.get(name) for alternative in every] for name in names}
    unsaid = {
        name
        for name in names
        if Settings.about(name).unsaid and all(v == Settings.default(name) for v in values[name])
    }
    idle = {name: Settings.about(name).idle for name in names}
    unsaid |= {name for name, when in idle.items() if when and when.because_of in unsaid}
    return {name: own for name, own in values.items() if name not in unsaid}


def _settings_table(page: Page, names: Sequence[str]) -> Table:
    """Return one row per alternative; one column, if few alternatives differ in many settings."""
    words, every = page.words, page.facts.alternatives
    headings = [words.say("alternatives.column_name")]
    headings += [words.setting_name(name) for name in names]
    headings.append(words.say("alternatives.column_parameters"))
    settings = [
        [alternative.name, *(_setting(page, name, alternative) for name in names)]
        for alternative in every
    ]
    for row, alternative in zip(settings, every, strict=True):
        row.append(
            words.numbers.integer(alternative.model["parameters"])
            if alternative.model
            else NOT_APPLICABLE
        )
    caption, files = words.say("alternatives.table"), f"{StudyFile.RECORD}, {RunFile.RECORD}"
    if len(every) <= _SIDE_BY_SIDE and len(names) > len(every):
        columns = [
            page.column("alternatives.setting", number=False),
            *(page.heading(alternative, number=False) for alternative in every),
        ]
        rows = [cells(name, *values) for name, *values in zip(headings, *settings, strict=True)]
    else:
        columns = [page.column("alternative", number=False), *map(Column, headings)]
        rows = [
            [page.named(alternative), *cells(*row)]
            for alternative, row in zip(every, settings, strict=True)
        ]
    return page.table(caption, columns, rows, files=files)


def _setting(page: Page, name: str, alternative: AlternativeFacts) -> str:
    value = alternative.settings.get(name)
    # If the network has no such layers, a setting without a value has no meaning.
    layer = Settings.about(name).layer
    if value is None and layer and (layer == "any" or alternative.has_layers(layer)):
        return _of_model(page, name, alternative)
    if name == "start_from" and value is not None:
        labels = {
            alternative.name: page.label(alternative) for alternative in page.facts.alternatives
        }
        return labels.get(value, str(value))
    return page.words.setting_value(name, value)


def _of_model(page: Page, name: str, alternative: AlternativeFacts) -> str:
    """Return that a value is the model's own, with the number if it is that of convolutions."""
    layers = (alternative.model or {}).get("layers") or []
    if name != "convolutions" or not layers:
        return page.words.say("alternatives.value_of_model")
    number = sum(layer["type"] == Settings.about(name).layer for layer in layers)
    return page.words.say(
        "alternatives.value_of_model_known", value=page.words.numbers.integer(number)
    )


def _shared(page: Page, settings: Mapping[str, Any]) -> str:
=======
def _augmentations(page: Page) -> str:
    """Return what the short forms of augmentation stand for, with their numbers; empty of none."""
>>>>>>> 10712ed (Say of many alternatives what sets each apart; true marks and legible curves)
    words = page.words
    used = dict.fromkeys(
        str(alternative.settings["augment"])
        for alternative in page.facts.alternatives
        if isinstance(alternative.settings.get("augment"), str)
    )
    said = [
        words.say(
            "alternatives.augmentation",
            name=words.setting_value("augment", name),
            parts=augmentation_phrase(name, words.language),
        )
        for name in used
        if SHORT_FORMS.get(name)
    ]
    return " ".join(said)


def _layers(page: Page) -> list[tuple[str, Table]]:
    # Alternatives that differ only in their training have the same network, which is shown once.
    groups: dict[str, list[AlternativeFacts]] = {}
    for alternative in page.facts.alternatives:
        if alternative.model and alternative.model.get("layers"):
            layers = [
                (layer["type"], layer.get("output_shape")) for layer in alternative.model["layers"]
            ]
            groups.setdefault(f"{layers} {alternative.model['parameters']}", []).append(alternative)
    return [_layer_table(page, group) for group in groups.values()]


def _layer_table(page: Page, group: Sequence[AlternativeFacts]) -> tuple[str, Table]:
    words, model = page.words, group[0].model or {}
    heading = words.say(
        "alternatives.layers",
        labels=quoted(group, words),
        parameters=words.numbers.integer(model["parameters"]),
    )
    rows = [
        [
            Cell(layer["name"], remarks=[layer["type"]]),
            *cells(
                "\N{MULTIPLICATION SIGN}".join(
                    str(size) for size in layer.get("output_shape") or []
                ),
                words.numbers.integer(layer["parameters"]),
            ),
        ]
        for layer in model["layers"]
    ]
    columns = [
        page.column("alternatives.layer", number=False),
        page.column("alternatives.output"),
        page.column("alternatives.parameters"),
    ]
    return heading, page.table(
        words.say("alternatives.table_layers"), columns, rows, files=RunFile.RECORD
    )


def _failed_runs(page: Page) -> Table | None:
    if not page.facts.failed:
        return None
    return page.table(
        page.words.say("alternatives.table_failed_runs"),
        [
            page.column("alternative", number=False),
            page.column("alternatives.seed"),
            page.column("alternatives.reason", number=False),
        ],
        [
            [
                page.named(alternative),
                Cell(str(run.record["seed"])),
                Cell(page.words.reason(run.record.get("reason"))),
            ]
            for alternative in page.facts.alternatives
            for run in alternative.failed
        ],
        files=f"{RunFile.RECORD}, {RunFile.LOG}",
    )


TOPIC = Topic("alternatives", section, place="body", details=details)
