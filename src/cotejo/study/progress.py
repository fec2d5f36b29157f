"""The events that a study reports to its observer; the command line's display is an observer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cotejo.errors import CotejoError

if TYPE_CHECKING:
    from cotejo.config import StudyConfig
    from cotejo.config.search import Search
    from cotejo.data import Dataset

__all__ = ["Estimate", "LookTaken", "Observer", "PlannedRun", "RunId", "TrialBegun"]

RunId: TypeAlias = tuple[str, int]
"""The name of a run within its study: its alternative and its seed."""


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study's plan.

    Attributes:
        alternative, seed: which run it is.
        key: the hash of everything that determines its result.
        folder: the folder where its files are or will be.
        finished: whether its files are there already, with exactly this key.
        epochs: the maximum number of epochs.
        parameters: the number of parameters of its model.
        in_the_way: why the results of an earlier training are put aside before this run begins;
            None if there are none to put aside.
    """

    alternative: str
    seed: int
    key: str
    folder: Path
    finished: bool
    epochs: int
    parameters: int
    in_the_way: CotejoError | None = None

    @property
    def id(self) -> RunId:
        """Its alternative and its seed."""
        return self.alternative, self.seed


@dataclass(frozen=True)
class Estimate:
    """The expected speed of an alternative's runs, from timing a few steps.

    Attributes:
        alternative: its name.
        parameters: the number of parameters of its model.
        images_per_second: the speed of training, without validation.
        run_seconds: the time of one run at most; with early stopping it may be less.
    """

    alternative: str
    parameters: int
    images_per_second: float
    run_seconds: float


@dataclass(frozen=True)
class LookTaken:
    """A look at the claims, of a study that goes on until they are settled.

    Attributes:
        number: which look, from 1.
        runs: how many runs it saw.
        claims: how many claims there are.
        settled: how many are settled.
        open: the words of each of the others.
        lines: for each of those, its words, what was measured, and what would close it.
        further: how many runs come before the next look; 0 if this was the last one.
    """

    number: int
    runs: int
    claims: int
    settled: int
    open: tuple[str, ...]
    lines: tuple[str, ...]
    further: int


@dataclass(frozen=True)
class TrialBegun:
    """A trial of a search.

    Attributes:
        search: the alternative that is searched.
        number: of the trial, from 1.
        trials: how many the search has.
        values: those that it tries, by setting.
        epochs: how many it has at most.
        place: a worker's number or a machine's name, where it begins elsewhere.
    """

    search: str
    number: int
    trials: int
    values: Mapping[str, Any]
    epochs: int
    place: str = ""


