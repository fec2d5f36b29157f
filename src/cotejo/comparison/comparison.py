"""A trained comparison: its tables, its figures, its models, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.comparison.arrays import BYTES, Pixels
from cotejo.comparison.page import as_html, as_text
from cotejo.comparison.plots import Plots
from cotejo.comparison.tables import given_name, history, table, table_names
from cotejo.comparison.trained import Trained
from cotejo.config import Sources
from cotejo.errors import ConfigError, OutputError
from cotejo.facts import AlternativeFacts, gather
from cotejo.messages import current_language, did_you_mean, using_language
from cotejo.report.exhibits import Exhibit, Exhibits
from cotejo.report.findings import Findings

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cotejo.study.execution import StudyResult

__all__ = ["Comparison"]


class Comparison:
    """What a study's files say, at hand in Python; a notebook shows it as a page.

    Args:
        folder: the study's.
        language: ``"en"`` or ``"es"``; the current one if left out.
        sources: the user's own code, for models with layers of their own.
        result: how the runs ended; None of a study that was trained elsewhere.
        pixels: how the images are written that its models take.

    Raises:
        OutputError: it is no study's folder, or no run has finished.
    """

    def __init__(
        self,
        folder: Path | str,
        language: str | None = None,
        sources: Sources | None = None,
        result: StudyResult | None = None,
        pixels: Pixels = BYTES,
    ) -> None:
        self.folder = Path(folder)
        self.language = language or current_language()
        self.result = result
        self._sources = sources or Sources()
        self._pixels = pixels
        try:
            self._findings = Findings(gather(self.folder))
        except OutputError:
            # All failed for a reason that says more than that none finished.
            if result is not None and result.reasons:
                raise next(iter(result.reasons.values())) from None
            raise

    @property
    def table(self) -> pd.DataFrame:
        """A row for each alternative: its accuracies, its size, its time."""
        frame = self.frame("summary")
        bounds = {
            given_name(each, self.language): (rate.low, rate.high)
            for each in self._findings.facts.trained
            for rate in [self._findings.accuracy[each.name]]
        }
        place = list(frame.columns).index("test_accuracy") + 1
        for offset, column in enumerate(("test_accuracy_low", "test_accuracy_high")):
            values = [bounds.get(name, (None, None))[offset] for name in frame["alternative"]]
            frame.insert(place + offset, column, values)
        return frame

    @property
    def comparisons(self) -> pd.DataFrame:
        """A row for each pair of alternatives: the difference, its interval, what it settles."""
        return self.frame("comparisons")

    @property
    def claims(self) -> pd.DataFrame:
        """A row for each comparison that a claim rests on: the advantage, and the verdict."""
        return self.frame("claims")

    @property
    def per_class(self) -> pd.DataFrame:
        """A row for each alternative and class: precision, recall, F1, with intervals."""
        return self.frame("per-class")

    @property
    def runs(self) -> pd.DataFrame:
        """A row for each run."""
        return self.frame("runs")

    @property
    def mistakes(self) -> pd.DataFrame:
        """The best's worst mistakes on the test images."""
        return self.frame("mistakes")

    @property
    def confused_pairs(self) -> pd.DataFrame:
        """Which classes the best takes for which, and how often."""
        return self.frame("confused-pairs")

    @property
    def history(self) -> pd.DataFrame:
        """A row for each epoch of each run."""
        return history(self._findings, self.language)

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table by the name of its CSV file, without the ending.

        Raises:
            ConfigError: there is none; the error names those there are.
        """
        with using_language(self.language):
            return table(self._findings, self.language, name)

    @property
    def frames(self) -> list[str]:
        """The names of all tables."""
        return table_names(self._findings)

    @cached_property
    def plot(self) -> Plots:
        """The figures, each a method."""
        return Plots(self._findings, self.language, self._facts)

    def show(self, *, table: int | None = None, figure: int | None = None) -> Exhibit | Figure:
        """Return a table or a figure of the report by its number there; a notebook shows it.

        Args:
            table: the number of a table, of the body or of the appendix.
            figure: or of a figure, which is one of Matplotlib's if it was drawn.

        Raises:
            ConfigError: the report has none of this number; the error names those that it has.
            ValueError: neither or both are given.
        """
        if (table is None) == (figure is None):
            raise ValueError("give the number of a table or that of a figure")
        with using_language(self.language):
            if table is not None:
                return self._exhibits.table(table)
            return self._exhibits.figure(figure or 0)

    @cached_property
    def _exhibits(self) -> Exhibits:
        from cotejo.report.html import render_undrawn

        return Exhibits(render_undrawn(self._findings, self.language))

    @property
    def best(self) -> Trained:
        """The best alternative on the validation images."""
        return self[self._findings.best.name]

    def __getitem__(self, name: str) -> Trained:
        facts = self._facts(name)
        return Trained(self._findings, facts, self.language, self._sources, self._pixels)

    def __iter__(self) -> Iterator[Trained]:
        return (self[alternative.name] for alternative in self._findings.facts.trained)

    def __len__(self) -> int:
        return len(self._findings.facts.trained)

    def report(
        self, path: Path | str | None = None, language: str | None = None, **options: Any
    ) -> Path:
        """Write the report, and return its path.

        Args:
            path: the file, whose ending says the format: ``.html``, ``.md``, ``.pdf`` or
                ``.ipynb``; ``report.html`` in the folder if left out.
            language: ``"en"`` or ``"es"``; the comparison's if left out.
            **options: as for `cotejo.write_report`.
        """
        from cotejo.report import write_report

        out = Path(path) if path is not None else None
        with using_language(language or self.language):
            return write_report(self.folder, language or self.language, out=out, **options)

    def _facts(self, name: str | None) -> AlternativeFacts:
        if name is None:
            return self._findings.best
        trained = {alternative.name: alternative for alternative in self._findings.facts.trained}
        labelled = {each.label(self.language): each for each in trained.values()}
        found = trained.get(name) or labelled.get(name)
        if found is None:
            known = [given_name(each, self.language) for each in trained.values()]
            with using_language(self.language):
                hint = did_you_mean(str(name), known)
                raise ConfigError("no_alternative", name=name, names=", ".join(known), hint=hint)
        return found

    def __repr__(self) -> str:
        return as_text(self._findings, self.language)

    def _repr_html_(self) -> str:
        return as_html(self._findings, self.language)
