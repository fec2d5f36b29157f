"""Sections 1 to 4 of the report: the summary, the data, the alternatives, the curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cotejo.report import analysis, figures, text
from cotejo.report.display import Cell, Column, Picture, Table, cells
from cotejo.report.facts import AlternativeFacts
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri

__all__ = ["alternatives", "curves", "data", "summary"]

_EXAMPLES = 8
_ORIGINALS = 6
_SIDE_BY_SIDE = 7
"""Alternatives up to which each can have a column."""


def summary(page: Page) -> dict[str, Any]:
    """Section 1: what was compared, what won, and what to be careful about."""
    return {
        "paragraphs": text.summary(page.findings, page.words),
        "key_figures": text.key_figures(page.findings, page.words),
        "cautions": text.cautions(page.findings, page.words),
    }


def data(page: Page) -> dict[str, Any]:
    """Section 2: sizes, classes, examples, distribution, channels, augmented images."""
    words, facts = page.words, page.facts
    # Numbered in the order of the template.
    examples_number = page.number_figure()
    return {
        "paragraphs": analysis.data(page.findings, words),
        "distribution": page.figure(
            "distribution",
            figures.distribution(facts, words),
            words.say("figure_distribution"),
            "data.json",
        ),
        "counts": _counts(page),
        "channels": _channels(page),
        "examples_number": examples_number,
        "examples": _examples(page),
        "augmented": _augmented(page),
    }


def alternatives(page: Page) -> dict[str, Any]:
    """Section 3: the settings in which the alternatives differ, layers, and failures."""
    words, every = page.words, page.facts.alternatives
    names = list(dict.fromkeys(name for one in every for name in one.settings))
    values = {name: [one.settings.get(name) for one in every] for name in names}
    differing = [n for n in names if len(every) == 1 or any(v != values[n][0] for v in values[n])]
    shared = [name for name in names if name not in differing and values[name][0] is not None]
    return {
        "intro": words.say("alternatives_alone" if len(every) == 1 else "alternatives_intro"),
        "table": _settings_table(page, differing),
        "shared": _shared(page, {name: values[name][0] for name in shared}),
        "layers": _layers(page),
        "failures": _failures(page),
    }


def curves(page: Page) -> dict[str, Any]:
    """Section 4: every alternative's curves, all compared, and overfitting in words."""
    words, facts = page.words, page.facts
    trained = facts.trained
    drawn = []
    for start in range(0, len(trained), figures.PER_ROW):
        group = trained[start : start + figures.PER_ROW]
        caption = words.say("figure_curves", labels=text.quoted(group, words))
        figure = figures.curves(facts, words, group)
        drawn.append(page.figure(f"curves-{start}", figure, caption, "history.csv"))
    return {
        "notes": _curve_notes(page),
        "figures": drawn,
        "comparison": page.figure(
            "comparison",
            figures.comparison(facts, words),
            words.say("figure_comparison"),
            "history.csv",
        ),
        "overfitting": [
            (page.named(one), analysis.overfitting(page.findings, one, words)) for one in trained
        ],
    }


def _counts(page: Page) -> Table:
    words, counts = page.words, page.facts.data["counts"]
    splits = ("train", "valid", "test")
    rows = [
        cells(name, *(words.numbers.integer(counts[split][label]) for split in splits))
        for label, name in enumerate(page.facts.class_names(words.language))
    ]
    totals = (words.numbers.integer(page.facts.images(split)) for split in splits)
    return page.table(
        words.say("table_counts"),
        [
            page.column("class", number=False),
            *(Column(words.say(f"split_{split}"), number=True) for split in splits),
        ],
        [*rows, cells(words.say("total"), *totals)],
        marked=len(rows),
        files="data.json",
    )


