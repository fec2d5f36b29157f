"""What a comparison shows while it trains: in place in a notebook, elsewhere in plain lines.

In a notebook, one display is written anew in place, with a curve that grows, and no widget: so it
shows in JupyterLab, Colab, VS Code and the classic notebook alike, and a saved notebook keeps its
last state alone, some kilobytes.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cotejo.comparison.looked import open_claims
from cotejo.config.search import values_line
from cotejo.facts import in_language
from cotejo.messages import current_language, message
from cotejo.numbers import Numbers
from cotejo.report.words import Words
from cotejo.study.progress import LookTaken, Observer, PlannedRun, TrialBegun
from cotejo.study.reach import out_of_reach

if TYPE_CHECKING:
    from cotejo.config import StudyConfig
    from cotejo.data import Dataset
    from cotejo.errors import CotejoError

__all__ = ["LineObserver", "NotebookObserver", "make_observer"]

_PAUSE = 0.5
"""The least seconds between two states that are shown: more would slow down the training."""

_WIDTH, _HEIGHT = 360, 90
"""The size of the curve, in pixels."""

_MOST_POINTS = 120


def make_observer() -> Observer:
    """Return what shows a training where this process runs: in a notebook, or in a terminal."""
    return NotebookObserver() if _is_notebook() else LineObserver()


def _is_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


class LineObserver(Observer):
    """Says in a line how each run ended.

    Attributes:
        waiting: how many runs there are to train.
        labels: what the alternatives are called, by name.
    """

    waiting = 0
    labels: Mapping[str, str] = MappingProxyType({})

    def planned(
        self,
        study: StudyConfig,
        dataset: Dataset,
        runs: Sequence[PlannedRun],
        out: Path,
        quick: bool,
    ) -> None:
        """Say how many runs there are to train."""
        language = current_language()
        self.labels = {
            each.name: in_language(each.label, language) or each.name for each in study.alternatives
        }
        self.waiting = sum(not run.finished for run in runs)
        if self.waiting:
            count, asked = self.waiting, len(runs)
            self.say(message("cli.compare_planned", count=count, asked=asked, out=out))
        for line in out_of_reach(study, dataset):
            self.say(line)

    def data_understood(self, sentence: str) -> None:
        """Say what was understood of arrays."""
        self.say(sentence)

    def networks_adapted(self, alternatives: Sequence[str], changes: Sequence[str]) -> None:
        """Say what was changed of networks of the user's own."""
        said = "; ".join(message(f"models.changes.{change}") for change in changes)
        labels = ", ".join(self.labels.get(name, name) for name in alternatives)
        self.say(f"{labels}: {said}.")

    def looked(self, look: LookTaken) -> None:
        """Say which claims are still open, and what comes next."""
        runs = message("cli.runs", count=look.runs)
        said = message(
            "cli.looked", number=look.number, runs=runs, settled=look.settled, count=look.claims
        )
        self.say(f"{said}.")
        if look.open:
            self.say(open_claims(look.open, Words(current_language())))
        if look.further:
            further = message("cli.runs", count=look.further)
            self.say(f"{message('cli.look_further', runs=further)}.")
        elif look.settled < look.claims:
            self.say(message("cli.compare_look_last"))

    def runs_added(self, runs: Sequence[PlannedRun]) -> None:
        """Count the runs that come before the next look."""
        self.waiting += sum(not run.finished for run in runs)

    def trial_ended(self, trial: TrialBegun, outcome: Mapping[str, Any]) -> None:
        """Say how well a trial did on the validation images, and with which values."""
        accuracy = outcome["valid_accuracy"]
        shown = "–" if accuracy is None else Numbers(current_language()).percent(accuracy)
        place = f"{trial.search} {trial.number}/{trial.trials}"
        self.say(f"{place}: {shown}  {values_line(trial.values)}")

    def search_ended(self, name: str, best: Mapping[str, Any]) -> None:
        """Say what a search found."""
        accuracy = Numbers(current_language()).percent(best["valid_accuracy"])
        values, number = values_line(best["values"]), best["number"]
        found = {"name": name, "number": number, "accuracy": accuracy, "values": values}
        self.say(message("searching.found", **found))

    def search_failed(self, name: str, reason: CotejoError) -> None:
        """Say that a search found nothing, and why."""
        self.say(message("searching.not_trained", name=name, reason=reason))

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """Say how well a run did on the validation images."""
        self.say(f"{self.name(run)}: {_accuracy(metrics)}")

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """Say why a run failed."""
        self.say(message("cli.run_failed_line", run=self.name(run), reason=reason))

    def tracked(self, tracker: str, place: str) -> None:
        """Say where a tracker is looked at."""
        if place:
            self.say(message("tracking.place", tracker=tracker, place=place))

    def tracking_failed(self, tracker: str, reason: CotejoError) -> None:
        """Say what a tracker did not take."""
        self.say(str(reason))

    def name(self, run: PlannedRun) -> str:
        """Return what a run is called: its alternative and its seed."""
        label = self.labels.get(run.alternative, run.alternative)
        return message("cli.run_name", name=label, seed=run.seed)

    def say(self, line: str) -> None:
        """Show a line."""
        print(line, flush=True)


