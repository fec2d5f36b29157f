"""The alternatives: their settings, their layers, and the runs that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cotejo.config.augmentation_parts import SHORT_FORMS
from cotejo.config.labels import augmentation_phrase
from cotejo.facts import AlternativeFacts
from cotejo.messages import knows, message
from cotejo.report.added import added
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.naming import quoted
from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.alternatives.settings import differing_and_shared, phrases
from cotejo.report.topics.alternatives.tables import settings_tables
from cotejo.store import RunFile

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any]:
    """Return the settings in which the alternatives differ, and what was added."""
    words, known = page.words, page.facts.described
    about_added = added(page.findings, words)
    if not known:
        nothing = {"usual": "", "table": None, "list": None, "usual_of_list": ""}
        return {"intro": "", **nothing, "added": about_added}
    alone = "alternatives.alone_here" if about_added else "alternatives.alone"
    differing, _ = differing_and_shared(known)
    table, as_list, usual = settings_tables(page, differing)
    intro = words.say(alone if len(known) == 1 else "alternatives.intro")
    usual = words.say("alternatives.usual", settings=usual) if usual else ""
    return {
        "intro": intro,
        # A table of every setting says them itself; its list for a phone does not.
        "usual": usual if as_list is None else "",
        "table": table,
        "list": as_list,
        "usual_of_list": usual,
        "changes": _changes(page),
        "added": about_added,
    }


def _changes(page: Page) -> list[str]:
    """Return what was changed of networks of the user's own; those alike share a sentence."""
    words = page.words
    groups: dict[tuple[str, ...], list[AlternativeFacts]] = {}
    for alternative in page.facts.alternatives:
        changes = tuple((alternative.model or {}).get("changes") or ())
        if changes:
            groups.setdefault(changes, []).append(alternative)
    return [
        words.say(
            "alternatives.changes",
            labels=quoted(group, words),
            changes="; ".join(
                message(f"models.changes.{change}", language=words.language)
                for change in changes
                if knows(f"models.changes.{change}", words.language)
            ),
        )
        for changes, group in groups.items()
    ]


def details(page: Page) -> dict[str, Any] | None:
    """Return the settings that all share, the layers, and the failed runs; None without any."""
    words = page.words
    _, shared = differing_and_shared(page.facts.described)
    texts = {name: words.setting_value(name, value) for name, value in shared.items()}
    content = {
        "shared": words.say("alternatives.shared", settings=phrases(page, texts)) if texts else "",
        "augmentations": _augmentations(page),
        "layers": _layers(page),
        "failed_runs": _failed_runs(page),
    }
    return content if any(content.values()) else None


def _augmentations(page: Page) -> str:
    """Return what the short forms of augmentation stand for, with their numbers; empty of none."""
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
        # The heading names all that share the network.
        words.say("alternatives.table_layers", label=group[0].label(words.language)),
        columns,
        rows,
        files=RunFile.RECORD,
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
