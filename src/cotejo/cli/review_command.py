"""``cotejo review``: say what the evidence of somebody's notebook is worth."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cotejo.cli.options import AsJson, Debug, Language, Out
from cotejo.messages import message, use_language

if TYPE_CHECKING:
    from rich.console import Console

    from cotejo.review import Review, Weakness
    from cotejo.review.trace import Place

__all__ = ["review"]

_MOST_ITEMS = 12
"""Sentences of the notebook that are shown of one finding; the JSON has all."""


def review(
    context: typer.Context,
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", show_default=False)],
    out: Out = None,
    as_json: AsJson = False,
    lang: Language = None,
    debug: Debug = False,
) -> int:
    """Review the notebook; exit code 1 if something was found."""
    from cotejo.cli.console import make_console
    from cotejo.review import review as examine

    reviewed = examine(notebook)
    asked = lang or (context.parent.params.get("lang") if context.parent is not None else None)
    if asked is None and reviewed.language is not None:
        use_language(reviewed.language)
    written = [] if out is None else reviewed.write_study(out)
    if as_json:
        _print_json(reviewed, written)
    else:
        _show(make_console(), reviewed, written)
    return 1 if reviewed.findings else 0


def _print_json(reviewed: Review, written: list[Path]) -> None:
    import json

    content = {**reviewed.to_json(), "study": [str(path) for path in written]}
    # Half a character, which a file can hold, is no text.
    text = json.dumps(content, ensure_ascii=False, indent=2)
    typer.echo(text.encode(errors="replace").decode())


def _show(console: Console, reviewed: Review, written: list[Path]) -> None:
    from cotejo.cli.console import say
    from cotejo.texts import shown_path

    header = message(
        "review.header",
        path=shown_path(reviewed.notebook.path),
        cells=message("review.cells", count=len(reviewed.notebook.cells)),
        models=message("review.models", count=reviewed.models),
        trainings=message("review.trainings", count=reviewed.trainings),
    )
    say(console, header, "bold")
    quoted: Place | None = None
    for finding in reviewed.findings:
        console.print()
        _show_finding(console, reviewed, finding, quoting=finding.places[0] != quoted)
        quoted = finding.places[0]
    console.print()
    for cell, line in reviewed.unread.items():
        say(console, message("review.unread", cell=cell, line=line), "yellow")
    if reviewed.trace.ended:
        say(console, message("review.not_to_the_end"), "yellow")
    count = message("review.summary", count=len(reviewed.findings)) + " "
    say(console, (count if reviewed.findings else "") + reviewed.worth, "bold")
    _show_study(console, reviewed, written)


def _show_finding(console: Console, reviewed: Review, finding: Weakness, quoting: bool) -> None:
    """Show a finding; its lines are quoted unless the finding before it has the same ones."""
    from rich.text import Text

    from cotejo.cli.console import say

    first, *others = finding.places
    title = Text.assemble(
        (_place(reviewed, first), "bold yellow"), ("  ", ""), (finding.title, "yellow")
    )
    say(console, title)
    if quoting and not finding.items:
        for line in reviewed.quoted(first):
            _indented(console, line, "dim", 4)
    for item in finding.items[:_MOST_ITEMS]:
        where = message("review.cell", cell=item.cell)
        reason = f" ({item.reason})" if item.reason else ""
        _indented(console, f"- {where}: {item.text}{reason}", "dim", 4)
    if len(finding.items) > _MOST_ITEMS:
        more = message("review.more_items", count=len(finding.items) - _MOST_ITEMS)
        _indented(console, more, "dim", 4)
    if others:
        places = "; ".join(_place(reviewed, place) for place in others)
        _indented(console, message("review.also", places=places), "dim", 4)
    _indented(console, finding.text, "", 2)
    _indented(console, finding.advice, "", 2)


def _indented(console: Console, text: str, style: str, spaces: int) -> None:
    """Print a text whose lines all begin some spaces in; on one line where there's no terminal."""
    from rich.padding import Padding
    from rich.text import Text

    shown = Text(text, style=style)
    if console.is_terminal:
        console.print(Padding(shown, (0, 0, 0, spaces)))
    else:
        console.print(Text(" " * spaces).append_text(shown), soft_wrap=True)


def _place(reviewed: Review, place: Place) -> str:
    count = reviewed.cell(place).count
    key = "review.line" if place.first == place.last else "review.lines"
    lines = message(key, first=place.first, last=place.last)
    if count is None:
        return message("review.place", cell=place.cell, lines=lines)
    return message("review.place_counted", cell=place.cell, executed=count, lines=lines)


def _show_study(console: Console, reviewed: Review, written: list[Path]) -> None:
    from cotejo.cli.console import say
    from cotejo.review.study_file import left_out_line
    from cotejo.texts import shown_path

    found = reviewed.alternatives
    count = len(found.read)
    if written:
        paths = ", ".join(shown_path(path) for path in written)
        key = "review.study_written" if count else "review.study_empty"
        study = shlex.quote(shown_path(written[0]))
        say(console, message(key, count=count, paths=paths, study=study))
        for entry in found.left_out:
            _indented(console, left_out_line(*entry), "dim", 2)
    elif count:
        notebook = shlex.quote(shown_path(reviewed.notebook.path))
        command = f"cotejo review {notebook} --out {message('cli.metavar_FOLDER')}"
        say(console, message("review.study_possible", count=count, command=command))
