"""What a study shows while it trains: its plan, one line per epoch, a live bar, each result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

from cotejo.cli.header import computing_line, data_line, header_lines, plan_line
from cotejo.cli.live import Status
from cotejo.cli.searching import SearchDisplay
from cotejo.cli.tables import numbers, plan_table
from cotejo.errors import CotejoError
from cotejo.messages import message
from cotejo.study.pace import Pace
from cotejo.study.progress import Estimate, LookTaken, PlannedRun, RunId
from cotejo.study.reach import out_of_reach
from cotejo.texts import shown_path

if TYPE_CHECKING:
    from cotejo.config import StudyConfig
    from cotejo.data import Dataset

__all__ = ["Display"]

_MANY_TO_AUDIT = 20_000
"""Images from which on an audit takes long enough for it to be said."""

# Together under 60 columns, with room for "100/100", "exactitud" and "12 min 34 s".
_EPOCH_WIDTHS = (8, 9, 10, 9, 10, 12)


class Display(SearchDisplay):
    """Shows a study on a console, with a live bar if the console is a terminal.

    Args:
        console: the console to write to.
        live: whether there is a bar.
        is_part: whether only a shard of the study is trained here.
    """

    def __init__(self, console: Console, *, live: bool = True, is_part: bool = False) -> None:
        super().__init__(console, Status(console, live=live))
        self._is_part = is_part
        self._waiting: list[PlannedRun] = []
        self._runs_to_do = 0
        self._networks = 1
        self._started = 0
        self._lowest_loss = float("inf")
        self._pace = Pace(())
        self._name_width = 0
        self._under_way: dict[RunId, tuple[PlannedRun, int]] = {}

    @property
    def under_way(self) -> list[tuple[PlannedRun, int]]:
        """The runs that are being trained, each with the epoch that has begun, counted from 1.

        There are several where the seeds of an alternative are trained together and were stopped.
        """
        return list(self._under_way.values())

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the live lines away and leave the terminal as it was."""
        self._status.stop()

    def note(self, text: str) -> None:
        """Show one line that says what is being done, on a terminal only."""
        self._status.show_note(text)

    def header(self, quick: bool) -> None:
        """Show versions and the machine, before anything heavy is loaded."""
        for line in header_lines():
            self._print(line)
        if quick:
            self._print(message("cli.quick"), style="bold yellow")
        self._status.show_note(message("cli.loading_keras"))

    def data_progress(self, source: str, done: int, total: int | None) -> None:
        """Show a download: a bar on a terminal, a line now and then elsewhere."""
        self._status.download(source, done, total)

    def pictures_read(self, done: int, total: int) -> None:
        """Show how many pictures have been read: a bar on a terminal, lines elsewhere."""
        self._status.pictures(done, total)

    def data_missing(self, wanted: str, used: str, reason: CotejoError) -> None:
        """Say that other data is used than was asked for, and why."""
        self._status.stop()
        self._print(message("cli.fallback", wanted=wanted, used=used), style="bold yellow")
        self._print(message("cli.fallback_reason", reason=reason), style="yellow")

    def planned(
        self,
        study: StudyConfig,
        dataset: Dataset,
        runs: Sequence[PlannedRun],
        out: Path,
        quick: bool,
    ) -> None:
        """Show the data and the plan."""
        self._status.stop()
        self._pace = Pace(runs)
        self._await(runs)
        self._networks = study.folds or 1
        self._name_width = max(len(alternative.name) for alternative in study.alternatives)
        self._print(
            computing_line(alternative.settings.precision for alternative in study.alternatives)
        )
        self._print(data_line(dataset))
        self._print(message("cli.out_folder", out=shown_path(out)))
        self._print("")
        asked = len(study.alternatives), len(study.seeds) if self._is_part else None
        line = plan_line(study.name, asked, runs, self._runs_to_do)
        self._print(line, style="bold")
        if study.claims:
            self._print(message("cli.claims", count=len(study.claims)))
            for line in out_of_reach(study, dataset):
                self._print(line, style="yellow")
        self.console.print(plan_table(study, runs, self.console.width))
        for run in runs:
            if run.in_the_way is not None:
                name = message("cli.run_name", name=run.alternative, seed=run.seed)
                line = message("cli.put_aside", run=name, reason=run.in_the_way)
                self._print(line, style="yellow")
        if self._waiting:
            self._status.show_note(message("cli.timing"))
        else:
            self._print(message("cli.nothing_to_train"))

    def _await(self, runs: Sequence[PlannedRun]) -> None:
        """Count the runs that are to be trained."""
        self._waiting = [run for run in runs if not run.finished]
        self._runs_to_do, self._started = len(self._waiting), 0

    def take_up(self, runs: Sequence[PlannedRun], ended: int, pace: Pace, networks: int) -> None:
        """Begin in the middle of a study, which trains elsewhere.

        Args:
            runs: its runs; those that were finished when it began are.
            ended: how many of the others have ended.
            pace: tells the time left.
            networks: how many each run trains.
        """
        self._await(runs)
        self._started, self._pace, self._networks = ended, pace, networks

    def standing(self) -> RenderableType | None:
        """Return the lines of what is being trained now; None if nothing is."""
        return self._status.render() if self._under_way else None

    def looked(self, look: LookTaken) -> None:
        """Show which claims are still open, what would close them, and what comes next."""
        self._status.stop()
        self._print("")
        runs = message("cli.runs", count=look.runs)
        line = message(
            "cli.looked", number=look.number, runs=runs, settled=look.settled, count=look.claims
        )
        self._print(line, style="bold")
        for line in look.lines:
            self._print(f"  \N{BULLET} {line}")
        if look.further:
            self._print(message("cli.look_further", runs=message("cli.runs", count=look.further)))
        elif look.settled < look.claims:
            self._print(message("cli.look_last"))

    def runs_added(self, runs: Sequence[PlannedRun]) -> None:
        """Count the runs that come before the next look."""
        self._await(runs)

    def networks_adapted(self, alternatives: Sequence[str], changes: Sequence[str]) -> None:
        """Show what was changed of networks of the user's own."""
        said = "; ".join(message(f"models.changes.{change}") for change in changes)
        self._print(f"{', '.join(alternatives)}: {said}.", style="dim")

    def timed(self, estimate: Estimate) -> None:
        """Show how fast an alternative trains and how long a run of it takes."""
        self._pace.timed(estimate)
        line = message(
            "cli.timed",
            name=f"{estimate.alternative:<{self._name_width}}",
            speed=f"{numbers().integer(estimate.images_per_second):>7}",
            duration=numbers().duration(estimate.run_seconds),
        )
        self._print("  " + line)

    def estimated(self, seconds: float) -> None:
        """Show how long the runs take at most."""
        self._status.stop()
        if self._runs_to_do:
            runs = message("cli.runs", count=self._runs_to_do)
            text = message("cli.estimated", runs=runs, duration=numbers().duration(seconds))
            self._print(text, style="bold")

    def run_started(self, run: PlannedRun) -> None:
        """Show the run's title and the header of its table of epochs."""
        self._under_way[run.id] = run, 1
        self._started += 1
        self._lowest_loss = float("inf")
        if run in self._waiting:
            self._waiting.remove(run)
        self.console.print()
        title = Text.assemble(
            (f"{self._started}/{self._runs_to_do}  ", "dim"),
            (message("cli.run_name", name=run.alternative, seed=run.seed), "bold"),
        )
        self._print(title)
        for line in _epoch_titles():
            self._print(line, style="dim")
        self._status.run_started(run, self._started, self._runs_to_do)
        self._show_time_left(run, 0.0)

    def run_resumed(self, run: PlannedRun, epoch: int, rows: Sequence[dict[str, Any]]) -> None:
        """Say where a run goes on that was interrupted."""
        losses = [row["valid_loss"] for row in rows if row["valid_loss"] is not None]
        self._lowest_loss = min(losses, default=float("inf"))
        for row in rows:
            self._pace.epoch_ended(run, float(row["seconds"]))
        if epoch <= run.epochs:
            self._under_way[run.id] = run, epoch
            self._print(message("cli.run_resumed", epoch=epoch, epochs=run.epochs), style="dim")
        else:
            self._print(message("cli.run_trained"), style="dim")
        self._show_time_left(run, float(len(rows)))

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """Update the bar and the time left."""
        self._under_way[run.id] = run, epoch
        done = epoch - 1 + step / steps
        self._status.batch_ended(epoch, step, steps)
        self._show_time_left(run, done)

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """Add the epoch's line to the run's table."""
        epoch = int(row["epoch"])
        of_network = run.epochs // self._networks
        if self._networks > 1 and (epoch - 1) % of_network == 0:
            # Its loss begins anew, and the lowest is that of another network.
            self._lowest_loss = float("inf")
            number = (epoch - 1) // of_network + 1
            self._print(message("cli.network_of", number=number, count=self._networks), style="dim")
        self._pace.epoch_ended(run, float(row["seconds"]))
        loss = float("inf") if row["valid_loss"] is None else row["valid_loss"]
        is_best = loss < self._lowest_loss
        self._lowest_loss = min(self._lowest_loss, loss)
        self._print(_epoch_line(row, run.epochs, is_best))
        self._status.epoch_ended(epoch, run.epochs)
        self._show_time_left(run, float(epoch))

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """Show the run's accuracies and its folder."""
        self._under_way.pop(run.id, None)
        self._status.stop()
        accuracies = {
            split: numbers().percent(metrics[split]["accuracy"])
            for split in ("valid", "test")
            if split in metrics
        }
        key = "cli.run_finished" if "valid" in metrics else "cli.final_run_finished"
        line = message(key, folder=shown_path(run.folder), **accuracies)
        self._print(Text.assemble(("  ✓ ", "bold green"), line))

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """Say why the run failed; the study goes on."""
        self._under_way.pop(run.id, None)
        self._status.stop()
        if run in self._waiting:
            self._waiting.remove(run)
        name = message("cli.run_name", name=run.alternative, seed=run.seed)
        line = message("cli.run_failed", run=name, reason=reason)
        self._print(f"  ✗ {line}", style="bold red")

    def waiting_to_write(self, run: PlannedRun, reason: CotejoError) -> None:
        """Say that a run's results wait in memory until the disk has room for them."""
        self._status.stop()
        self._print(message("cli.waiting_to_write", reason=reason), style="bold red")

    def readings_put_aside(self, path: Path) -> None:
        """Say that the list of test-set readings was damaged, and where it was moved."""
        self._status.stop()
        self._print(message("cli.readings_put_aside", path=path), style="yellow")

    def look_back_failed(self, reason: CotejoError) -> None:
        """Say what will be missing from the report, and why."""
        self._status.stop()
        text = str(reason)
        self._print(text[:1].upper() + text[1:], style="yellow")

    def robustness_started(self, runs: int, images: int) -> None:
        """Say that the networks are asked about corrupted images."""
        self._status.stop()
        self._print("")
        shown = numbers().integer(images)
        self._print(message("robustness.started", count=runs, images=shown))

    def robustness_progress(self, run: int, runs: int, done: int) -> None:
        """Show how far they are."""
        shown = message("robustness.working", run=run + 1, runs=runs, done=done)
        self._status.show_note(shown)

    def robustness_failed(self, reason: CotejoError) -> None:
        """Say that the report will say nothing of robustness, and why."""
        self.look_back_failed(reason)

    def audit_started(self, dataset: Dataset) -> None:
        """Say that the data is being audited."""
        self._status.stop()
        images = sum(len(split) for split in (dataset.train, dataset.valid, dataset.test))
        self._print("")
        many = "_many" if images >= _MANY_TO_AUDIT else ""
        self._print(message(f"audit.started{many}", images=numbers().integer(images)))
        self._status.show_note(message("audit.working"))

    def audit_failed(self, reason: CotejoError) -> None:
        """Say that the audit will be missing from the report, and why."""
        self.look_back_failed(reason)

    def tables_failed(self, reason: CotejoError) -> None:
        """Say that the tables of results are not up to date, and why."""
        self.look_back_failed(reason)

    def tracked(self, tracker: str, place: str) -> None:
        """Show where a tracker is looked at."""
        if place:
            self._print(message("tracking.place", tracker=tracker, place=shown_path(place)), "dim")

    def tracking_awaited(self, tracker: str, seconds: float) -> None:
        """Say that the command waits for a tracker."""
        self._print(message("tracking.awaited", tracker=tracker, seconds=round(seconds)), "dim")

    def tracking_failed(self, tracker: str, reason: CotejoError) -> None:
        """Say what a tracker did not take."""
        self._status.stop()
        self._print(str(reason), style="yellow")

    def _show_time_left(self, run: PlannedRun, epochs_done: float) -> None:
        left = self._pace.run_left(run, epochs_done)
        total = self._pace.study_left(self._waiting, [(run, epochs_done)])
        self._status.time_left(epochs_done / run.epochs, left, total)


