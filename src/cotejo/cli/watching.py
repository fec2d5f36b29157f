"""A study that trains elsewhere, shown as it shows itself.

What its ``progress.json`` says is told to a display, as the study tells its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from cotejo.cli.console import say
from cotejo.cli.display import Display
from cotejo.cli.header import plan_line
from cotejo.cli.several import SeveralDisplay, place_text
from cotejo.cli.tables import alternatives_table, numbers
from cotejo.errors import CotejoError, OutputError, recorded_error
from cotejo.messages import message
from cotejo.store import RunFile, RunFolder, StudyFolder, damaged, read_trial, trial_folder
from cotejo.study.pace import Pace
from cotejo.study.progress import LookTaken, PlannedRun, RunId, TrialBegun

__all__ = ["Watching", "search_lines"]

_MOST_TRIALS = 6
"""The most running trials of a search that are named one by one."""


class _ToldPace(Pace):
    """The time left as the study itself says it."""

    def __init__(self) -> None:
        super().__init__(())
        self.runs: dict[RunId, float | None] = {}
        self.study: float | None = None

    def run_left(self, run: PlannedRun, epochs_done: float) -> float | None:
        """Return the seconds that a run still takes, as it was told last."""
        return self.runs.get(run.id)

    def study_left(self, *_: Any) -> float | None:
        """Return the seconds that all runs still take, as they were told last."""
        return self.study


class Watching:
    """Tells a display what happens to a study elsewhere.

    Args:
        console: to show it on.
        folder: the study's.
        progress: its ``progress.json``.
        live: whether lines may change in place.
    """

    def __init__(
        self, console: Console, folder: Path, progress: Mapping[str, Any], *, live: bool = True
    ) -> None:
        kind = SeveralDisplay if progress["elsewhere"] else Display
        self.display = kind(console, live=live)
        self._folder = StudyFolder(folder)
        self._pace = _ToldPace()
        self._runs: dict[RunId, PlannedRun] = {}
        self._rows: dict[RunId, int] = {}
        self._ended: set[RunId] = set()
        self._late: dict[RunId, tuple[PlannedRun, str]] = {}
        self._trials: set[tuple[str, int]] = set()
        self._looks: int | None = None
        self._last = progress
        line = message(
            "watching.begun", folder=folder, moment=numbers().moment(progress["started"])
        )
        say(console, line)

    def tell(self, progress: Mapping[str, Any]) -> None:
        """Show what happened since the last time, and what is being done now."""
        self._last = progress
        for search in progress["searches"]:
            self._tell_trials(search)
        if progress["runs"]:
            self._take_up(progress)
            self._tell_runs(progress)
            self._tell_looks(progress)
        if progress["doing"] == "searching":
            self.display.note("\n".join(self._searching()))
        elif not progress["running"]:
            self.display.note(self._between())

    def finish(self) -> None:
        """Say of runs that ended what is wrong with their files: they are not on their way."""
        for run, state in list(self._late.values()):
            self._end(run, state, is_last=True)

    def show_standing(self) -> None:
        """Show what is being done now, once, below what was told."""
        console, progress = self.display.console, self._last
        console.print()
        if progress["doing"] == "searching":
            for line in self._searching():
                say(console, line)
        elif (standing := self.display.standing()) is not None:
            console.print(standing)
        else:
            say(console, self._between())

    def _between(self) -> str:
        """Return what is done while no run is trained."""
        is_over = self._last["doing"] == "looking back"
        return message(f"watching.{'looking_back' if is_over else 'preparing'}")

    # ---- searches

    def _searching(self) -> list[str]:
        return [line for search in self._last["searches"] for line in search_lines(search)]

    def _tell_trials(self, search: Mapping[str, Any]) -> None:
        """Show a line for each trial that has ended, and then what was found."""
        name = search["search"]
        for each in search["ended"]:
            number = each["number"]
            if (name, number) in self._trials:
                continue
            self._trials.add((name, number))
            trial = self._trial(name, number)
            if trial is not None:
                values, epochs = trial["values"], trial["epochs"]
                begun = TrialBegun(name, number, search["trials"], values, epochs)
                self.display.trial_ended(begun, trial)
        is_over = len(search["ended"]) == search["trials"]
        if is_over and search["best"] is not None and (name, 0) not in self._trials:
            self._trials.add((name, 0))
            best = self._trial(name, search["best"])
            if best is not None:
                self.display.search_ended(name, best)

    def _trial(self, search: str, number: int) -> dict[str, Any] | None:
        try:
            return read_trial(trial_folder(self._folder.path, search, number))
        except OutputError:  # damaged: the study itself says so when it goes on
            return None

    # ---- runs

    def _take_up(self, progress: Mapping[str, Any]) -> None:
        """Show the plan, where it is not known yet; count the runs, where it has changed."""
        told = {(run["alternative"], run["seed"]): run for run in progress["runs"]}
        runs = {
            run_id: PlannedRun(
                *run_id,
                key="",
                folder=self._run(run_id).path,
                finished=run["before"],
                epochs=run["epochs"],
                parameters=run["parameters"],
            )
            for run_id, run in told.items()
        }
        if runs == self._runs:
            return
        has_ended = {run_id: run["state"] for run_id, run in told.items() if run["state"] in _ENDS}
        if not self._runs:
            now = [
                replace(run, finished=has_ended.get(run.id) == "finished") for run in runs.values()
            ]
            self._show_plan(now)
            self._ended = set(has_ended)
        for run_id, state in has_ended.items():  # of those before the runs that were added
            if run_id in self._runs:
                self._end(self._runs[run_id], state)
        if self._runs:
            self._tell_looks(progress)
        self._runs = runs
        self._ended |= {run_id for run_id, run in runs.items() if run.finished}
        ended = sum(not runs[run_id].finished for run_id in self._ended & set(runs))
        networks = self._folder.study.get("folds") or 1
        self.display.take_up(list(runs.values()), ended, self._pace, networks)

    def _show_plan(self, runs: list[PlannedRun]) -> None:
        study, console = self._folder.study, self.display.console
        own = [each for each in study["alternatives"] if not each.get("added")]
        rows = [
            (each["name"], each["settings"].get("model", ""), each.get("changes") or {})
            for each in own
        ]
        self.display.close()
        console.print()
        asked = len(own), len(study["seeds"]) if study.get("shard") else None
        to_do = sum(not run.finished for run in runs)
        say(console, plan_line(study.get("name", ""), asked, runs, to_do), "bold")
        console.print(alternatives_table(rows, runs, console.width))

    def _tell_runs(self, progress: Mapping[str, Any]) -> None:
        self._pace.study = progress["seconds_left"]
        running = {(each["alternative"], each["seed"]): each for each in progress["running"]}
        self._pace.runs = {run: each["seconds_left"] for run, each in running.items()}
        for run in progress["runs"]:
            if run["state"] in _ENDS:
                self._end(self._runs[run["alternative"], run["seed"]], run["state"])
        for run_id, each in running.items():
            if run_id in self._runs:
                self._go_on(self._runs[run_id], each)

    def _tell_looks(self, progress: Mapping[str, Any]) -> None:
        """Show the looks at the claims that were taken since the last time; at first, the last."""
        taken = progress["looks"]
        for look in taken[self._looks :] if self._looks is not None else taken[-1:]:
            texts = {name: tuple(look[name]) for name in ("open", "lines")}
            self.display.looked(LookTaken(**{**look, **texts}))
        self._looks = len(taken)

    def _go_on(self, run: PlannedRun, told: Mapping[str, Any]) -> None:
        if run.id not in self._rows:
            self._begin(run, told["place"])
        self._tell_epochs(run, told["history"])
        has_begun = told["steps"] or told["history"]
        if has_begun and told["epoch"] <= run.epochs:
            self.display.batch_ended(run, told["epoch"], told["step"], max(1, told["steps"]))

    def _begin(self, run: PlannedRun, place: str = "") -> None:
        if place:
            self.display.run_placed(run, place)
        self.display.run_started(run)
        self._rows[run.id] = 0

    def _tell_epochs(self, run: PlannedRun, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        last = int(rows[-1]["epoch"]) if rows else 0
        if last < self._rows[run.id]:  # it was begun again
            self._rows[run.id] = last
        for row in rows:
            if row["epoch"] > self._rows[run.id]:
                self.display.epoch_ended(run, dict(row))
        self._rows[run.id] = last

    def _end(self, run: PlannedRun, state: str, *, is_last: bool = False) -> None:
        """Show the epochs that were not seen, and how the run ended, by its own files.

        A shared folder may show them later than the progress: until the last time they are looked
        for again.
        """
        if run.id in self._ended:
            return
        files = self._run(run.id)
        reason: CotejoError | None = None
        try:
            if state == "failed":
                reason = self._reason(files)
            else:
                rows, metrics = files.history, files.metrics
        except OutputError as damage:
            if not is_last:
                self._late[run.id] = run, state
                return
            reason = damage
        self._late.pop(run.id, None)
        self._ended.add(run.id)
        if run.id not in self._rows:
            self._begin(run)
        if reason is not None:
            self.display.run_failed(run, reason)
            return
        self._tell_epochs(run, rows)
        self.display.run_finished(run, metrics)

    def _reason(self, files: RunFolder) -> CotejoError:
        """Return why a run failed."""
        reason = files.record.get("reason")
        if reason is None:
            raise damaged(files.path / RunFile.RECORD, "reason")
        return recorded_error(reason)

    def _run(self, run: RunId) -> RunFolder:
        return self._folder.run(*run)


_ENDS = ("finished", "failed")


def search_lines(search: Mapping[str, Any]) -> list[str]:
    """Return how far a search is, as ``progress.json`` has it: a line, and one of what it trains.

    Example:
        >>> from cotejo.messages import use_language
        >>> use_language("en")
        >>> ended = [{"number": 1, "status": "finished", "valid_accuracy": 0.75}]
        >>> running = [{"number": 2, "place": "1", "epoch": 3, "epochs": 9, "valid_accuracy": 0.5}]
        >>> about = {"search": "a", "trials": 9, "best": 1, "ended": ended, "running": running}
        >>> for line in search_lines(about):
        ...     print(line.replace(chr(160), " "))
        a: 1 of 9 trials done, 0 of them stopped early; best so far 75.0% (trial 1)
          trial 2  worker 1  epoch 3/9  50.0%
        >>> use_language(None)
    """
    ended = {each["number"]: each for each in search["ended"]}
    stopped = sum(each["status"] == "stopped" for each in ended.values())
    failed = sum(each["status"] == "failed" for each in ended.values())
    counts = {"name": search["search"], "done": len(ended), "trials": search["trials"]}
    line = message("watching.search", **counts, stopped=stopped)
    if failed:
        line += message("watching.search_failed", count=failed)
    if search["best"] is not None:
        best = numbers().percent(ended[search["best"]]["valid_accuracy"])
        line += message("watching.search_best", accuracy=best, number=search["best"])
    lines = [line]
    for trial in search["running"][:_MOST_TRIALS]:
        epoch = message("cli.live_epoch", epoch=trial["epoch"], epochs=trial["epochs"])
        known = trial["valid_accuracy"]
        parts = (
            message("watching.trial", number=trial["number"]),
            place_text(trial["place"]),
            epoch,
            "" if known is None else numbers().percent(known),
        )
        lines.append("  " + "  ".join(part for part in parts if part))
    if (more := len(search["running"]) - _MOST_TRIALS) > 0:
        lines.append("  " + message("machines.more_running", count=more))
    return lines
