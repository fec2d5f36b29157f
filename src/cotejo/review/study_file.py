"""A study's file, written from what could be read of a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from cotejo.config.names import name_of
from cotejo.errors import OutputError
from cotejo.messages import message
from cotejo.review.alternatives import NETS, Alternatives
from cotejo.review.claims import Statement
from cotejo.review.facts import TrainingFacts, facts_of
from cotejo.store import StudyFile, make_folder, write_file
from cotejo.texts import readable, visible

__all__ = ["nets_text", "study_text", "write_study"]

_SEEDS = 3
_HIGHER = ("better", "higher", "supera", "mejor", "mayor", "outperform", "superior", "beat")


def write_study(
    folder: Path, name: str, alternatives: Alternatives, statements: Sequence[Statement]
) -> list[Path]:
    """Write the study of a notebook into a folder, and return the files.

    Args:
        folder: where; it is made if it is missing.
        name: the study's name, made from this text.
        alternatives: what could be read of its trainings.
        statements: the conclusions of its text.

    Raises:
        OutputError: one of the files is there already, or can't be written.
    """
    contents: dict[str, str] = {StudyFile.CONFIG: study_text(name, alternatives, statements)}
    if alternatives.functions:
        contents[NETS] = nets_text(alternatives)
    for file in (StudyFile.CONFIG, NETS):
        if (folder / file).exists() or (folder / file).is_symlink():
            raise OutputError("review_in_the_way", path=folder / file)
    make_folder(folder)
    for file, content in contents.items():
        write_file(folder / file, content)
    return [folder / file for file in contents]


def nets_text(alternatives: Alternatives) -> str:
    """Return the file with the functions that build the networks."""
    head = f'"""{message("review.nets_head")}"""\n\nimport keras\n'
    return "\n\n".join([head, *alternatives.functions.values()])


def study_text(name: str, alternatives: Alternatives, statements: Sequence[Statement]) -> str:
    """Return the study's file: its data, its alternatives, and the conclusions as claims."""
    lines = [_comment(message("review.study_head"))]
    document: dict[str, Any] = {"name": name_of(name, "study")}
    if alternatives.data is not None:
        document["data"] = alternatives.data
    document["seeds"] = _SEEDS
    lines.append(tomli_w.dumps(document).rstrip())
    if alternatives.data is None:
        lines.append(_comment(message("review.study_no_data")))
    for cell, network, key, what in alternatives.left_out:
        lines.append(_comment(left_out_line(cell, network, key, what)))
    if not alternatives.read:
        lines.append(_comment(message("review.study_no_alternative")))
    for alternative in alternatives.read:
        table = {"name": alternative.name, **alternative.settings}
        lines.append("")
        lines += [_comment(message(f"review.{key}", **said)) for key, said in alternative.notes]
        lines.append("[[alternative]]")
        lines.append(_table(table))
    lines += _claims(alternatives, statements)
    return readable("\n".join(lines) + "\n")


def left_out_line(cell: int, network: str, key: str, what: str) -> str:
    """Return the sentence that says why a network is left out."""
    reason = message(f"review.left_out_{key}", what=what)
    return message("review.left_out", cell=cell, network=network, reason=reason)


def _table(table: Mapping[str, Any]) -> str:
    """Return the lines of a table, an augmentation's parts on one line."""
    lines: list[str] = []
    for key, value in table.items():
        if key == "augment":
            parts = [_part(part) for part in value]
            lines.append(f"augment = [{', '.join(parts)}]")
        else:
            lines.append(tomli_w.dumps({key: value}).rstrip())
    return "\n".join(lines)


def _part(part: str | Mapping[str, Any]) -> str:
    if isinstance(part, str):
        return f'"{part}"'
    ((name, number),) = part.items()
    return f"{{{name} = {number}}}"


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in visible(text).split("\n"))


def _claims(alternatives: Alternatives, statements: Sequence[Statement]) -> list[str]:
    lines: list[str] = []
    facts = {each.name: facts_of(each.training) for each in alternatives.read}
    loose: list[Statement] = []
    for statement in statements:
        pair = _pair(statement, facts)
        if pair is None:
            loose.append(statement)
            continue
        table = {"text": visible(statement.text, lines=False), "better": pair[0], "than": pair[1]}
        lines += ["", "[[claim]]", tomli_w.dumps(table).rstrip()]
    if loose:
        lines += ["", _comment(message("review.study_claims"))]
        for statement in loose:
            shown = visible(statement.text, lines=False)
            lines.append(_comment(f"- {shown} ({message('review.cell', cell=statement.cell)})"))
    return lines


def _pair(statement: Statement, facts: Mapping[str, TrainingFacts]) -> tuple[str, str] | None:
    """Return the alternatives that a conclusion compares, the better first; None if unclear.

    It is clear where it says that one optimizer beats another, or that something helps, and one
    alternative alone has it, and another one alone has not.
    """
    text = statement.text.lower()
    if not any(word in text for word in _HIGHER) or " no " in f" {text} " or "not " in text:
        return None
    if any(word in text for word in ("converg", "rápid", "fast", "sobreajust", "overfit")):
        return None
    optimizers = [each for each in statement.topics if each.startswith("optimizer ")]
    if len(optimizers) == 2 and set(statement.topics) <= {*optimizers, "optimizer", "network"}:
        names = sorted((each.partition(" ")[2] for each in optimizers), key=text.find)
        found = [
            [each for each, of in facts.items() if of.values["optimizer"] == name] for name in names
        ]
    else:
        switches = [each for each in statement.topics if each in _SWITCHES]
        if len(switches) != 1 or optimizers or _negative_first(text):
            return None
        found = [
            [each for each, of in facts.items() if of.values[switches[0]] is value]
            for value in (True, False)
        ]
    if [len(each) for each in found] != [1, 1]:
        return None
    return found[0][0], found[1][0]


def _negative_first(text: str) -> bool:
    return "sin " in text.split(" que ")[0] or "without" in text.split(" than ")[0]


_SWITCHES = ("dropout", "batch_norm", "augmentation", "early_stopping")