class Observer:
    """Observes a study. All methods do nothing; a subclass overrides those that it needs.

    The calls come in this order (* any number of times, ? at most once): `data_progress`*,
    `pictures_read`*, `data_missing`?. Of a study with searches: `searching`; for each trial
    `trial_started`, `trial_batch_ended`*, `trial_epoch_ended`* and `trial_ended`, which alone is
    told of a trial that was there already; for each search `search_ended` or `search_failed`. Then
    `planned`, `networks_adapted`*, `timed`*, `estimated`?. Then, for each run: `run_placed`?,
    `run_started`; `run_resumed`*; `batch_ended`* and `epoch_ended` for each epoch; `run_finished`
    or `run_failed`. A study that goes on until its claims are settled then has `looked`, and
    `runs_added` before further runs. At the end: `look_back_failed`?, `robustness_started`?,
    `robustness_progress`* and `robustness_failed`?, `audit_started`? and `audit_failed`?.
    `tables_failed`? comes after any run. Where several runs are trained at once, the calls of one
    come between those of others; a run whose process ended tells its epochs again.
    """

    @property
    def awaits_times(self) -> bool:
        """Whether it overrides `timed` or `estimated`: nothing is timed for one that does not."""
        mine = type(self)
        return mine.timed is not Observer.timed or mine.estimated is not Observer.estimated

    def pictures_read(self, done: int, total: int) -> None:
        """Of somebody's own pictures, ``done`` of ``total`` have been read."""

    def data_progress(self, source: str, done: int, total: int | None) -> None:
        """A download has received ``done`` of ``total`` bytes."""

    def data_understood(self, sentence: str) -> None:
        """Something was understood of images or labels given as arrays: pixels from 0 to 1, say."""

    def data_missing(self, wanted: str, used: str, reason: CotejoError) -> None:
        """The dataset ``wanted`` is not available, and ``used`` replaces it."""

    def searching(self, searches: Sequence[Search]) -> None:
        """The searches of the study begin; their trials come in turn."""

    def trial_started(self, trial: TrialBegun) -> None:
        """A trial begins, or is tried again elsewhere because its process ended."""

    def trial_batch_ended(self, trial: TrialBegun, epoch: int, step: int, steps: int) -> None:
        """As `batch_ended`, of a trial."""

    def trial_epoch_ended(self, trial: TrialBegun, row: dict[str, Any]) -> None:
        """As `epoch_ended`, of a trial."""

    def trial_ended(self, trial: TrialBegun, outcome: Mapping[str, Any]) -> None:
        """A trial finished, was stopped or failed, now or before; ``outcome`` is `trial.json`."""

    def search_ended(self, name: str, best: Mapping[str, Any]) -> None:
        """All trials of a search are there; ``best`` is the ``trial.json`` of what it found."""

    def search_failed(self, name: str, reason: CotejoError) -> None:
        """No trial of a search finished; its alternative is not trained, the others are."""

    def planned(
        self,
        study: StudyConfig,
        dataset: Dataset,
        runs: Sequence[PlannedRun],
        out: Path,
        quick: bool,
    ) -> None:
        """The plan is ready; nothing has been trained yet."""

    def networks_adapted(self, alternatives: Sequence[str], changes: Sequence[str]) -> None:
        """Networks of the user's own were changed, as `cotejo.models.own.adapting.CHANGES` has it.

        It is called once for the alternatives whose changes are the same.
        """

    def timed(self, estimate: Estimate) -> None:
        """A few steps of one alternative were timed."""

    def estimated(self, seconds: float) -> None:
        """The runs that are still to do will take about ``seconds`` at most."""

    def run_placed(self, run: PlannedRun, place: str) -> None:
        """A run is about to begin elsewhere; ``place`` is a worker's number or a machine's name."""

    def run_started(self, run: PlannedRun) -> None:
        """A run begins."""

    def run_resumed(self, run: PlannedRun, epoch: int, rows: Sequence[dict[str, Any]]) -> None:
        """A run that has begun goes on in ``epoch``, counted from 1, where it was interrupted.

        ``rows`` are those of ``history.csv`` of the epochs before. With cross-validation this is
        about one network of the run, and comes again for each other one that goes on.
        """

    def batch_ended(self, run: PlannedRun, epoch: int, step: int, steps: int) -> None:
        """``step`` of an epoch's ``steps`` are done; epochs count from 1.

        Not every step is reported.
        """

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """An epoch ended; ``row`` is its row of ``history.csv``, as numbers."""

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """A run finished; ``metrics`` is its ``metrics.json``."""

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """A run failed; the study continues with the next one."""

    def looked(self, look: LookTaken) -> None:
        """The claims were looked at."""

    def runs_added(self, runs: Sequence[PlannedRun]) -> None:
        """Further runs are planned; ``runs`` are all of the study's, as of `planned`."""

    def tables_failed(self, reason: CotejoError) -> None:
        """``summary.csv`` or ``runs.csv`` can't be written; the study continues without it."""

    def waiting_to_write(self, run: PlannedRun, reason: CotejoError) -> None:
        """A run's results can't be written; they are kept in memory, and writing is retried."""

    def readings_put_aside(self, path: Path) -> None:
        """``test-reads.csv`` is damaged; it was renamed to ``path``, and a new one was started."""

    def look_back_failed(self, reason: CotejoError) -> None:
        """The look at the networks' mistakes failed; the study is complete without it."""

    def robustness_started(self, runs: int, images: int) -> None:
        """So many runs are asked about so many corrupted test images, 75 times each."""

    def robustness_progress(self, run: int, runs: int, done: int) -> None:
        """Of the run at this position among ``runs``, ``done`` of the 75 corruptions are done."""

    def robustness_failed(self, reason: CotejoError) -> None:
        """The corrupted images could not be looked at; the study is complete without it."""

    def audit_started(self, dataset: Dataset) -> None:
        """The audit of the data begins; it takes about a minute, once for each dataset."""

    def audit_failed(self, reason: CotejoError) -> None:
        """The audit of the data failed; the study is complete without it."""

    def tracked(self, tracker: str, place: str) -> None:
        """A tracker is told of the study; ``place`` is where to look at it, or empty."""

    def tracking_awaited(self, tracker: str, seconds: float) -> None:
        """At the end, a tracker that is behind is waited for, ``seconds`` at most."""

    def tracking_failed(self, tracker: str, reason: CotejoError) -> None:
        """A tracker did not take everything; the study is complete without it."""
