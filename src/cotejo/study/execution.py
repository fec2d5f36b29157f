"""Running a plan: time, train what is missing, in order, and go on past a failure."""

from __future__ import annotations

from pathlib import Path

from cotejo.backend import keras
from cotejo.config import Alternative, StudyConfig
from cotejo.data import Dataset
from cotejo.errors import TrainingError
from cotejo.models import check_options
from cotejo.progress import Observer, PlannedRun
from cotejo.study.plan import plan_runs
from cotejo.study.record import RunJob
from cotejo.study.run import execute
from cotejo.study.samples import write_samples
from cotejo.study.study import StudyResult
from cotejo.study.timing import estimate

__all__ = ["check_models", "run_study"]


def check_models(config: StudyConfig) -> None:
    """Refuse a study that names a model, or an option of one, that there is not.

    Raises:
        ConfigError: it does.
    """
    for alternative in config.alternatives:
        check_options(alternative.settings.model, alternative.settings.model_options)


def run_study(
    config: StudyConfig,
    dataset: Dataset,
    folder: Path,
    quick: bool,
    command: str,
    observer: Observer,
) -> StudyResult:
    """Train the runs of ``config`` that are missing in ``folder``.

    Raises:
        OutputError: the folder can't be written.
    """
    runs = plan_runs(config, dataset, folder, keras.config.backend())
    observer.planned(config, dataset, runs, folder, quick)
    result = StudyResult(folder, finished=[run for run in runs if run.finished])
    missing = [run for run in runs if not run.finished]
    if missing:
        policies = (alternative.settings.augment for alternative in config.alternatives)
        write_samples(folder, dataset, policies)
        _estimate(config, dataset, missing, observer)
    for run in missing:
        observer.run_started(run)
        job = _job(config, dataset, runs, run, folder, quick, command)
        reason = execute(job, observer)
        if reason is None:
            result.finished.append(run)
        else:
            result.failed.append(run)
            observer.run_failed(run, reason)
    return result


def _estimate(
    config: StudyConfig, dataset: Dataset, missing: list[PlannedRun], observer: Observer
) -> None:
    seconds = 0.0
    for alternative in config.alternatives:
        count = sum(run.alternative == alternative.name for run in missing)
        if count == 0:
            continue
        try:
            found = estimate(alternative, dataset)
        except (TrainingError, MemoryError):
            # Its run will meet the same and record it; the others go on.
            continue
        observer.timed(found)
        seconds += count * found.run_seconds
    observer.estimated(seconds)


def _job(
    config: StudyConfig,
    dataset: Dataset,
    runs: list[PlannedRun],
    run: PlannedRun,
    folder: Path,
    quick: bool,
    command: str,
) -> RunJob:
    settings = _alternative(config, run.alternative).settings
    parent = next(
        (
            other
            for other in runs
            if (other.alternative, other.seed) == (settings.start_from, run.seed)
        ),
        None,
    )
    return RunJob(run, settings, parent, dataset, folder, quick, command)


def _alternative(config: StudyConfig, name: str) -> Alternative:
    return next(found for found in config.alternatives if found.name == name)
