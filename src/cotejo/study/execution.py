"""Running a plan: time, train what is missing, in order, and go on past a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cotejo.config import StudyConfig
from cotejo.data import Dataset
from cotejo.errors import UsageError
from cotejo.progress import Observer, PlannedRun
from cotejo.store import RunFolder
from cotejo.study.afterwards import look_back
from cotejo.study.auditing import write_audit
from cotejo.study.record import RunJob
from cotejo.study.run import execute
from cotejo.study.samples import has_samples, write_samples
from cotejo.study.timing import Paces, estimate

__all__ = ["StudyResult", "run_study"]


@dataclass
class StudyResult:
    """Where a study's files are, and how its runs ended.

    Attributes:
        folder: the study's.
        finished: the runs that finished, now or before.
        failed: the runs that failed now; they are tried again the next time.
    """

    folder: Path
    finished: list[PlannedRun] = field(default_factory=list)
    failed: list[PlannedRun] = field(default_factory=list)


def run_study(
    config: StudyConfig,
    dataset: Dataset,
    runs: Sequence[PlannedRun],
    folder: Path,
    quick: bool,
    command: str,
    observer: Observer,
    deadline: float | None = None,
) -> StudyResult:
    """Train the runs that are not finished, and look at where those that are fail.

    Raises:
        OutputError: the folder can't be written.
    """
    result = StudyResult(folder, finished=[run for run in runs if run.finished])
    missing = [run for run in runs if not run.finished]
    policies = {alternative.settings.augment for alternative in config.alternatives}
    if not has_samples(folder, dataset, policies):
        write_samples(folder, dataset, policies)
    if missing and deadline is None:
        _estimate(config, dataset, missing, observer)
    for run in missing:
        observer.run_started(run)
        settings = config.alternative(run.alternative).settings
        parent = _parent(runs, run, settings.start_from)
        job = RunJob(run, settings, parent, dataset, folder, quick, command, deadline)
        reason = execute(job, observer)
        if reason is None:
            result.finished.append(replace(run, finished=True))
            observer.run_finished(run, RunFolder(run.folder).metrics)
        else:
            result.failed.append(run)
            observer.run_failed(run, reason)
    # Without validation images nothing is compared, and no report is made.
    if result.finished and len(dataset.valid):
        look_back(folder, dataset, observer)
        # A quick look has a part of the images, which says nothing about the whole.
        if not quick:
            write_audit(folder, dataset, observer)
    return result


def _estimate(
    config: StudyConfig, dataset: Dataset, missing: Sequence[PlannedRun], observer: Observer
) -> None:
    seconds = 0.0
    known: Paces = {}
    for alternative in config.alternatives:
        count = sum(run.alternative == alternative.name for run in missing)
        if count == 0:
            continue
        try:
            found = estimate(alternative, dataset, known)
        except UsageError:
            raise
        except Exception:  # noqa: S112
            # Whatever it is, no memory for one, its run will meet it too, and record it.
            continue
        observer.timed(found)
        seconds += count * found.run_seconds
    observer.estimated(seconds)


def _parent(
    runs: Sequence[PlannedRun], run: PlannedRun, start_from: str | None
) -> PlannedRun | None:
    wanted = (start_from, run.seed)
    return next((other for other in runs if (other.alternative, other.seed) == wanted), None)
