"""What a search shows: one line per trial, and a live line for the one that is being trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from cotejo.cli.console import say
from cotejo.cli.live import Status
from cotejo.cli.tables import numbers
from cotejo.config.search import values_line
from cotejo.errors import CotejoError, recorded_error
from cotejo.messages import message
from cotejo.study.progress import Observer, TrialBegun

if TYPE_CHECKING:
    from cotejo.config.search import Search

__all__ = ["SearchDisplay"]

_MARKS = {"finished": ("✓", "green"), "stopped": ("■", "dim"), "failed": ("✗", "red")}


class SearchDisplay(Observer):
    """The part of a study's display that is about its searches.

    Args:
        console: the console to write to.
        status: its live lines.
    """

    def __init__(self, console: Console, status: Status) -> None:
        self.console = console
        self._status = status
        self._best: dict[str, float] = {}

    def searching(self, searches: Sequence[Search]) -> None:
        """Say what is searched, and where it is judged."""
        self._status.stop()
        for search in searches:
            self._print("")
            trials = message("searching.trials", count=search.trials)
            settings = ", ".join(search.space)
            line = message("searching.begins", name=search.name, trials=trials, settings=settings)
            self._print(line, style="bold")
        self._print(message("searching.validation_only"), style="dim")

    def trial_started(self, trial: TrialBegun) -> None:
        """Show which trial is being trained."""
        self._show(trial, 1)

    def trial_batch_ended(self, trial: TrialBegun, epoch: int, step: int, steps: int) -> None:
        """Show which epoch it is at."""
        self._show(trial, epoch)

    def trial_ended(self, trial: TrialBegun, outcome: Mapping[str, Any]) -> None:
        """Add the trial's line."""
        status, accuracy = outcome["status"], outcome.get("valid_accuracy")
        is_best = False
        if status == "finished" and accuracy is not None:
            is_best = accuracy > self._best.get(trial.search, -1.0)
            self._best[trial.search] = max(accuracy, self._best.get(trial.search, -1.0))
        mark, style = _MARKS[status]
        shown = "–" if accuracy is None else numbers().percent(accuracy)
        line = Text.assemble(
            (f"  {mark} ", style),
            f"{trial.search} {trial.number}/{trial.trials}  ",
            (f"{shown:>8}", "bold green" if is_best else style if status != "finished" else ""),
            f"  {values_line(trial.values)}",
        )
        if status != "finished":
            line.append("  " + _why(outcome), style="dim")
        self._print(line)

    def search_ended(self, name: str, best: Mapping[str, Any]) -> None:
        """Say what was found."""
        self._status.stop()
        accuracy = numbers().percent(best["valid_accuracy"])
        values = values_line(best["values"])
        number = best["number"]
        line = message(
            "searching.found", name=name, number=number, accuracy=accuracy, values=values
        )
        self._print(line, style="bold")

    def search_failed(self, name: str, reason: CotejoError) -> None:
        """Say that nothing was found, and why."""
        self._status.stop()
        line = message("searching.not_trained", name=name, reason=reason)
        self._print(f"  ✗ {line}", style="bold red")

    def _show(self, trial: TrialBegun, epoch: int) -> None:
        note = message(
            "searching.live",
            name=trial.search,
            number=trial.number,
            trials=trial.trials,
            epoch=epoch,
            epochs=trial.epochs,
        )
        self._status.show_note(note)

    def _print(self, text: str | Text, style: str = "") -> None:
        say(self.console, text, style)


def _why(outcome: Mapping[str, Any]) -> str:
    if outcome["status"] == "stopped":
        epochs = len(outcome["valid_accuracies"])
        return message("searching.stopped", epoch=epochs, epochs=outcome["epochs"])
    return str(recorded_error(outcome["reason"]))
