"""The training curves of every alternative, those that swing, and overfitting."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import ceil
from typing import Any

from cotejo.config import Settings
from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.naming import quoted
from cotejo.report.page import Page
from cotejo.report.topic import Topic
from cotejo.report.topics.curves.comparison import comparison, is_in_panels
from cotejo.report.topics.curves.figure import (
    PER_ROW,
    curves,
    highest_loss,
    loss_limit,
    with_curves,
)
from cotejo.report.topics.curves.words import overfitting, overfitting_intro, swinging
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import ReportFile, RunFile

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return every alternative's curves, all of them compared, and overfitting in words.

    Alternatives that were added have curves if their history was given. None where none has any.
    """
    words, facts = page.words, page.facts
    trained = with_curves(facts)
    if not trained:
        return None
    figures = []
    # As many figures as it takes, of about the same width: 4 alternatives are 2 and 2, not 3 and 1.
    count = ceil(len(trained) / PER_ROW)
    ends = [len(trained) * place // count for place in range(count + 1)]
    for start, end in pairwise(ends):
        group = trained[start:end]
        caption = words.say("curves.figure", labels=quoted(group, words))
        draw = partial(curves, facts, words, group)
        figures.append(page.figure(f"curves-{start}", draw, caption, RunFile.HISTORY))
    form = "_panels" if is_in_panels(facts) else ""
    compared = words.say(f"curves.figure_comparison{form}")
    if any(len(alternative.finished) > 1 for alternative in trained):
        compared += " " + words.say("curves.figure_comparison_seeds")
    return {
        "notes": _curve_notes(page),
        "figures": figures,
        "overfitting_intro": overfitting_intro(page.findings, words) if facts.own else "",
        "comparison": page.figure(
            "comparison",
            partial(comparison, facts, words),
            compared,
            RunFile.HISTORY,
        ),
        "overfitting": overfitting(page.findings, words) if facts.own else [],
        "overfitting_table": _overfitting_table(page) if facts.own else None,
        "swings": swinging(page.findings, words),
    }


def _overfitting_table(page: Page) -> Table:
    words, trained = page.words, page.facts.own
    caption = words.say("curves.overfitting_table")
    if any(len(alternative.finished) > 1 for alternative in trained):
        caption += " " + words.say("curves.overfitting_table_seeds")
    names = ("train_accuracy", "valid_accuracy", "curves.gap", "curves.lowest", "curves.rise")
    return page.table(
        caption,
        [page.column("alternative", number=False), *map(page.column, names)],
        [_overfitting_row(page, alternative) for alternative in trained],
        files=f"{ReportFile.NUMBERS}, {ReportFile.SUMMARY}",
    )


def _overfitting_row(page: Page, alternative: AlternativeFacts) -> list[Cell]:
    words, n = page.words, page.words.numbers
    record = page.findings.overfitting[alternative.name]
    # After one epoch there is nothing to compare it with.
    lowest = (
        NOT_APPLICABLE
        if record.epochs == 1
        else words.say("curves.epoch_of", epoch=record.lowest_epoch, epochs=record.epochs)
    )
    rise = n.decimal(record.loss_rise, 2) if record.epochs > 1 else NOT_APPLICABLE
    return [
        page.named(alternative),
        *cells(
            n.percent(alternative.mean("train", "accuracy")),
            n.percent(alternative.mean("valid", "accuracy")),
            n.difference(record.gap),
            lowest,
            rise,
        ),
    ]


def _curve_notes(page: Page) -> list[str]:
    words, facts = page.words, page.facts
    drawn = with_curves(facts)
    notes = [words.say("curves.lines", count=len(drawn)), _training_curves(page)]
    notes.extend(
        words.say(f"settings.{name}.curves")
        for name in Settings.names()
        if words.knows(f"settings.{name}.curves")
        and any(
            alternative.settings.get(name) not in (None, Settings.default(name))
            for alternative in drawn
        )
    )
    if any(len(alternative.finished) > 1 for alternative in drawn):
        notes.append(words.say("curves.seeds"))
    limit = loss_limit(facts)
    if highest_loss(facts) > limit:
        notes.append(words.say("curves.cut", limit=words.numbers.decimal(limit, 1)))
    if any(len(facts.phases(alternative)) > 1 for alternative in drawn):
        notes.append(words.say("curves.start"))
    if without := [each for each in facts.trained if not each.has_history]:
        labels = quoted(without, words)
        notes.append(words.say("curves.without", count=len(without), labels=labels))
    return notes


def _training_curves(page: Page) -> str:
    """Return why training and validation curves are not directly comparable."""
    words, trained = page.words, page.facts.trained
    harder = []
    if any(alternative.settings.get("augment", "none") != "none" for alternative in trained):
        harder.append(words.say("curves.augmented"))
    if any(alternative.has_layers("Dropout") for alternative in trained):
        harder.append(words.say("curves.dropout"))
    if not harder:
        return words.say("curves.training")
    return words.say("curves.training_harder", harder=words.both(harder))


TOPIC = Topic("curves", section)
