"""The console on which every command shows what it has to say."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from cotejo.texts import shown_path, visible

__all__ = ["NARROWEST", "fits", "make_console", "print_lines", "print_whole", "say"]

NARROWEST = 40
"""Nothing is laid out for fewer columns: on a narrower terminal lines go beyond the edge, uncut."""

_PLAIN_WIDTH, _PLAIN_HEIGHT = 100, 25
_WIDEST = 1000


class _Console(Console):
    """A console that cuts nothing off and sends no control characters from texts.

    File names, labels and paths come from outside and can hold characters that a terminal would
    obey, so every text that is rendered passes through `visible`.
    """

    @property
    def size(self) -> ConsoleDimensions:
        """The number of columns and lines that output is laid out for."""
        actual = super().size
        return ConsoleDimensions(min(max(actual.width, NARROWEST), _WIDEST), actual.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        Console.size.fset(self, new_size)  # type: ignore[attr-defined]

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as rich does, but don't cut lines that are too long."""
        super().print(*objects, **{"crop": False, **options})

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as rich does, with control characters written out."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)


def make_console(**options: Any) -> Console:
    """Return a console on standard output that shows text as it is: no markup, no emoji.

    If the output is not a terminal, it is plain lines, 100 columns wide unless ``COLUMNS`` says
    otherwise.
    """
    chosen: dict[str, Any] = {}
    columns = _whole(os.environ.get("COLUMNS", ""))
    given = [os.environ[name] for name in ("COLUMNS", "LINES") if name in os.environ]
    if not all(map(_whole, given)):
        # A program without a terminal hands on 0, which means unknown. With both sizes given,
        # rich doesn't read these variables; some of their values would crash it.
        columns = columns or _terminal_width(sys.stdout) or _PLAIN_WIDTH
        chosen = {"width": columns, "height": _PLAIN_HEIGHT}
    elif columns:
        chosen["width"] = columns
    elif not sys.stdout.isatty():
        chosen["width"] = _PLAIN_WIDTH
    return _Console(markup=False, emoji=False, highlight=False, **{**chosen, **options})


def fits(console: Console) -> bool:
    """Return whether full-width lines fit on the terminal: only then can they change in place."""
    width = _terminal_width(console.file)
    return width is None or width >= console.width


def _whole(text: str) -> int:
    """Return ``text`` as a number of columns or lines; 0 if it is not a whole number."""
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _terminal_width(file: Any) -> int | None:
    try:
        return os.get_terminal_size(file.fileno()).columns or None
    except (OSError, ValueError, AttributeError):  # no terminal
        return None


def say(console: Console, text: str | Text, style: str = "") -> None:
    """Print a sentence: wrapped between words on a terminal, on one line elsewhere."""
    line = Text(text, style=style) if isinstance(text, str) else text
    console.print(line, soft_wrap=not console.is_terminal)


def print_whole(console: Console, table: Table) -> None:
    """Print a table with names of files: fitted to a terminal, as wide as it is elsewhere.

    In a file or a pipe, a name that is broken could be neither searched nor copied. ``COLUMNS``
    decides where it is given.
    """
    if console.is_terminal or _whole(os.environ.get("COLUMNS", "")):
        console.print(table)
        return
    width = console.width
    try:
        console.width = _WIDEST
        console.width = max(console.measure(table).maximum, width)
        console.print(table)
    finally:
        console.width = width


def print_lines(console: Console, *pairs: tuple[str, object]) -> None:
    """Print one line per pair of name and value, with aligned values; no line is cut or wrapped."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        text = Text.assemble((f"  {name:<{width}}  ", "dim"), _shown(value))
        console.print(text, soft_wrap=True)


def _shown(value: object) -> str:
    return shown_path(value) if isinstance(value, Path) else visible(str(value))
