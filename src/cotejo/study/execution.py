"""The carrying out of a plan: time it, have an executor train what is missing, look back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cotejo.backend import accelerated
from cotejo.data.folds import fold_count, folds
from cotejo.errors import CotejoError, OutputError, TrainingError, UsageError
from cotejo.store import RunFolder, note_reading, read_readings, reading_of
from cotejo.study.afterwards import look_back
from cotejo.study.description import write_study
from cotejo.study.events import (
    BatchEnded,
    CheckpointWritten,
    EpochEnded,
    Event,
    RunFailed,
    RunFinished,
    RunPlaced,
    RunResumed,
    RunStarted,
    TestRead,
    WaitingToWrite,
)
from cotejo.study.executor import Executor, dismiss
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import Observer, PlannedRun, RunId
from cotejo.study.samples import update_samples
from cotejo.study.tables import ResultTables
from cotejo.study.telling import execute
from cotejo.study.timing import Paces, estimate

__all__ = ["StudyResult", "announce", "carry_out", "conclude", "train_missing"]


@dataclass
class StudyResult:
    """Where a study's files are, and how its runs ended, both in the order of the plan.

    Attributes:
        folder: the study's.
        finished: the runs that finished, now or before.
        failed: the runs that failed now; they are tried again the next time.
        reasons: why each of those failed.
    """

    folder: Path
    finished: list[PlannedRun] = field(default_factory=list)
    failed: list[PlannedRun] = field(default_factory=list)
    reasons: dict[RunId, CotejoError] = field(default_factory=dict)

    def __repr__(self) -> str:
        failed = "".join(
            f"; {name} seed {seed}: {why}" for (name, seed), why in self.reasons.items()
        )
        counts = f"{len(self.finished)} finished, {len(self.failed)} failed"
        return f"<StudyResult in {self.folder}: {counts}{failed}>"


def carry_out(plan: Plan, executor: Executor, observer: Observer) -> StudyResult:
    """Train the runs of a plan that are not finished, and look at what the networks misread.

    Args:
        plan: settled, its folder locked.
        executor: trains the runs.
        observer: told of everything.

    Raises:
        OutputError: the folder can't be written.
        Exception: whatever the observer raises; it ends the study.
    """
    announce(plan, observer)
    result = train_missing(plan, executor, observer)
    dismiss(executor)
    conclude(plan, result, observer)
    return result


def announce(plan: Plan, observer: Observer) -> None:
    """Write what the study is, and tell the observer what is planned.

    Raises:
        OutputError: the folder can't be written.
    """
    write_study(plan)
    observer.planned(plan.config, plan.dataset, plan.own_runs, plan.folder, plan.quick)
    for changes in dict.fromkeys(plan.changes.values()):
        alike = [name for name, own in plan.changes.items() if own == changes]
        observer.networks_adapted(alike, changes)
    policies = {alternative.settings.augment for alternative in plan.config.alternatives}
    update_samples(plan.folder, plan.dataset, policies)


def train_missing(
    plan: Plan, executor: Executor, observer: Observer, *, timed: bool = True
) -> StudyResult:
    """Have the runs of a plan trained that are not finished, and return how all of them ended.

    Args:
        plan: settled.
        executor: trains the runs.
        observer: told of everything.
        timed: whether a few steps are timed first, for an observer that awaits it.
    """
    jobs = plan.jobs
    # On an accelerator, to compile the timed steps would take longer than many a run. What is
    # trained elsewhere has another pace than this process.
    here = not getattr(executor, "elsewhere", False) and not accelerated()
    times = timed and observer.awaits_times and plan.deadline is None and here
    if jobs and times:
        _estimate(plan, jobs, observer)
    relay = _Relay(plan, observer)
    try:
        execute(executor, plan, jobs, relay)
        relay.fail_silent_runs()
    finally:
        relay.finish_tables()
    return relay.result()


def conclude(plan: Plan, result: StudyResult, observer: Observer) -> None:
    """Look at what the networks misread, where a run has finished.

    Raises:
        OutputError: the folder can't be written.
    """
    # Without validation images nothing is compared, and of a shard no report is made.
    if result.finished and not plan.final and plan.shard is None:
        look_back(
            plan.folder,
            plan.dataset,
            plan.quick,
            observer,
            plan.config.sources,
            robustness=plan.config.robustness,
        )


class _Relay:
    """Turns the events of an executor into calls of the observer, and keeps how each run ended."""

    def __init__(self, plan: Plan, observer: Observer) -> None:
        self._plan = plan
        self._observer = observer
        self._runs = {run.id: run for run in plan.own_runs}
        # A final training has no validation figures, which the tables rest on; of a shard they
        # would show a part as if it were all.
        has_tables = not plan.final and plan.shard is None
        self._tables = ResultTables(plan.folder, observer) if has_tables else None
        self._reasons: dict[RunId, CotejoError] = {}
        self._unnoted: list[TestRead] = []
        self._ended: dict[RunId, bool] = {run.id: True for run in plan.own_runs if run.finished}

    def __call__(self, event: Event) -> None:
        run, observer = self._runs[event.run], self._observer
        match event:
            case BatchEnded():
                observer.batch_ended(run, event.epoch, event.step, event.steps)
            case EpochEnded():
                observer.epoch_ended(run, dict(event.row))
            case RunStarted():
                if event.place:
                    observer.run_placed(run, event.place)
                observer.run_started(run)
            case RunPlaced():
                observer.run_placed(run, event.place)
            case RunResumed():
                rows = [dict(row) for row in event.rows]
                observer.run_resumed(run, event.epoch, rows)
            case TestRead():
                self._unnoted.append(event)
                with suppress(OutputError):  # it is tried again when the run has ended
                    self._note_readings()
            case CheckpointWritten():
                pass  # it lies in the run's folder
            case WaitingToWrite():
                observer.waiting_to_write(run, event.reason)
            case RunFinished():
                self._note_readings()
                self._ended[event.run] = True
                self._write_tables()
                observer.run_finished(run, RunFolder(run.folder).metrics)
            case RunFailed():
                self._note_readings()
                self._ended[event.run] = False
                self._reasons[event.run] = event.reason
                self._write_tables()
                observer.run_failed(run, event.reason)

    def _note_readings(self) -> None:
        """Note readings of the test set that were made elsewhere than in the study's folder.

        Raises:
            OutputError: they can't be noted.
        """
        while self._unnoted:
            event = self._unnoted[0]
            if event.reading not in map(reading_of, read_readings(self._plan.folder)):
                note_reading(self._plan.folder, **event.reading)
            self._unnoted.pop(0)

    def fail_silent_runs(self) -> None:
        """Count the runs as failed of which the executor did not say how they ended."""
        for run in self._plan.own_runs:
            if run.id not in self._ended:
                self(RunFailed(run.id, TrainingError("end_unknown")))

    def finish_tables(self) -> None:
        """Bring the tables up to date."""
        if self._tables is not None:
            self._tables.finish()

    def _write_tables(self) -> None:
        if self._tables is not None:
            self._tables.write()

    def result(self) -> StudyResult:
        """Return how the runs ended."""
        result = StudyResult(self._plan.folder, reasons=self._reasons)
        for run in self._plan.own_runs:
            if self._ended[run.id]:
                result.finished.append(replace(run, finished=True))
            else:
                result.failed.append(run)
        return result


def _estimate(plan: Plan, jobs: Sequence[Job], observer: Observer) -> None:
    """Time a few steps of each alternative that is to be trained; tell how long the runs take."""
    seconds = 0.0
    known: Paces = {}
    networks = fold_count(plan.dataset)
    dataset = next(folds(plan.dataset, plan.config.seeds[0])).dataset
    for alternative in plan.config.alternatives:
        count = sum(job.run.alternative == alternative.name for job in jobs)
        if count == 0:
            continue
        try:
            timed = estimate(alternative, dataset, known)
            timed = replace(timed, run_seconds=networks * timed.run_seconds)
        except UsageError:
            raise
        except Exception:  # noqa: S112
            # Whatever it is, such as too little memory, the run will meet it too and record it.
            continue
        observer.timed(timed)
        seconds += count * timed.run_seconds
    observer.estimated(seconds)
