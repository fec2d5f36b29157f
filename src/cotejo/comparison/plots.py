"""The report's figures as objects of Matplotlib's, in axes of one's own if there are some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cotejo.errors import ConfigError
from cotejo.facts import AlternativeFacts
from cotejo.messages import using_language
from cotejo.report.drawing import drawn_into, showing_itself
from cotejo.report.findings import Findings
from cotejo.report.topics.comparisons.figure import differences
from cotejo.report.topics.confusion.figure import confusion_matrix
from cotejo.report.topics.curves.comparison import comparison
from cotejo.report.topics.data.figure import distribution
from cotejo.report.topics.results.figure import accuracies
from cotejo.report.topics.training.figure import whole_training
from cotejo.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Plots"]


class Plots:
    """The figures of a comparison. Each method returns a figure, which a notebook shows.

    With ``ax``, the figure is drawn in place of those axes, in the figure that they are of.

    Args:
        findings: what follows from the study.
        language: that of the labels.
        find: returns an alternative by its name; the best of None.
    """

    def __init__(
        self,
        findings: Findings,
        language: str,
        find: Callable[[str | None], AlternativeFacts],
    ) -> None:
        self._findings = findings
        self._words = Words(language)
        self._find = find

    def accuracies(self, ax: Axes | None = None) -> Figure:
        """Draw each alternative's test accuracy with its 95% interval."""
        return self._draw(ax, lambda: accuracies(self._findings, self._words))

    def differences(self, ax: Axes | None = None) -> Figure:
        """Draw by how much the best is ahead of each other one, with 95% intervals.

        Raises:
            ConfigError: there is no other one.
        """
        if len(self._findings.facts.trained) < 2:
            raise ConfigError("nothing_to_compare")
        return self._draw(ax, lambda: differences(self._findings, self._words))

    def curves(self, *names: str, ax: Axes | None = None) -> Figure:
        """Draw the alternatives' validation accuracy against epochs, and seconds.

        Args:
            *names: of those that are drawn; all if left out.
            ax: as above.
        """
        with using_language(self._words.language):
            chosen = [self._find(name) for name in names]
        facts = self._findings.facts
        if chosen:
            facts = replace(facts, alternatives=tuple(chosen))
        return self._draw(ax, lambda: comparison(facts, self._words))

    def training(self, name: str | None = None, ax: Axes | None = None) -> Figure:
        """Draw the whole training of an alternative, of the best if left out."""
        phases = self._findings.facts.phases(self._find(name))
        return self._draw(ax, lambda: whole_training(phases, self._words))

    def confusion(self, name: str | None = None, ax: Axes | None = None) -> Figure:
        """Draw an alternative's confusion matrix on the test images, the best's if left out."""
        matrix = self._find(name).representative.metrics["test"]["confusion"]
        names = self._findings.facts.class_names(self._words.language)
        return self._draw(ax, lambda: confusion_matrix(matrix, names, self._words))

    def classes(self, ax: Axes | None = None) -> Figure:
        """Draw how many images each class has."""
        return self._draw(ax, lambda: distribution(self._findings.facts, self._words))

    def _draw(self, ax: Axes | None, draw: Callable[[], Any]) -> Figure:
        if ax is None:
            return showing_itself(draw())
        if not hasattr(ax, "get_subplotspec"):
            names = ", ".join(each.name for each in self._findings.facts.trained)
            with using_language(self._words.language):
                raise ConfigError("not_axes", type=type(ax).__name__, names=names)
        with drawn_into(ax) as figure:
            draw()
        return figure
