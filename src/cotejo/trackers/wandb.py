"""``wandb``: a run of Weights & Biases for each training, grouped by the study."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.errors import ConfigError
from cotejo.store import RunFile, writing
from cotejo.trackers.drawing import pictures_of
from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy, named_row
from cotejo.trackers.tracker import Tracker

__all__ = ["WandbTracker"]

_PROJECT = "cotejo"
_KILLED = 255
"""The exit code of a run that was stopped, which Weights & Biases shows as crashed or failed."""


class WandbTracker(Tracker):
    """Tells Weights & Biases; offline too, as ``WANDB_MODE=offline`` says.

    Args:
        where: ``PROJECT`` or ``ENTITY/PROJECT``; that of ``WANDB_PROJECT``, or ``cotejo``, if left
            out.
    """

    def __init__(self, where: str | None = None) -> None:
        super().__init__(where)
        self._study: TrackedStudy | None = None
        self._runs: dict[str, Any] = {}

    @property
    def _is_online(self) -> bool:
        return os.environ.get("WANDB_MODE", "online").lower() in ("online", "shared", "")

    def check(self) -> None:
        """Log in, if that is needed: the library may ask for a key, and does so now, not later."""
        if not self._is_online:
            return
        import wandb

        try:
            is_logged_in = wandb.login()
        except (wandb.Error, TimeoutError) as error:  # there is nobody to ask
            raise ConfigError("tracking.wandb_no_key") from error
        if not is_logged_in:
            raise ConfigError("tracking.wandb_no_key")

    def place(self, study: TrackedStudy) -> str:
        """Return the project, or offline the folder."""
        entity, project = self._project()
        if self._is_online:
            return "/".join(part for part in (entity, project) if part)
        return str(self._folder(study))

    def study_started(self, study: TrackedStudy) -> None:
        """Keep what the runs are of."""
        self._study = study

    def run_started(self, run: TrackedRun) -> None:
        """Begin the run; offline, without what an earlier attempt left."""
        if run.id in self._runs:
            self._finish(run, "killed", _KILLED)
        if not self._is_online:
            for old in (self._folder() / "wandb").glob(f"offline-run-*-{run.id}"):
                with writing(old):
                    shutil.rmtree(old)
        opened = self._open(run)
        opened.summary["status"] = "running"

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """Log the epoch's numbers."""
        self._runs[run.id].log({"epoch": int(row["epoch"]), **named_row(row)})

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """Log the results, the pictures and the model."""
        import wandb

        opened, study = self._runs[run.id], self._the_study
        opened.summary.update(result.scalars)
        pictures = pictures_of(result, study.class_names)
        if pictures:
            opened.log({name: wandb.Image(each) for name, each in pictures.items()})
        model = next((path for path in result.files if path.name == RunFile.MODEL), None)
        if model is not None:
            artifact = wandb.Artifact(f"model-{run.id}", type="model")
            artifact.add_file(os.fspath(model))
            opened.log_artifact(artifact)
        self._finish(run, "finished", 0)

    def run_failed(self, run: TrackedRun, reason: str) -> None:
        """End the run as failed."""
        self._runs[run.id].summary["reason"] = reason
        self._finish(run, "failed", 1)

    def run_killed(self, run: TrackedRun) -> None:
        """End the run as stopped, if it was told of it now.

        One that an earlier process left behind needs nothing: the server has missed its heartbeat,
        and shows it as crashed.
        """
        if run.id in self._runs:
            self._finish(run, "killed", _KILLED)

    def study_ended(self, status: StudyStatus, files: Sequence[Path]) -> None:
        """Keep the files about all of it as an artifact of a run of their own."""
        import wandb

        study = self._the_study
        if files:
            about = TrackedRun(study.id, "study", "study", None, "", None, {}, 0)
            opened = self._open(about, job_type="study")
            artifact = wandb.Artifact(f"study-{study.id}", type="study")
            for path in files:
                artifact.add_file(os.fspath(path))
            opened.log_artifact(artifact)
            self._finish(about, status, 0 if status == "finished" else 1)

    @property
    def _the_study(self) -> TrackedStudy:
        if self._study is None:
            raise RuntimeError("`study_started` comes first")
        return self._study

    def _project(self) -> tuple[str | None, str]:
        given = self.where or os.environ.get("WANDB_PROJECT") or _PROJECT
        entity, _, project = given.rpartition("/")
        return entity or os.environ.get("WANDB_ENTITY"), project

    def _folder(self, study: TrackedStudy | None = None) -> Path:
        return Path(os.environ.get("WANDB_DIR") or (study or self._the_study).folder)

    def _open(self, run: TrackedRun, job_type: str = "run") -> Any:
        import wandb

        study, (entity, project) = self._the_study, self._project()
        opened = wandb.init(
            entity=entity,
            project=project,
            id=run.id,
            name=run.name,
            group=f"{study.name}-{study.id[:6]}",
            job_type=job_type,
            resume="allow" if self._is_online else None,
            reinit="create_new",
            dir=os.fspath(self._folder()),
            config={
                **run.settings,
                "alternative": run.alternative,
                "seed": run.seed,
                "data": study.data,
                "key": run.key,
                "quick": study.quick,
            },
            # It records neither what is printed nor how busy the machine is.
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_git=True,
                save_code=False,
                x_disable_stats=True,
            ),
        )
        # An earlier attempt may have left steps behind: curves are drawn over epochs.
        opened.define_metric("epoch")
        opened.define_metric("*", step_metric="epoch")
        self._runs[run.id] = opened
        return opened

    def _finish(self, run: TrackedRun, status: str, code: int) -> None:
        opened = self._runs.pop(run.id)
        opened.summary["status"] = status
        opened.finish(exit_code=code)
