"""Following a notebook from its first cell to its last."""

from __future__ import annotations

import io
import re
import tokenize
from contextlib import suppress

from cotejo.review.expressions import evaluate
from cotejo.review.machine import Machine, TooLongError
from cotejo.review.notebook import Notebook
from cotejo.review.source import parse_cell
from cotejo.review.statements import run_body, run_cell
from cotejo.review.trace import Trace

__all__ = ["follow"]


def follow(notebook: Notebook) -> Trace:
    """Return what happens in a notebook when its cells are run in their order.

    Nothing is run: names are followed from cell to cell, and what can't be followed is unknown.
    """
    machine = Machine(evaluate, run_body)
    text = ""
    for cell in notebook.cells:
        if cell.kind != "code":
            text += f"\n{cell.source}"
            continue
        machine.cell, machine.ran = cell.number, notebook.ran(cell)
        parsed = parse_cell(cell.source)
        machine.opaque = machine.opaque or parsed.opaque
        if parsed.tree is None:
            _note_unfollowed(machine, cell.source, parsed.line)
            continue
        machine.texts = text + _comments(cell.source)
        text = ""
        try:
            run_cell(machine, parsed.tree)
        except TooLongError:
            machine.trace.ended = True
            break
    return machine.trace


def _note_unfollowed(machine: Machine, source: str, line: int | None) -> None:
    machine.trace.unfollowed[machine.cell] = line
    # It may use anything that it names.
    machine.trace.mentioned.update(re.findall(r"[A-Za-z_]\w*", source))


def _comments(source: str) -> str:
    """Return the comments and texts of a cell, which may say what it is for."""
    kinds = (tokenize.COMMENT, tokenize.STRING, tokenize.NAME)
    words: list[str] = []
    with suppress(tokenize.TokenError, SyntaxError, ValueError):
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        words.extend(token.string for token in tokens if token.type in kinds)
    return " ".join(words)[:20_000]
