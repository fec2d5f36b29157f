"""What a page is made of: tables, figures and galleries, ready for the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["Cell", "Column", "DrawnFigure", "Picture", "Table", "cells", "marked_best", "shade"]


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and what makes it stand out.

    Attributes:
        text: what it says.
        swatch: the colour of the alternative that it names.
        mark: a word set beside the text, such as "best".
        remarks: smaller lines under it.
        background: a colour.
        pictures: images shown in it.
        value: the number that the text shows, where it may be the best of its column.
        best: whether it is.
    """

    text: str
    swatch: str | None = None
    mark: str | None = None
    remarks: Sequence[str] = ()
    background: str | None = None
    pictures: Sequence[Picture] = ()
    value: float | None = None
    best: bool = False


@dataclass(frozen=True)
class Column:
    """A column's heading, and whether it holds numbers, which align to the right.

    A heading that names an alternative has its colour in ``swatch``. If one end of a column is the
    better one, ``better`` says which.
    """

    name: str
    number: bool = False
    swatch: str | None = None
    better: Literal["higher", "lower"] | None = None


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Attributes:
        number: its number in the report; 0 for one without a number.
        marked: the row that stands out, from 0, such as one of averages.
        files: the files that have its numbers.
    """

    number: int
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    marked: int | None = None
    files: str = ""


@dataclass(frozen=True)
class DrawnFigure:
    """A figure drawn as SVG, with its caption.

    Attributes:
        number: its number in the report.
        name: what its files are called.
        svg: the drawing.
        caption: the text under it.
        files: the files that have its numbers.
        narrow: the drawing for a phone; empty where the other one fits or scrolls there.
    """

    number: int
    name: str
    svg: str
    caption: str
    files: str = ""
    narrow: str = ""


@dataclass(frozen=True)
class Picture:
    """An image of the data set: its ``data:`` address, what it shows, and lines under it."""

    address: str
    alt: str
    lines: Sequence[str] = field(default=())


def cells(*texts: str) -> list[Cell]:
    """Return plain cells."""
    return [Cell(text) for text in texts]


def marked_best(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Return the rows with the best value of each column marked, where a column has a better end.

    Values that are shown with the same text are equally good. If more than half are, none is
    marked.

    Example:
        >>> column = Column("Loss", better="lower")
        >>> rows = [[Cell("0.51", value=0.51)], [Cell("0.49", value=0.49)], [Cell("–")]]
        >>> [cell.best for (cell,) in marked_best([column], rows)]
        [False, True, False]
    """
    best: list[str | None] = []
    for place, column in enumerate(columns):
        known = {}
        for row in rows if column.better else ():
            if (value := row[place].value) is not None:
                known[value] = row[place].text
        choose = max if column.better == "higher" else min
        text = known[choose(known)] if known else None
        ties = sum(row[place].text == text for row in rows)
        best.append(text if 2 * ties <= len(rows) else None)
    return [
        [
            replace(cell, best=cell.value is not None and cell.text == text)
            for cell, text in zip(row, best, strict=True)
        ]
        for row in rows
    ]


def shade(share: float) -> str:
    """Return a background from white (0) to a blue on which black text still reads (1).

    Example:
        >>> shade(0), shade(1)
        ('#ffffff', '#9cc3e0')
    """
    share = min(max(share, 0.0), 1.0)
    channels = (round(255 + share * (end - 255)) for end in (0x9C, 0xC3, 0xE0))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
