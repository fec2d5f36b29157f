"""The console that everything is shown on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from cotejo.texts import shown_path, visible

__all__ = ["NARROWEST", "fits", "make_console", "print_lines", "say"]

NARROWEST = 40
"""Columns below which nothing is laid out: lines then go beyond the edge, rather than be cut."""

_PLAIN_WIDTH, _PLAIN_HEIGHT = 100, 25
_WIDEST = 1000


class _Console(Console):
    """A console that obeys nothing of what it shows, and cuts off nothing.

    Names of files, labels and paths come from outside, and can hold what a terminal would obey:
    every text that is rendered passes through `visible`.
    """

    @property
    def size(self) -> ConsoleDimensions:
        """The columns and lines to lay out for."""
        found = super().size
        return ConsoleDimensions(min(max(found.width, NARROWEST), _WIDEST), found.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        Console.size.fset(self, new_size)  # type: ignore[attr-defined]

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as rich does, but with lines beyond the edge left whole."""
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

    Where the output is no terminal it is plain lines, 100 wide unless ``COLUMNS`` says otherwise.
    """
    chosen: dict[str, Any] = {}
    columns = _whole(os.environ.get("COLUMNS", ""))
    given = [os.environ[name] for name in ("COLUMNS", "LINES") if name in os.environ]
    if not all(map(_whole, given)):
        # 0 is what a program without a terminal hands on; it says that nobody knows. With both
        # sizes given, rich doesn't read these variables, of which some would end it.
        columns = columns or _terminal_width(sys.stdout) or _PLAIN_WIDTH
        chosen = {"width": columns, "height": _PLAIN_HEIGHT}
    elif columns:
        chosen["width"] = columns
    elif not sys.stdout.isatty():
        chosen["width"] = _PLAIN_WIDTH
    return _Console(markup=False, emoji=False, highlight=False, **{**chosen, **options})


def fits(console: Console) -> bool:
    """Return whether lines as wide as the console fit on the terminal, so that they can change."""
    width = _terminal_width(console.file)
    return width is None or width >= console.width


def _whole(text: str) -> int:
    """Return a number of columns or lines; 0 where ``text`` is none."""
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _terminal_width(file: Any) -> int | None:
    try:
        return os.get_terminal_size(file.fileno()).columns or None
    except (OSError, ValueError, AttributeError):  # no terminal
        return None


def say(console: Console, text: str | Text, style: str = "") -> None:
    """Print a sentence: folded between words on a terminal, one whole line elsewhere."""
    line = Text(text, style=style) if isinstance(text, str) else text
    console.print(line, soft_wrap=not console.is_terminal)


def print_lines(console: Console, *pairs: tuple[str, object]) -> None:
    """Print a line a pair, name and value, the values below each other; none is cut or folded."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        text = Text.assemble((f"  {name:<{width}}  ", "dim"), _shown(value))
        console.print(text, soft_wrap=True)


def _shown(value: object) -> str:
    return shown_path(value) if isinstance(value, Path) else visible(str(value))
