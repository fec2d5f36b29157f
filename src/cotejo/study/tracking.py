"""A study told to trackers: what its observer hears, as the plain events of `cotejo.trackers`.

`Tracking` holds the trackers of one or more studies and waits for them at the end. While a study
trains, a `_Follower` beside its observer hands each event to the worker of each tracker, which is a
matter of microseconds, whatever the tracker then does with it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.errors import CotejoError, recorded_error
from cotejo.facts import in_language
from cotejo.messages import current_language
from cotejo.store import RUN_FILES, SEARCHES, ReportFile, card_name
from cotejo.store.layout import RunFile, trial_folder_name
from cotejo.store.tracking import tracking_id
from cotejo.study.observers import Observers
from cotejo.study.progress import Observer, PlannedRun, RunId, TrialBegun
from cotejo.trackers import (
    RunResult,
    StudyStatus,
    TrackedRun,
    TrackedStudy,
    Tracker,
    Worker,
    make_tracker,
)

if TYPE_CHECKING:
    from cotejo.config import StudyConfig
    from cotejo.config.search import Search
    from cotejo.data import Dataset
    from cotejo.study.planning import Plan

__all__ = ["Tracking"]

_SECONDS, _SECONDS_WHEN_STOPPED = 60.0, 5.0
"""How long trackers may take at the end; less where somebody wants the process to end."""


class Tracking:
    """The trackers that studies are told to.

    Used as a context, it waits for them at the end of the context, so that what is written there
    after `Study.run`, such as the report, is told to them too. A study that is given one in no
    context waits for it at the study's own end.

    Args:
        track: each ``"NAME"`` or ``"NAME:WHERE"``, as `cotejo study --track` has it, or a
            `cotejo.trackers.Tracker` of yours.
        seconds: how long is waited at the end for one that is behind.

    Raises:
        ConfigError: a name is none, its packages are not installed, or it can't work as it is
            set up here.

    Example:
        >>> import tempfile
        >>> from cotejo import Observer, Study, StudyConfig
        >>> config = {"data": "digits", "base": {"epochs": 1}, "alternative": [{"name": "mlp"}]}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     study = Study(StudyConfig.parse(config))
        ...     lines = Path(folder) / "lines.jsonl"
        ...     with Tracking([f"jsonl:{lines}"]) as tracking:
        ...         _ = study.run(out=Path(folder) / "study", track=tracking)
        ...         page = study.report()
        ...     [json.loads(line)["event"] for line in lines.read_text().splitlines()]
        ['study_started', 'run_started', 'epoch_ended', 'run_finished', 'study_ended']
    """

    def __init__(
        self, track: Iterable[str | Tracker] | str = (), *, seconds: float = _SECONDS
    ) -> None:
        given = [track] if isinstance(track, str) else list(track)
        self._trackers: list[tuple[str, Tracker]] = []
        for each in dict.fromkeys(given):
            if isinstance(each, str):
                self._trackers.append((each.partition(":")[0], make_tracker(each)))
            else:
                each.check()
                self._trackers.append((type(each).__name__, each))
        self._seconds = seconds
        self._workers: list[Worker] = []
        self._is_entered = False
        self._observer = Observer()
        self._follower: _Follower | None = None

    @property
    def writes_stdout(self) -> bool:
        """Whether a tracker writes to standard output, so that nothing else should."""
        return any(tracker.writes_stdout for _, tracker in self._trackers)

    def __enter__(self) -> Tracking:
        self._is_entered = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_entered = False
        self.close(is_stopped=kind is not None)

    @contextmanager
    def following(self, plan: Plan, observer: Observer) -> Iterator[Observer]:
        """Give an observer that passes what it is told on to ``observer`` and to the trackers.

        Args:
            plan: of the study, whose folder is locked.
            observer: that is told as well, also of what the trackers did not take.
        """
        if not self._trackers:
            yield observer
            return
        self._end_study()
        self._observer = observer
        if not self._workers:
            self._workers = [Worker(name, tracker) for name, tracker in self._trackers]
        self._follower = follower = _Follower(plan, self._workers, observer)
        is_stopped = True
        try:
            yield Observers(observer, follower)
            is_stopped = False
        except KeyboardInterrupt:
            follower.stop("killed")
            raise
        except BaseException:
            follower.stop("failed")
            raise
        finally:
            if not self._is_entered:
                self.close(is_stopped=is_stopped)

    def close(self, *, is_stopped: bool = False) -> None:
        """Tell the trackers that it is over, wait for them, and say what they did not take.

        Args:
            is_stopped: whether the process is to end soon.
        """
        self._end_study()
        longest = min(self._seconds, _SECONDS_WHEN_STOPPED) if is_stopped else self._seconds
        ends = time.monotonic() + longest
        workers, self._workers = self._workers, []
        for worker in workers:
            name, observer = worker.name, self._observer
            left = max(ends - time.monotonic(), 0.1)
            trouble = worker.close(left, lambda: observer.tracking_awaited(name, longest))  # noqa: B023
            if trouble is not None:
                observer.tracking_failed(name, trouble)

    def _end_study(self) -> None:
        if self._follower is not None:
            self._follower.end()
            self._follower = None


class _Follower(Observer):
    """Turns what an observer is told of one study into events of trackers.

    Args:
        plan: of the study.
        workers: of the trackers.
        observer: that hears where each tracker is to be looked at.
    """

    def __init__(self, plan: Plan, workers: Sequence[Worker], observer: Observer) -> None:
        self._plan = plan
        self._workers = workers
        self._observer = observer
        self._began = time.time()
        self._study: TrackedStudy | None = None
        self._settings: dict[str, Mapping[str, Any]] = {}
        self._open: dict[RunId, TrackedRun] = {}
        self._epochs: dict[RunId, int] = {}
        self._trials: dict[tuple[str, int], TrackedRun] = {}
        self._status: StudyStatus = "finished"

    def planned(
        self,
        study: StudyConfig,
        dataset: Dataset,
        runs: Sequence[PlannedRun],
        out: Path,
        quick: bool,
    ) -> None:
        """Begin the study, and tell of the runs that an earlier process left unfinished."""
        self._begin()
        self._settings = {each.name: _flat(each.settings.flat()) for each in study.alternatives}
        for run in runs:
            # The record of a run is written last, of one that failed, too.
            if not run.finished and run.folder.is_dir() and not _is_recorded(run.folder):
                self._tell("run_killed", self._tracked(run))

    def searching(self, searches: Sequence[Search]) -> None:
        """Begin the study: its trials come before its runs."""
        self._begin()

    def trial_started(self, trial: TrialBegun) -> None:
        """Tell of it."""
        tracked = self._trials[trial.search, trial.number] = self._tracked_trial(trial)
        self._tell("run_started", tracked)

    def trial_epoch_ended(self, trial: TrialBegun, row: dict[str, Any]) -> None:
        """Tell of it."""
        tracked = self._trials[trial.search, trial.number]
        self._tell("epoch_ended", tracked, dict(row), may_be_left_out=True)

    def trial_ended(self, trial: TrialBegun, outcome: Mapping[str, Any]) -> None:
        """Tell of it, unless it was there before."""
        tracked = self._trials.pop((trial.search, trial.number), None)
        if tracked is None:
            return
        reason = outcome["reason"]
        if reason is None:
            result = RunResult({"valid": {"accuracy": outcome["valid_accuracy"]}})
            self._tell("run_finished", tracked, result)
        else:
            self._tell("run_failed", tracked, str(recorded_error(reason)))

    def run_started(self, run: PlannedRun) -> None:
        """Tell of it."""
        tracked = self._open[run.id] = self._tracked(run)
        self._epochs.pop(run.id, None)
        self._tell("run_started", tracked)

    def run_resumed(self, run: PlannedRun, epoch: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Tell of the epochs before, which have been taken away with the earlier attempt."""
        for row in rows:
            self.epoch_ended(run, dict(row))

    def epoch_ended(self, run: PlannedRun, row: dict[str, Any]) -> None:
        """Tell of it; a run whose process was lost tells its epochs again, and begins anew."""
        tracked, epoch = self._tracked(run), int(row["epoch"])
        if epoch <= self._epochs.get(run.id, 0):
            self._tell("run_started", tracked)
        self._epochs[run.id] = epoch
        self._tell("epoch_ended", tracked, dict(row), may_be_left_out=True)

    def run_finished(self, run: PlannedRun, metrics: dict[str, Any]) -> None:
        """Tell of it, and where its files are."""
        tracked = self._open.pop(run.id, None) or self._tracked(run)
        files = (run.folder / name for name in RUN_FILES)
        result = RunResult(metrics, tuple(path for path in files if path.is_file()))
        self._tell("run_finished", tracked, result)

    def run_failed(self, run: PlannedRun, reason: CotejoError) -> None:
        """Tell of it."""
        tracked = self._open.pop(run.id, None)
        if tracked is None:  # it never began
            tracked = self._tracked(run)
            self._tell("run_started", tracked)
        self._status = "failed"
        self._tell("run_failed", tracked, str(reason))

    def stop(self, status: StudyStatus) -> None:
        """The study did not come to its end: nor did the runs that are open."""
        self._status = status
        for run in [*self._trials.values(), *self._open.values()]:
            self._tell("run_killed", run)
        self._trials.clear()
        self._open.clear()

    def end(self) -> None:
        """Tell that the study has ended, and of the files about all of it that are new."""
        if self._study is not None:
            self._tell("study_ended", self._status, self._new_files())

    def _begin(self) -> None:
        if self._study is not None:
            return
        plan, language = self._plan, current_language()
        names = plan.dataset.class_names
        # It has been written what the folder is, so that a file may be put there.
        self._study = study = TrackedStudy(
            id=tracking_id(plan.folder),
            name=plan.config.name,
            title=in_language(plan.config.title, language) or plan.config.name,
            folder=plan.folder,
            data=plan.dataset.name,
            image_shape=tuple(plan.dataset.image_shape),
            class_names=tuple(in_language(names, language)),
            quick=plan.quick,
        )
        for worker in self._workers:
            self._observer.tracked(worker.name, worker.tracker.place(study))
        self._tell("study_started", study)

    def _tracked(self, run: PlannedRun) -> TrackedRun:
        if run.id in self._open:
            return self._open[run.id]
        study_id = self._study.id if self._study is not None else ""
        return TrackedRun(
            id=_id_of(study_id, run.alternative, run.seed, run.key),
            name=f"{run.alternative}/{run.folder.name}",
            alternative=run.alternative,
            seed=run.seed,
            key=run.key,
            folder=run.folder,
            settings=self._settings.get(run.alternative, {}),
            epochs=run.epochs,
            parameters=run.parameters,
        )

    def _tracked_trial(self, trial: TrialBegun) -> TrackedRun:
        study_id = self._study.id if self._study is not None else ""
        return TrackedRun(
            id=_id_of(study_id, trial.search, trial.number, _flat(trial.values)),
            name=f"{SEARCHES}/{trial.search}/{trial_folder_name(trial.number)}",
            alternative=trial.search,
            seed=None,
            key="",
            folder=None,
            settings=_flat(trial.values),
            epochs=trial.epochs,
        )

    def _new_files(self) -> list[Path]:
        names = [
            ReportFile.PAGE,
            ReportFile.NUMBERS,
            ReportFile.SUMMARY,
            ReportFile.RUNS,
            ReportFile.COMPARISONS,
            card_name(current_language()),
        ]
        paths = [self._plan.folder / name for name in names]
        # Two seconds: some file systems keep no finer times.
        since = self._began - 2
        return [path for path in paths if path.is_file() and path.stat().st_mtime >= since]

    def _tell(self, event: str, *values: Any, may_be_left_out: bool = False) -> None:
        for worker in self._workers:
            worker.tell(event, *values, may_be_left_out=may_be_left_out)


def _is_recorded(folder: Path) -> bool:
    return (folder / RunFile.RECORD).is_file()


def _id_of(*parts: object) -> str:
    """Return 16 hexadecimal digits that the parts determine."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as trackers take them: a list or a table becomes its JSON.

    Example:
        >>> _flat({"epochs": 3, "augment": ["flip"], "momentum": None})
        {'epochs': 3, 'augment': '["flip"]', 'momentum': None}
    """
    return {
        name: value
        if value is None or isinstance(value, bool | int | float | str)
        else json.dumps(value, default=str)
        for name, value in settings.items()
    }
