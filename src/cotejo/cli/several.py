"""What a study of several runs at once shows: a live line for each, a line for each result.

The epochs of several runs would be printed in between each other, so they are not printed: the
`history.csv` of each run has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cotejo.cli.display import Display
from cotejo.cli.live import bar, left_text
from cotejo.cli.tables import numbers
from cotejo.errors import CotejoError
from cotejo.messages import message
from cotejo.study.pace import Pace
from cotejo.study.progress import PlannedRun, RunId

__all__ = ["SeveralDisplay", "place_text"]

_MOST_LINES = 12
"""The most runs that have a live line of their own; the others are counted."""


@dataclass
class _Line:
    """A run that is being trained."""

    run: PlannedRun
    place: str
    epoch: int = 1
    done: float = 0.0
    accuracy: float | None = None


class SeveralDisplay(Display):
    """Shows a study of which several runs are trained at once.

    Args:
        console: the console to write to.
        live: whether there are live lines.
        is_part: whether only a shard of the study is trained here.
    """

    def __init__(self, console: Console, *, live: bool = True, is_part: bool = False) -> None:
        super().__init__(console, live=live, is_part=is_part)
        self._lines: dict[RunId, _Line] = {}
        self._places: dict[RunId, str] = {}
        self._ended = 0

    @property
    def under_way(self) -> list[tuple[PlannedRun, int]]:
        """The runs that are being trained, each with the epoch that has begun."""
        return [(line.run, line.epoch) for line in self._lines.values()]

    def planned(self, *told: Any) -> None:
        """Show the data and the plan, and that those who train are started."""
        super().planned(*told)
        if self._waiting:
            self._status.show_note(message("machines.starting"))

    def _await(self, runs: Any) -> None:
        super()._await(runs)
        self._ended = 0

    def take_up(self, runs: Sequence[PlannedRun], ended: int, pace: Pace, networks: int) -> None:
        """Begin in the middle of a study, as `Display.take_up`."""
        super().take_up(runs, ended, pace, networks)
        self._ended = ended

    def standing(self) -> RenderableType | None:
        """Return a line for each run that is being trained now; None if none is."""
        return self._rendered() if self._lines else None

    def run_placed(self, run: PlannedRun, place: str) -> None:
        """Keep where a run is trained."""
        self._places[run.id] = place
        if run.id in self._lines:  # it is begun again
            self._lines[run.id].place = place
            self._show_lines()

    def run_started(self, run: PlannedRun) -> None:
        """Show a live line of the run."""
        if run in self._waiting:
            self._waiting.remove(run)
        self._lines[run.id] = _Line(run, self._places.get(run.id, ""))
        self._show_lines()

    def run_resumed(self, run: PlannedRun, epoch: int, rows: Sequence[dict[str, Any]]) -> None:
        """Set the run's bar to where it goes on."""
        line = self._lines[run.id]
        line.epoch, line.done = min(epoch, run.epochs), float(len(rows))
        for row in rows:
            line.accuracy = row["valid_accuracy"]
            self._pace.epoch_ended(run, float(row["seconds"]))
        self._show_lines()

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """Update the run's bar."""
        line = self._lines[run.id]
        line.epoch, line.done = epoch, epoch - 1 + step / steps
        self._show_lines()

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """Update the run's line with what the epoch reached."""
        line, epoch = self._lines[run.id], int(row["epoch"])
        line.epoch, line.done = min(epoch + 1, run.epochs), float(epoch)
        line.accuracy = row["valid_accuracy"]
        self._pace.epoch_ended(run, float(row["seconds"]))
        self._show_lines()

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """Show the run's accuracies, and where it was trained."""
        self._take_away(run)
        splits = [split for split in ("valid", "test") if split in metrics]
        values = {name: numbers().percent(metrics[name]["accuracy"]) for name in splits}
        key = "machines.run_finished" if "valid" in metrics else "machines.final_run_finished"
        line = message(
            key, run=_name(run), place=place_text(self._places.get(run.id, "")), **values
        )
        count = f"{self._ended}/{self._runs_to_do}  "
        self._print(Text.assemble(("✓ ", "bold green"), (count, "dim"), line))
        self._show_lines()

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """Say why the run failed; the others go on."""
        self._take_away(run)
        line = message("cli.run_failed", run=_name(run), reason=reason)
        self._print(f"✗ {line}", style="bold red")
        self._show_lines()

    def _take_away(self, run: PlannedRun) -> None:
        self._status.stop()
        self._lines.pop(run.id, None)
        if run in self._waiting:
            self._waiting.remove(run)
        self._ended += 1

    def _show_lines(self) -> None:
        if self._lines:
            self._status.show(self._rendered())

    def _rendered(self) -> RenderableType:
        shown = list(self._lines.values())[:_MOST_LINES]
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=28)
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=20)
        grid.add_column(ratio=1, min_width=6)
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, justify="right")
        grid.add_column(no_wrap=True, justify="right")
        for line in shown:
            run = line.run
            epoch = message("cli.live_epoch", epoch=line.epoch, epochs=run.epochs)
            known = "" if line.accuracy is None else numbers().percent(line.accuracy)
            left = left_text(self._pace.run_left(run, line.done))
            cells = (_name(run), place_text(line.place), bar(line.done / run.epochs), epoch)
            grid.add_row(*cells, known, left)
        more = len(self._lines) - len(shown)
        also = message("machines.more_running", count=more) if more else ""
        count = message("machines.ended_of", done=self._ended, runs=self._runs_to_do)
        share = sum(line.done / line.run.epochs for line in self._lines.values())
        whole = bar((self._ended + share) / max(self._runs_to_do, 1))
        grid.add_row(Text(count, style="dim"), also, whole, "", "", left_text(self._left()))
        return grid

    def _left(self) -> float | None:
        """Return the seconds that the study takes still, as fast as it goes now."""
        running = [(line.run, line.done) for line in self._lines.values()]
        return self._pace.study_left(self._waiting, running)


def _name(run: PlannedRun) -> str:
    return message("cli.run_name", name=run.alternative, seed=run.seed)


def place_text(place: str) -> str:
    """Return where a run is trained: a worker by its number, a machine by its name."""
    return message("machines.worker", number=place) if place.isdecimal() else place