def _channels(page: Page) -> Table | None:
    words, channels = page.words, page.facts.data.get("channels")
    if not channels:
        return None
    means, deviations = channels["mean"], channels["std"]
    names = [words.say(f"channel_{index}") for index in range(3)]
    return page.table(
        words.say("table_channels"),
        [page.column("channel", number=False), page.column("mean"), page.column("deviation")],
        [
            cells(
                names[index] if len(means) == len(names) else str(index + 1),
                words.numbers.decimal(means[index], 3),
                words.numbers.decimal(deviations[index], 3),
            )
            for index in range(len(means))
        ],
        files="data.json",
    )


def _examples(page: Page) -> list[tuple[str, list[Picture]]]:
    names = page.facts.class_names(page.words.language)
    images = page.facts.folder.images["example_images"]
    return [
        (name, [Picture(data_uri(image), name) for image in of_class[:_EXAMPLES]])
        for name, of_class in zip(names, images, strict=False)
    ]


def _augmented(page: Page) -> list[tuple[int, str, list[list[Picture]]]]:
    images = page.facts.folder.images
    galleries = []
    for key in sorted(name for name in images if name.startswith("augmented_")):
        policy = key.removeprefix("augmented_").replace("_", "-")
        rows = []
        for original, draws in zip(images["original_images"], images[key], strict=True):
            together = np.concatenate([original[None], draws])
            rows.append([Picture(data_uri(image), policy) for image in together])
        known = f"augmentation_{policy.replace('-', '_')}"
        said = (
            page.words.say(known)
            if page.words.knows(known)
            else page.words.say("quoted", text=policy)
        )
        caption = page.words.say("figure_augmented", policy=said)
        galleries.append((page.number_figure(), caption, rows[:_ORIGINALS]))
    return galleries


def _settings_table(page: Page, names: Sequence[str]) -> Table:
    """Return a row an alternative; or a column, where few alternatives differ in many settings."""
    words, every = page.words, page.facts.alternatives
    headings = [words.setting_name(name) for name in names]
    headings.append(words.say("column_parameters"))
    settings = [[_setting(page, name, one.settings.get(name)) for name in names] for one in every]
    for row, one in zip(settings, every, strict=True):
        row.append(words.numbers.integer(one.model["parameters"]) if one.model else "—")
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


def _setting(page: Page, name: str, value: Any) -> str:
    if name == "start_from" and value is not None:
        labels = {one.name: page.label(one) for one in page.facts.alternatives}
        return labels.get(value, str(value))
    return page.words.setting_value(name, value)


def _shared(page: Page, settings: Mapping[str, Any]) -> str:
    words = page.words
    said = [
        words.say(
            "shared_setting",
            name=words.setting_name(name)[:1].lower() + words.setting_name(name)[1:],
            value=words.setting_value(name, value),
        )
        for name, value in settings.items()
    ]
    return words.say("alternatives_shared", settings="; ".join(said)) if said else ""


def _layers(page: Page) -> list[tuple[str, Table]]:
    # Alternatives that differ in their training only have the same network: shown once.
    groups: dict[str, list[AlternativeFacts]] = {}
    for one in page.facts.alternatives:
        if one.model and one.model.get("layers"):
            layers = [(layer["type"], layer["output_shape"]) for layer in one.model["layers"]]
            groups.setdefault(f"{layers} {one.model['parameters']}", []).append(one)
    return [_layer_table(page, group) for group in groups.values()]


def _layer_table(page: Page, group: Sequence[AlternativeFacts]) -> tuple[str, Table]:
    words, model = page.words, group[0].model or {}
    heading = words.say(
        "layers",
        labels=text.quoted(group, words),
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


def _curve_notes(page: Page) -> list[str]:
    words, facts = page.words, page.facts
    notes = [words.say("curves_intro")]
    if any(one.settings.get("label_smoothing") for one in facts.trained):
        notes.append(words.say("curves_smoothing"))
    if any(len(one.finished) > 1 for one in facts.trained):
        notes.append(words.say("curves_seeds"))
    limit = figures.loss_limit(facts)
    if figures.highest_loss(facts) > limit:
        notes.append(words.say("curves_cut", limit=words.numbers.decimal(limit, 1)))
    if any(len(facts.phases(one.representative)) > 1 for one in facts.trained):
        notes.append(words.say("curves_start"))
    return notes
