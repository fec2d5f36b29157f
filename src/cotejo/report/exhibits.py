"""A table or a figure of the report by its number, as a notebook shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cotejo.errors import ConfigError
from cotejo.report.drawing import showing_itself
from cotejo.report.formats.parsing import parse

if TYPE_CHECKING:
    from bs4 import Tag
    from matplotlib.figure import Figure

    from cotejo.report.page import Undrawn

__all__ = ["Exhibit", "Exhibits", "text_of"]

_LINE = "border-bottom:1px solid rgba(128,128,128,.35)"
_CELL = f"padding:.25em .8em;{_LINE};vertical-align:top;background:transparent"
_STYLES: tuple[tuple[str, str], ...] = (
    ("table", "border-collapse:collapse;margin:0 0 .6em;font-variant-numeric:tabular-nums"),
    ("th, td", f"text-align:left;font-weight:normal;{_CELL}"),
    ("thead th", f"text-align:left;font-weight:bold;{_CELL}"),
    ("th.number, td.number", f"text-align:right;{_CELL}"),
    ("tbody .number", f"text-align:right;font-weight:normal;white-space:nowrap;{_CELL}"),
    ("tr.marked > *", f"text-align:right;font-weight:bold;white-space:nowrap;{_CELL}"),
    ("tr.marked > :not(.number)", f"text-align:left;font-weight:bold;{_CELL}"),
    ("small", "display:block;font-size:85%;opacity:.75;white-space:normal"),
    (".mark", "font-size:85%;opacity:.75"),
    (
        ".swatch",
        "display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.45em",
    ),
    (".gallery", "display:flex;flex-wrap:wrap;gap:10px"),
    (".gallery > div", "width:92px;font-size:12px;line-height:1.35;overflow-wrap:anywhere"),
    (".gallery.twos > div", "width:150px;font-size:12px;line-height:1.35"),
    (".gallery b, .gallery span", "display:block"),
    (".row, .augmented > .strip", "display:flex;align-items:center;gap:3px;margin:0 0 4px"),
    (".row > span:not(.strip)", "width:11em;font-size:13px;flex:none"),
    (".row > .strip, .two, td .strip", "display:flex;flex-wrap:wrap;gap:3px"),
)
"""What each kind of element looks like. Colours are the notebook's own, light or dark."""

_IMAGES = (
    (".gallery img", "width:72px"),
    (".strip img", "width:44px"),
)
_IMAGE = "display:block;margin:0;max-width:none;image-rendering:pixelated"


@dataclass(frozen=True)
class Exhibit:
    """A table or a gallery of the report. A notebook shows it; its text is for a terminal.

    Attributes:
        html: it, with all its looks in it: no style sheet that would change what is around it.
        text: the same in plain text.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


class Exhibits:
    """The tables and figures of a report, by their numbers there.

    Args:
        page: the report, with its appendix.
    """

    def __init__(self, page: Undrawn) -> None:
        self._drawings = page.drawings
        self._soup, _ = parse(page.html)

    def table(self, number: int) -> Exhibit:
        """Return a table.

        Raises:
            ConfigError: the report has none of this number.
        """
        return Exhibit(*_shown(self._element("table", number, "table")))

    def figure(self, number: int) -> Exhibit | Figure:
        """Return a figure: one of Matplotlib's, or a gallery of images.

        Raises:
            ConfigError: the report has none of this number.
        """
        if number in self._drawings:
            return showing_itself(self._drawings[number].draw())
        return Exhibit(*_shown(self._element("figure", number, "div")))

    def _element(self, kind: str, number: int, inner: str) -> Tag:
        place = self._soup.select_one(f'[id="{kind}-{number}"]')
        element = place.find(inner) if place is not None else None
        if element is None:
            ids = [str(each["id"]) for each in self._soup.select(f'[id^="{kind}-"]')]
            known = [each.removeprefix(f"{kind}-") for each in ids]
            numbers = ", ".join(each for each in known if each.isdigit())
            raise ConfigError(f"no_{kind}_of_report", number=number, numbers=numbers)
        return element


def _shown(element: Tag) -> tuple[str, str]:
    """Return an element with its looks in it, and as text."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(str(element), "html.parser")
    text = text_of(soup)
    styles: dict[int, str] = {}
    for selector, style in _STYLES:
        styles |= {id(each): style for each in soup.select(selector)}
    for selector, style in _IMAGES:
        styles |= {id(each): f"{style};{_IMAGE}" for each in soup.select(selector)}
    for each in soup.find_all(True):
        own = str(each.get("style", ""))
        kept = {name: str(each[name]) for name in ("src", "alt", "scope") if name in each.attrs}
        if "background" in own and "swatch" not in (each.get("class") or ()):
            own += ";color:#000"  # such a ground is light, whatever the notebook's
        looks = ";".join(part for part in (styles.get(id(each), ""), own) if part)
        each.attrs.clear()
        each.attrs.update(kept | ({"style": looks} if looks else {}))
    return str(soup).strip().replace("\n\n", "\n"), text


def text_of(element: Any) -> str:
    """Return a table's cells in columns, or what is said under the images of a gallery.

    Example:
        >>> from bs4 import BeautifulSoup
        >>> rows = "<tr><th>Class</th><th>n</th></tr><tr><td>cat</td><td>12</td></tr>"
        >>> print(text_of(BeautifulSoup(f"<table>{rows}</table>", "html.parser")))
        Class   n
        cat    12
    """
    rows = [[_words(cell) for cell in row.find_all(["th", "td"])] for row in element.select("tr")]
    if not rows:
        return "\n".join(_lines(element))
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=False))
        ).rstrip()
        for row in rows
    )


def _words(element: Tag) -> str:
    return " ".join(" ".join(element.stripped_strings).split())


def _lines(element: Tag) -> Iterator[str]:
    entries = element.select(".gallery > div, .row")
    for entry in entries or [element]:
        if words := _words(entry):
            yield words
