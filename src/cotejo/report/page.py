"""What sections are built with: the findings, the words, the numbers of figures and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.alternative_marks import has_own_colours
from cotejo.report.drawing import colour
from cotejo.report.elements import Cell, Column
from cotejo.report.findings import Findings
from cotejo.report.sheet import Drawing, Numbering
from cotejo.report.words import Words

if TYPE_CHECKING:
    from cotejo.report.topic import Topic

__all__ = ["Drawing", "Page", "Undrawn"]


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
class Page(Numbering):
    """The report that is being written. It numbers figures and tables in the order of the calls.

    Attributes:
        findings: what follows from the study.
        words: the language.
        topics: all that the report has, for the list of their files.
        detail: ``"brief"`` if the appendix is left out, else ``"full"``.
        numbers: the folder beside the page that has its files; empty if they lie beside the page.
        draws: False leaves the figures empty; `drawings` has what draws them.
    """

    findings: Findings
    words: Words
    topics: Sequence[Topic] = ()
    detail: str = "full"
    numbers: str = ""
    draws: bool = True

    @property
    def facts(self) -> StudyFacts:
        """The study's facts."""
        return self.findings.facts

    def shows(self, topic: Topic) -> bool:
        """Whether the report has a part of a topic."""
        return self.detail == "full" or topic.place == "body"

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
