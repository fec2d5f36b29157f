"""A sheet that explains an answer: the picture, its maps, the classes and the nearest images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.explain.overlay import colour_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Panel", "Sheet", "draw_sheet"]

_INK, _FAINT, _BAR, _PAPER = "#222222", "#6b6b6b", "#0072B2", "#ffffff"
_WARNING = "#a33b00"
_DPI = 100
_LEAST = 320
"""The least width of a panel in pixels: smaller pictures are enlarged, each pixel a square."""
_WIDTH_OF_LETTER = 0.56
"""Of a letter, as a share of its height: how many fit on a line."""


@dataclass(frozen=True, eq=False)
class Panel:
    """A picture with two lines above.

    Attributes:
        picture: ``[height, width, 3]``, uint8; all panels of a row have the same shape.
        title: the first line.
        line: the second.
    """

    picture: NDArray[np.uint8]
    title: str
    line: str = ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a sheet shows.

    Attributes:
        panels: the picture and its maps.
        chances: the likeliest classes: name, probability and how it is written.
        chances_title: what is written above them.
        neighbours: training images ``[height, width, channels]``, each with what is written under.
        neighbours_title: what is written above them, or in their place.
        key: what the strongest colours mean, against and for; the first is empty where a method
            tells only what speaks for a class.
        notes: what is written at the foot.
        warning: what is written above the classes where they are not to be relied on.
    """

    panels: Sequence[Panel]
    chances: Sequence[tuple[str, float, str]]
    chances_title: str
    neighbours: Sequence[tuple[NDArray[np.uint8], str]]
    neighbours_title: str
    key: tuple[str, str]
    notes: Sequence[str]
    warning: str = ""

    @property
    def lines_above_chances(self) -> float:
        """How much room the title above the classes takes, with a warning if there is one."""
        return 1.7 + (1.7 if self.warning else 0)


def draw_sheet(sheet: Sheet) -> Figure:
    """Return the sheet as a figure whose pixels are those of its pictures."""
    from matplotlib.figure import Figure

    pictures = [_shown(panel.picture, _LEAST) for panel in sheet.panels]
    height, width = pictures[0].shape[:2]
    cell = max(width, _LEAST)
    letter = float(np.clip(cell / 24, 13, 34))
    gap = round(1.2 * letter)
    below = _height_below(sheet, letter, cell, gap)
    total = (len(pictures) * (cell + gap) + gap, round(3.6 * letter + height + below))
    figure = Figure(figsize=(total[0] / _DPI, total[1] / _DPI), dpi=_DPI, facecolor=_PAPER)
    pen = _Pen(figure, total[1], letter)
    for place, (panel, picture) in enumerate(zip(sheet.panels, pictures, strict=True)):
        left = gap + place * (cell + gap)
        pen.write(left, letter * 0.8, panel.title, cell, weight="bold")
        pen.write(left, letter * 2.1, panel.line, cell, colour=_FAINT)
        pen.picture(left, round(letter * 3.6), picture)
    top = round(3.6 * letter) + height + gap
    _draw_chances(pen, sheet, gap, top, cell)
    of_key = gap + cell + gap
    _draw_key(pen, sheet.key, of_key, top, cell)
    _draw_neighbours(pen, sheet, of_key, round(top + 2.4 * letter), total[0] - gap - of_key, gap)
    for place, note in enumerate(reversed(sheet.notes)):
        pen.write(gap, total[1] - letter * (1.7 + 1.3 * place), note, total[0], colour=_FAINT)
    return figure


