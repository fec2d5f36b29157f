"""Runs trained again, and compared with what a study says that they gave."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.config.search import with_found
from cotejo.data import Dataset
from cotejo.errors import CotejoError, OutputError
from cotejo.facts.conditions import differing_conditions
from cotejo.models import resolve
from cotejo.store import RunFolder, StudyFile, StudyFolder, described_content
from cotejo.study.from_python import given_names
from cotejo.study.keys import run_keys
from cotejo.study.planning import Plan, planned_runs
from cotejo.study.quick import quickened
from cotejo.study.run import train_run
from cotejo.verify.data import as_the_study_saw_it
from cotejo.verify.files import SoundRuns
from cotejo.verify.finding import Finding, Level

__all__ = ["rerun_findings"]


def rerun_findings(
    study: StudyFolder,
    runs: SoundRuns,
    dataset: Dataset,
    count: int,
    starting: Callable[[str], object],
    *,
    run_code: bool = False,
) -> Iterator[Finding]:
    """Train some runs again, those that took the least time, and compare the predictions.

    Under the same conditions they must be equal bit for bit; under others it is said by how much
    they differ. Code that lies in the study is run only if the reader says so.
    """
    try:
        written = StudyConfig.load(study.path / StudyFile.CONFIG)
        if names := given_names(written, study.path):
            yield Finding("warning", "verify.rerun_given", {"names": ", ".join(names)})
            return
        if written.sources and not run_code:
            files = ", ".join(written.sources)
            yield Finding("warning", "verify.rerun_own_code", {"files": files})
            return
        _check_sources(study, written)
        searches = study.study.get("searches", ())
        found = {each["name"]: each["found"] for each in searches if each.get("found")}
        config = resolve(with_found(written, found))
    except CotejoError as error:
        yield Finding("error", "verify.broken", {"reason": error}, error)
        return
    if study.study.get("quick"):
        config = quickened(config)
    dataset = as_the_study_saw_it(study, dataset)
    trained = [run for run in runs if not run[2].is_added]  # the others can't be trained here
    shortest = sorted(trained, key=lambda run: float(run[2].record["timings"]["train_seconds"]))
    for alternative, seed, old in shortest[:count]:
        starting("verify.working_rerun")
        with tempfile.TemporaryDirectory() as temporary:
            yield _compared(config, dataset, alternative, seed, old, Path(temporary))


def _check_sources(study: StudyFolder, written: StudyConfig) -> None:
    """Refuse code that is not the one which lies in the study, and which the reader has seen.

    Raises:
        OutputError: the study names another.
    """
    listed = study.study.get("files") or {}
    for source in written.sources.values():
        if listed.get(source.file_name) != described_content(source.content):
            raise OutputError("missing_file", path=study.path / source.file_name)


def _compared(
    config: StudyConfig,
    dataset: Dataset,
    alternative: str,
    seed: int,
    old: RunFolder,
    folder: Path,
) -> Finding:
    values: dict[str, Any] = {"alternative": alternative, "seed": seed}
    config = config.model_copy(update={"seeds": (seed,)})
    keys = run_keys(config, dataset, keras.config.backend())
    if keys.get((alternative, seed)) != old.key:
        return Finding("warning", "verify.rerun_other_key", values)
    parameters = dict.fromkeys((each.name for each in config.alternatives), 0)
    runs = planned_runs(config, keys, folder, parameters)
    plan = Plan(config, config, dataset, folder, runs)
    try:
        new = _train(plan, alternative)
    except CotejoError as error:
        return Finding("error", "verify.broken", {"reason": error}, error)
    before, after = (run.predictions["test_probabilities"] for run in (old, new))
    if np.array_equal(before, after):
        return Finding("ok", "verify.rerun_equal", values)
    values["difference"] = f"{float(np.abs(before - after).max()):.2g}"
    values["images"] = int((before.argmax(axis=1) != after.argmax(axis=1)).sum())
    same = not differing_conditions([old.record, new.record])
    level: Level = "error" if same else "warning"
    return Finding(level, f"verify.rerun_differs_{level}", values)


def _train(plan: Plan, name: str) -> RunFolder:
    """Train an alternative of a plan of one seed, after those that it starts from."""
    run = next(run for run in plan.runs if run.alternative == name)
    job = plan.job(run)
    if job.parent is not None:
        _train(plan, job.parent.alternative)
    reason = train_run(plan, job, lambda event: None)
    if reason is not None:
        raise reason
    return RunFolder(run.folder)
