"""What numbers the figures and tables of a page, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cotejo.report.drawing import PHONE_WIDTH, Draw, draw_svg
from cotejo.report.elements import Cell, Column, DrawnFigure, Table, marked_best
from cotejo.report.words import Words

__all__ = ["Drawing", "Numbering", "Sheet"]


@dataclass(frozen=True)
class Drawing:
    """A figure that can be drawn: its name, and what draws it."""

    name: str
    draw: Draw


class Numbering:
    """What a page of any kind can do: make figures and tables, each with the next number.

    Attributes:
        words: the language.
        draws: False leaves the figures empty; `drawings` has what draws them.
        drawings: what draws each figure, by its number.
        figures: how many are numbered.
        tables: likewise.
    """

    words: Words
    draws: bool = True

    def __post_init__(self) -> None:
        self.drawings: dict[int, Drawing] = {}
        self.figures = self.tables = 0

    def figure(
        self, name: str, draw: Draw, caption: str, files: str = "", *, for_phone: bool = True
    ) -> DrawnFigure:
        """Return a figure with the next number, drawn for the page and once more for a phone.

        Args:
            name: the figure's, unique in the page.
            draw: draws it, as wide as it is asked for.
            caption: what is said under it.
            files: the names of the files that have its numbers.
            for_phone: False where the wide one serves on a phone too.
        """
        self.figures += 1
        self.drawings[self.figures] = Drawing(name, draw)
        if not self.draws:
            return DrawnFigure(self.figures, name, "<svg></svg>", caption, files)
        narrow = draw_svg(draw, name, PHONE_WIDTH) if for_phone else ""
        return DrawnFigure(self.figures, name, draw_svg(draw, name), caption, files, narrow)

    def table(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        marked: int | None = None,
        files: str = "",
    ) -> Table:
        """Return a table with the next number, the best value of each column marked."""
        self.tables += 1
        return Table(self.tables, caption, columns, marked_best(columns, rows), marked, files)

    def number_figure(self) -> int:
        """Return the next figure's number, for a gallery of images, which is not drawn."""
        self.figures += 1
        return self.figures

    def column(
        self,
        name: str,
        *,
        number: bool = True,
        better: Literal["higher", "lower"] | None = None,
    ) -> Column:
        """Return the column of a name: ``column_<name>`` in a catalogue.

        A name with a point is of a topic's own catalogue: ``"cost.size"``. If one end of the column
        is the ``better`` one, the best value in it stands out.
        """
        topic, point, own = name.rpartition(".")
        return Column(self.words.say(f"{topic}{point}column_{own}"), number, better=better)


@dataclass
class Sheet(Numbering):
    """A page that stands alone, such as that of an evaluation: of no study's findings."""

    words: Words