class _Pen:
    """Writes and draws on a figure by pixels from its top left corner."""

    def __init__(self, figure: Figure, height: int, letter: float) -> None:
        self.figure = figure
        self.height = height
        self.letter = letter

    def write(
        self, x: float, y: float, text: str, room: float, colour: str = _INK, **style: Any
    ) -> None:
        """Write a line whose top is at ``y``, cut off where there is no more room."""
        from matplotlib.transforms import IdentityTransform

        most = max(4, int(room / (self.letter * _WIDTH_OF_LETTER)))
        shown = text if len(text) <= most else f"{text[: most - 1]}…"
        self.figure.text(
            x,
            self.height - y,
            shown.replace("$", r"\$"),
            transform=IdentityTransform(),
            va="top",
            color=colour,
            fontsize=self.letter * 72 / _DPI,
            **style,
        )

    def picture(self, x: int, y: int, picture: NDArray[np.uint8]) -> None:
        self.figure.figimage(picture, x, self.height - y - len(picture), origin="upper")

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        from matplotlib.patches import Rectangle
        from matplotlib.transforms import IdentityTransform

        place = (x, self.height - y - height)
        shape = Rectangle(place, width, height, color=colour, lw=0, transform=IdentityTransform())
        self.figure.add_artist(shape)


def _height_below(sheet: Sheet, letter: float, cell: int, gap: int) -> float:
    """Return the height under the pictures: the larger of both columns, and the notes."""
    chances = sheet.lines_above_chances + 2.2 * len(sheet.chances)
    rows = 0.0
    if sheet.neighbours:
        rows = _side(sheet, cell * (len(sheet.panels) - 1), gap) / letter + 1.6
    columns = max(chances, 2.4 + 1.7 + rows)
    return gap + letter * (columns + 1.3 * len(sheet.notes) + 1.2)


def _side(sheet: Sheet, room: float, gap: int) -> int:
    """Return the side of a neighbour, in pixels."""
    count = max(len(sheet.neighbours), 4)
    return int((room - (count - 1) * gap / 2) / count)


def _draw_chances(pen: _Pen, sheet: Sheet, left: int, top: int, cell: int) -> None:
    pen.write(left, top, sheet.chances_title, cell, weight="bold")
    if sheet.warning:
        pen.write(left, top + 1.6 * pen.letter, sheet.warning, cell, _WARNING, weight="bold")
    for place, (name, chance, written) in enumerate(sheet.chances):
        y = top + pen.letter * (sheet.lines_above_chances + 2.2 * place)
        pen.write(left, y, name, cell * 0.7)
        pen.write(left + cell, y, written, cell * 0.3, ha="right")
        pen.bar(left, y + 1.35 * pen.letter, cell, 0.35 * pen.letter, "#e4e4e4")
        pen.bar(left, y + 1.35 * pen.letter, cell * chance, 0.35 * pen.letter, _BAR)


def _draw_key(pen: _Pen, key: tuple[str, str], left: int, top: int, cell: int) -> None:
    against, speaks_for = key
    colours = colour_scale(512)[0 if against else 256 :]
    width, height = round(cell * 0.4), round(pen.letter)
    columns = np.linspace(0, len(colours) - 1, width).round().astype(int)
    x = left
    if against:
        pen.write(x, top, against, cell)
        x += round(len(against) * pen.letter * _WIDTH_OF_LETTER + pen.letter / 2)
    pen.picture(x, top, np.repeat(colours[columns][np.newaxis], height, axis=0))
    pen.write(x + width + pen.letter / 2, top, speaks_for, cell)


def _draw_neighbours(pen: _Pen, sheet: Sheet, left: int, top: int, room: int, gap: int) -> None:
    pen.write(left, top, sheet.neighbours_title, room, weight="bold" if sheet.neighbours else None)
    side = _side(sheet, room, gap)
    for place, (image, label) in enumerate(sheet.neighbours):
        x = left + place * (side + gap // 2)
        picture = _within(image, side)
        y = round(top + 1.7 * pen.letter)
        pen.picture(x, y + side - len(picture), picture)
        pen.write(x, y + side + 0.3 * pen.letter, label, side)


def _shown(picture: NDArray[np.uint8], least: int) -> NDArray[np.uint8]:
    """Return a picture enlarged by a whole number if its longer side is less than ``least``."""
    factor = -(-least // max(picture.shape[:2]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def _within(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return an image in colour whose longer side has so many pixels."""
    from PIL import Image

    coloured = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
    height, width = coloured.shape[:2]
    scale = side / max(height, width)
    method = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(coloured).resize(size, method))
