"""A notebook's review as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cotejo.review.alternatives import Alternatives, read_alternatives
from cotejo.review.checks import said_conclusions, weaknesses
from cotejo.review.claims import Statement
from cotejo.review.finding import Weakness
from cotejo.review.following import follow
from cotejo.review.language import language_of
from cotejo.review.notebook import Cell, Notebook, read_notebook
from cotejo.review.study_file import write_study
from cotejo.review.trace import Place, Trace
from cotejo.review.worth import worth

__all__ = ["Review", "review"]

_MOST_QUOTED = 4
"""Lines that are quoted of one place."""


def review(path: str | Path) -> Review:
    """Review somebody's Keras notebook: read it, without running it, and judge its evidence.

    Args:
        path: the notebook's file, ``.ipynb``, of nbformat 3 or 4.

    Raises:
        OutputError: the file is missing, damaged, too large, or no notebook in Python.

    Example:
        >>> review("nowhere.ipynb")
        Traceback (most recent call last):
        cotejo.errors.OutputError: there is no notebook nowhere.ipynb.
    """
    notebook = read_notebook(path)
    trace = follow(notebook)
    return Review(notebook, trace, tuple(weaknesses(notebook, trace)))


@dataclass(frozen=True)
class Review:
    """What a review found.

    Attributes:
        notebook: the notebook.
        trace: what happens in it.
        findings: what speaks against its evidence, in the order of the cells.
    """

    notebook: Notebook
    trace: Trace
    findings: tuple[Weakness, ...]

    @property
    def language(self) -> str | None:
        """The language of its text, ``"en"`` or ``"es"``; None where there is too little text."""
        texts = [cell.source for cell in self.notebook.cells if cell.kind == "markdown"]
        return language_of(texts)

    @property
    def worth(self) -> str:
        """What its evidence is worth, in the language in use."""
        kinds = [finding.kind for finding in self.findings]
        return worth(kinds, trained=bool(self.trace.trainings))

    @property
    def unread(self) -> dict[int, int]:
        """The cells that are no Python 3, each with the line where that shows."""
        return {cell: line for cell, line in self.trace.unfollowed.items() if line is not None}

    @cached_property
    def conclusions(self) -> list[Statement]:
        """The conclusions that its text draws."""
        return said_conclusions(self.notebook, self.trace)

    @cached_property
    def alternatives(self) -> Alternatives:
        """What of its trainings a study can repeat."""
        return read_alternatives(self.trace.trainings)

    @property
    def models(self) -> int:
        """How many networks it makes, as far as they can be followed; one in a loop counts once."""
        return len({model.place for model in self.trace.models if self._counts(model.place)})

    def _counts(self, place: Place) -> bool:
        trained = {training.model.place for training in self.trace.trainings}
        compiled = {model.place for _, model, _ in self.trace.compiles}
        return place in trained | compiled

    @property
    def trainings(self) -> int:
        """How many places in it train a network."""
        return len({training.place for training in self.trace.trainings})

    def cell(self, place: Place) -> Cell:
        """Return the cell of a place."""
        return self.notebook.cells[place.cell - 1]

    def quoted(self, place: Place) -> list[str]:
        """Return the lines of a place, a few at most, without their common indentation."""
        lines = self.cell(place).source.split("\n")[place.first - 1 : place.last]
        shown = lines[:_MOST_QUOTED]
        filled = [line for line in shown if line.strip()]
        indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
        return [line[indent:].rstrip() for line in shown] + (
            ["…"] if len(lines) > _MOST_QUOTED else []
        )

    def write_study(self, folder: str | Path) -> list[Path]:
        """Write what could be read as a study, for `cotejo study`, and return its files.

        Raises:
            OutputError: one of its files is there already, or can't be written.
        """
        name = self.notebook.path.stem
        return write_study(Path(folder), name, self.alternatives, self.conclusions)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data, with its sentences in the language in use."""
        return {
            "notebook": str(self.notebook.path),
            "cells": len(self.notebook.cells),
            "models": self.models,
            "trainings": self.trainings,
            "findings": [self._finding(each) for each in self.findings],
            "unread": [{"cell": cell, "line": line} for cell, line in self.unread.items()],
            "followed_to_the_end": not self.trace.ended,
            "worth": self.worth,
        }

    def _finding(self, finding: Weakness) -> dict[str, Any]:
        return {
            "kind": finding.kind,
            "title": finding.title,
            "text": finding.text,
            "advice": finding.advice,
            "places": [
                {
                    "cell": place.cell,
                    "execution_count": self.cell(place).count,
                    "lines": [place.first, place.last],
                    "quoted": self.quoted(place),
                }
                for place in finding.places
            ],
            "sentences": [
                {"cell": item.cell, "text": item.text, "reason": item.reason}
                for item in finding.items
            ],
        }
