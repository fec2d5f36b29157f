"""The console that everything is shown on."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from cotejo.cli.failures import silence_output

__all__ = ["make_console", "print_lines", "say"]

_PLAIN_WIDTH = 100


class _QuietConsole(Console):
    """A console that says no more once its reader has gone, instead of ending the study."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        silence_output()


def make_console(**options: Any) -> Console:
    """Return a console on standard output that shows text as it is: no markup, no emoji.

    Where the output is no terminal it is plain lines, 100 wide unless ``COLUMNS`` says otherwise.
    """
    plain = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    chosen: dict[str, Any] = {"width": _PLAIN_WIDTH} if plain else {}
    return _QuietConsole(markup=False, emoji=False, highlight=False, **{**chosen, **options})


def say(console: Console, text: str | Text, style: str = "") -> None:
    """Print a sentence: folded between words on a terminal, one whole line elsewhere."""
    line = Text(text, style=style) if isinstance(text, str) else text
    console.print(line, soft_wrap=not console.is_terminal)


def print_lines(console: Console, *pairs: tuple[str, object]) -> None:
    """Print a line a pair, name and value, the values below each other; none is cut or folded."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        text = Text.assemble((f"  {name:<{width}}  ", "dim"), str(value))
        console.print(text, soft_wrap=True)
