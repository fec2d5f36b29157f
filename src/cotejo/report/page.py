"""What sections are built with: the findings, the words, the numbers of figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.alternative_marks import has_own_colours
from cotejo.report.drawing import PHONE_WIDTH, Draw, colour, draw_svg
from cotejo.report.elements import Cell, Column, DrawnFigure, Table, marked_best
from cotejo.report.findings import Findings
from cotejo.report.words import Words

if TYPE_CHECKING:
    from cotejo.report.topic import Topic

__all__ = ["Drawing", "Page", "Undrawn"]


@dataclass(frozen=True)
class Drawing:
    """A figure that can be drawn: its name, and what draws it."""

    name: str
    draw: Draw


@dataclass(frozen=True)
class Undrawn:
    """A page without its figures.

    Attributes:
        html: the page, an empty ``<svg>`` in place of each figure.
        drawings: what draws them, by their numbers.
    """

    html: str
    drawings: Mapping[int, Drawing]


@dataclass
class Page:
    """The report that is being written. It numbers figures and tables in the order of the calls.

    Attributes:
        findings: what follows from the study.
        words: the language.
        topics: all that the report has, for the list of their files.
        detail: ``"brief"`` if the appendix is left out, else ``"full"``.
        numbers: the folder beside the page that has its files; empty if they lie beside the page.
        draws: False leaves the figures empty; `drawings` has what draws them.
        drawings: what draws each figure, by its number.
        figures: how many are numbered.
        tables: likewise.
    """

    findings: Findings
    words: Words
    topics: Sequence[Topic] = ()
    detail: str = "full"
    numbers: str = ""
    draws: bool = True
    drawings: dict[int, Drawing] = field(default_factory=dict, init=False)
    figures: int = field(default=0, init=False)
    tables: int = field(default=0, init=False)

    @property
    def facts(self) -> StudyFacts:
        """The study's facts."""
        return self.findings.facts

    def shows(self, topic: Topic) -> bool:
        """Whether the report has a part of a topic."""
        return self.detail == "full" or topic.place == "body"

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

    def named(self, alternative: AlternativeFacts, *, mark_best: bool = False) -> Cell:
        """Return the cell that names an alternative, with its colour if it is its own."""
        best = mark_best and alternative is self.findings.best
        return Cell(
            alternative.label(self.words.language),
            swatch=self._swatch(alternative),
            mark=self.words.say("best_mark") if best else None,
        )

    def heading(self, alternative: AlternativeFacts, *, number: bool = True) -> Column:
        """Return the column that an alternative heads, with its colour if it is its own."""
        return Column(self.label(alternative), number, swatch=self._swatch(alternative))

    def _swatch(self, alternative: AlternativeFacts) -> str | None:
        return colour(alternative.index) if has_own_colours(self.facts) else None

    def label(self, alternative: AlternativeFacts) -> str:
        """Return what the report calls an alternative."""
        return alternative.label(self.words.language)