def _epoch_titles() -> tuple[str, str]:
    first, loss, accuracy = _EPOCH_WIDTHS[:3]
    both = loss + accuracy
    groups = (
        f"{'':{first}}{message('cli.epochs_train'):>{both}}{message('cli.epochs_valid'):>{both}}"
    )
    names = ("epoch", "loss", "accuracy", "loss", "accuracy", "time")
    titles = [message(f"cli.epochs_{name}") for name in names]
    cells = zip(titles, _EPOCH_WIDTHS, strict=True)
    return groups, "".join(f"{title:>{width}}" for title, width in cells)


def _epoch_line(row: dict[str, Any], epochs: int, is_best: bool) -> Text:
    formatted = numbers()
    cells = [
        f"{int(row['epoch'])}/{epochs}",
        formatted.decimal(row["train_loss"], 3),
        formatted.percent(row["train_accuracy"]),
        "–" if row["valid_loss"] is None else formatted.decimal(row["valid_loss"], 3),
        "–" if row["valid_accuracy"] is None else formatted.percent(row["valid_accuracy"]),
        formatted.duration(row["seconds"]),
    ]
    line = Text()
    for index, (cell, width) in enumerate(zip(cells, _EPOCH_WIDTHS, strict=True)):
        # Green marks the lowest validation loss so far: early stopping would keep that epoch.
        # Each cell begins with a space, even one that is wider than its column.
        line.append(f" {cell:>{width - 1}}", style="green" if is_best and index in (3, 4) else "")
    return line