class NotebookObserver(LineObserver):
    """Shows a training in one display of a notebook, which changes in place."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._curve: list[float] = []
        self._now = ""
        self._done, self._shown = 0, 0.0
        self._display: Any = None

    def run_started(self, run: PlannedRun) -> None:
        """Begin a curve."""
        self._curve.clear()
        self._now = self.name(run)
        self._show(force=True)

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """Say how far the epoch is."""
        self._now = f"{self.name(run)} · {epoch}/{run.epochs} · {100 * step // max(steps, 1)} %"
        self._show()

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """Let the curve grow."""
        accuracy = row.get("valid_accuracy")
        if accuracy is not None:
            self._curve.append(float(accuracy))
            said = Numbers(current_language()).percent(float(accuracy))
            label = message("cli.compare_validation", accuracy=said)
            self._now = f"{self.name(run)} · {row['epoch']}/{run.epochs} · {label}"
        self._show()

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """Count it."""
        self._done += 1
        self._now = f"{self.name(run)}: {_accuracy(metrics)}"
        self._show(force=True)

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """Count it, and keep why."""
        self._done += 1
        super().run_failed(run, reason)

    def say(self, line: str) -> None:
        """Keep a line above the one that changes."""
        self._lines.append(line)
        self._show(force=True)

    def _show(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._shown < _PAUSE:
            return
        self._shown = now
        from IPython.display import HTML, display

        page = HTML(self._page())
        if self._display is None:
            self._display = display(page, display_id=True)
        else:
            self._display.update(page)

    def _page(self) -> str:
        kept = "".join(f"<div>{escape(line)}</div>" for line in self._lines[-12:])
        bar = ""
        if self.waiting:
            share = 100 * self._done / self.waiting
            bar = (
                '<div style="height:4px;max-width:360px;background:rgba(128,128,128,.3)">'
                f'<div style="height:4px;width:{share:.0f}%;background:#0072B2"></div></div>'
            )
        count = f"{self._done}/{self.waiting} · " if self.waiting else ""
        line = f"<div>{escape(count + self._now)}</div>" if self._now else ""
        return f'<div style="font-size:90%">{kept}{line}{bar}{_drawn(self._curve)}</div>'


def _drawn(values: Sequence[float]) -> str:
    """Return a growing curve of shares of 1, in the ink of the page; nothing of fewer than two."""
    if len(values) < 2:
        return ""
    step = max(1, len(values) // _MOST_POINTS)
    shown = values[::step]
    low = min(shown)
    high = max(max(shown), low + 0.01)
    across, up = _WIDTH / (len(shown) - 1), _HEIGHT / (high - low)
    points = " ".join(
        f"{across * place:.0f},{_HEIGHT - up * (value - low):.0f}"
        for place, value in enumerate(shown)
    )
    numbers = Numbers(current_language())
    ends = f"{numbers.percent(low)} – {numbers.percent(high)}"
    words = message("cli.compare_curve", ends=ends)
    # As a picture: JupyterLab leaves no ``<svg>`` in a notebook that comes from somebody else.
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT + 4}" '
        f'viewBox="-2 -2 {_WIDTH + 4} {_HEIGHT + 4}">'
        f'<polyline points="{points}" fill="none" stroke="#0072B2" stroke-width="2"/></svg>'
    )
    source = base64.b64encode(drawn.encode()).decode()
    return (
        f'<img alt="" style="display:block" src="data:image/svg+xml;base64,{source}">'
        f'<div style="opacity:.7">{words}</div>'
    )


def _accuracy(metrics: dict[str, Any]) -> str:
    valid = metrics.get("valid") or {}
    if "accuracy" not in valid:
        return message("cli.compare_done")
    said = Numbers(current_language()).percent(float(valid["accuracy"]))
    return message("cli.compare_validation", accuracy=said)
