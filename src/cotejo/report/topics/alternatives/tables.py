"""The tables of the alternatives: settings side by side, or of each what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.page import Page
from cotejo.report.topics.alternatives.settings import phrases, setting_text, usual_texts
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import RunFile, StudyFile

__all__ = ["Shown", "settings_tables"]

_SIDE_BY_SIDE = 6
"""The most alternatives that fit side by side, each in a column."""
_FEW_SETTINGS = 4
"""The most settings that fit side by side, each in a column."""


_FILES = f"{StudyFile.RECORD}, {RunFile.RECORD}"


class Shown(NamedTuple):
    """How a report shows the settings that differ.

    Attributes:
        table: where there is room for it.
        list: the table of what sets each alternative apart, which fits a phone, too; None if
            ``table`` is that one, or narrow enough.
        usual: the settings that most alternatives have, which a list leaves out; may be empty.
    """

    table: Table
    list: Table | None
    usual: str


def settings_tables(page: Page, names: Sequence[str]) -> Shown:
    """Return the table of the settings that differ, in the form that fits their number."""
    count = len(page.facts.described)
    usual = usual_texts(page, [name for name in names if name != "epochs"])
    said = phrases(page, usual)
    if count == 1 or len(names) <= _FEW_SETTINGS:
        return Shown(_matrix(page, names), None, "")
    if count > _SIDE_BY_SIDE:
        return Shown(_list(page, names, usual), None, said)
    table = _matrix(page, names)
    page.tables -= 1  # The same table in another form has the same number.
    return Shown(table, _list(page, names, usual), said)


def _matrix(page: Page, names: Sequence[str]) -> Table:
    """Return one row per alternative; one column, if few alternatives differ in many settings."""
    words, alternatives = page.words, page.facts.described
    headings = [words.say("alternatives.column_name")]
    headings += [words.setting_name(name) for name in names]
    headings.append(words.say("alternatives.column_parameters"))
    settings = [
        [
            alternative.name,
            *(setting_text(page, name, alternative) for name in names),
            _parameters(page, alternative),
        ]
        for alternative in alternatives
    ]
    caption = words.say("alternatives.table")
    if any(text == NOT_APPLICABLE for row in settings for text in row):
        caption += " " + words.say("alternatives.table_dash")
    if len(alternatives) <= _SIDE_BY_SIDE and len(names) > len(alternatives):
        columns = [
            page.column("alternatives.setting", number=False),
            *(page.heading(alternative, number=False) for alternative in alternatives),
        ]
        rows = [cells(name, *values) for name, *values in zip(headings, *settings, strict=True)]
    else:
        columns = [page.column("alternative", number=False), *map(Column, headings)]
        rows = [
            [page.named(alternative), *cells(*row)]
            for alternative, row in zip(alternatives, settings, strict=True)
        ]
    return page.table(caption, columns, rows, files=_FILES)


def _list(page: Page, names: Sequence[str], usual: dict[str, str]) -> Table:
    """Return one row per alternative: its name in files, and what sets it apart."""
    words = page.words
    columns = [
        page.column("alternative", number=False),
        page.column("alternatives.name", number=False),
        Column(words.setting_name("epochs"), number=True),
        page.column("alternatives.parameters"),
        page.column("alternatives.apart", number=False),
    ]
    rows = [
        [
            page.named(alternative),
            Cell(alternative.name),
            Cell(setting_text(page, "epochs", alternative)),
            Cell(_parameters(page, alternative)),
            Cell(_apart(page, alternative, names, usual)),
        ]
        for alternative in page.facts.described
    ]
    return page.table(words.say("alternatives.table"), columns, rows, files=_FILES)


def _apart(
    page: Page, alternative: AlternativeFacts, names: Sequence[str], usual: dict[str, str]
) -> str:
    """Return the settings of an alternative that most of the others do not have."""
    texts = {name: setting_text(page, name, alternative) for name in names if name != "epochs"}
    own = {
        name: text for name, text in texts.items() if text not in (usual.get(name), NOT_APPLICABLE)
    }
    epochs = [setting_text(page, "epochs", other) for other in page.facts.described]
    if not own and epochs.count(
        alternative_epochs := setting_text(page, "epochs", alternative)
    ) * 2 < len(epochs):
        own["epochs"] = alternative_epochs
    if own:
        return phrases(page, own)
    return page.words.say("alternatives.usual_only") if usual else NOT_APPLICABLE


def _parameters(page: Page, alternative: AlternativeFacts) -> str:
    if not alternative.model:
        return NOT_APPLICABLE
    return page.words.numbers.integer(alternative.model["parameters"])
