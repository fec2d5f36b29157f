"""``mlflow``: a run for each training, nested under one for the study.

It needs only the small package, ``mlflow-skinny``, and uses its client, which has no global state.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from cotejo.errors import ConfigError
from cotejo.store import RunFile
from cotejo.trackers.drawing import pictures_of, png
from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy, named_row
from cotejo.trackers.tracker import Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["MlflowTracker"]

_EXPERIMENT = "cotejo"
_TAG = "cotejo.id"
_PARENT = "mlflow.parentRunId"
_LONGEST = 6_000
"""The letters of a parameter's value that MLflow takes."""


class MlflowTracker(Tracker):
    """Tells MLflow, in the experiment that ``MLFLOW_EXPERIMENT_NAME`` names, or ``cotejo``.

    Args:
        where: the address of a server, or a database such as ``sqlite:///mlflow.db``; what
            ``MLFLOW_TRACKING_URI`` says if left out, or a database of that name here.
    """

    def __init__(self, where: str | None = None) -> None:
        super().__init__(where)
        self._client: MlflowClient | None = None
        self._study: TrackedStudy | None = None
        self._experiment, self._parent = "", ""
        self._runs: dict[str, str] = {}

    @property
    def _uri(self) -> str:
        return self.where or os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlflow.db"

    def check(self) -> None:
        """Refuse folders, which MLflow writes to no longer."""
        scheme = self._uri.partition(":")[0] if ":" in self._uri else ""
        is_folder = scheme in ("", "file") or len(scheme) == 1
        if is_folder and os.environ.get("MLFLOW_ALLOW_FILE_STORE", "").lower() not in ("1", "true"):
            raise ConfigError("tracking.mlflow_folder", place=self._uri)

    def place(self, study: TrackedStudy) -> str:
        """Return the address, or the command that shows a database."""
        address = urlsplit(self._uri)
        # Without a name and a password, if somebody put them there.
        named = "@" in address.netloc
        plain = address._replace(netloc=address.netloc.rpartition("@")[2])
        shown = urlunsplit(plain) if named else self._uri
        if address.scheme in ("http", "https"):
            return shown
        return f"mlflow ui --backend-store-uri {shown}"

    def study_started(self, study: TrackedStudy) -> None:
        """Find the study's run from before, or begin it."""
        # A server that is down is known in seconds, where MLflow would try for minutes.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        # A server's runs would each be printed with their address, between the training's lines.
        os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
        from mlflow import MlflowClient
        from mlflow.entities import RunStatus

        # It says which tables it creates, in the middle of the training's lines.
        for chatty in ("mlflow", "alembic"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        self._study = study
        self._client = client = MlflowClient(tracking_uri=self._uri)
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or _EXPERIMENT
        found = client.get_experiment_by_name(name)
        self._experiment = found.experiment_id if found else client.create_experiment(name)
        known = self._known(study.id)
        tags = {
            _TAG: study.id,
            "mlflow.note.content": study.title,
            "cotejo.data": study.data,
            "cotejo.quick": str(study.quick).lower(),
        }
        if known is None:
            run = client.create_run(self._experiment, tags=tags, run_name=study.name)
            self._parent = run.info.run_id
            return
        self._parent = known.info.run_id
        for tag, text in tags.items():
            client.set_tag(self._parent, tag, text)
        client.update_run(self._parent, RunStatus.to_string(RunStatus.RUNNING))

    def run_started(self, run: TrackedRun) -> None:
        """Begin the run; what was logged of it before goes to MLflow's deleted runs."""
        from mlflow.entities import Param

        client, known = self._the_client, self._known(run.id)
        if known is not None:
            client.delete_run(known.info.run_id)
        tags = {
            _TAG: run.id,
            _PARENT: self._parent,
            "cotejo.key": run.key,
            "cotejo.alternative": run.alternative,
        }
        created = client.create_run(self._experiment, tags=tags, run_name=run.name)
        self._runs[run.id] = created.info.run_id
        values = {**run.settings, "seed": run.seed, "parameters": run.parameters}
        params = [
            Param(name, str(value)[:_LONGEST])
            for name, value in values.items()
            if value is not None
        ]
        client.log_batch(created.info.run_id, params=params)

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """Log the epoch's numbers."""
        self._log(run, named_row(row), int(row["epoch"]))

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """Log the results, the pictures, the files and the model."""
        client, study, own = self._the_client, self._the_study, self._runs[run.id]
        self._log(run, result.scalars, run.epochs)
        with tempfile.TemporaryDirectory() as folder:
            for name, picture in pictures_of(result, study.class_names).items():
                path = Path(folder) / f"{name}.png"
                path.write_bytes(png(picture))
                client.log_artifact(own, os.fspath(path))
        for path in result.files:
            if path.name == RunFile.MODEL:
                with tempfile.TemporaryDirectory() as folder:
                    _write_model(Path(folder), path, study, own)
                    client.log_artifacts(own, folder, "model")
            elif path.suffix in (".json", ".csv", ".txt", ".py"):
                client.log_artifact(own, os.fspath(path))
        client.set_terminated(own, "FINISHED")

    def run_failed(self, run: TrackedRun, reason: str) -> None:
        """End the run as failed."""
        own = self._runs[run.id]
        self._the_client.set_tag(own, "cotejo.reason", reason)
        self._the_client.set_terminated(own, "FAILED")

    def run_killed(self, run: TrackedRun) -> None:
        """End the run as killed, if MLflow thinks that it is running."""
        known = self._known(run.id)
        if known is not None and known.info.status == "RUNNING":
            self._the_client.set_terminated(known.info.run_id, "KILLED")

    def study_ended(self, status: StudyStatus, files: Sequence[Path]) -> None:
        """Log the files about all of it, and end the study's run."""
        client = self._the_client
        for path in files:
            client.log_artifact(self._parent, os.fspath(path))
        client.set_terminated(self._parent, status.upper())

    @property
    def _the_client(self) -> MlflowClient:
        if self._client is None:
            raise RuntimeError("`study_started` comes first")
        return self._client

    @property
    def _the_study(self) -> TrackedStudy:
        if self._study is None:
            raise RuntimeError("`study_started` comes first")
        return self._study

    def _known(self, own_id: str) -> Any:
        """Return MLflow's run of an id, as of an earlier process; None without one."""
        found = self._the_client.search_runs(
            [self._experiment], f"tags.`{_TAG}` = '{own_id}'", max_results=1
        )
        return found[0] if found else None

    def _log(self, run: TrackedRun, values: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [Metric(name, value, now, step) for name, value in values.items()]
        self._the_client.log_batch(self._runs[run.id], metrics=metrics)


def _write_model(folder: Path, model: Path, study: TrackedStudy, run_id: str) -> None:
    """Write a model as ``mlflow.keras`` would, with its signature, without loading Keras.

    `mlflow.keras.load_model` and MLflow's serving read it.
    """
    import numpy as np
    from mlflow.models import Model, ModelSignature
    from mlflow.types.schema import Schema, TensorSpec

    images = TensorSpec(np.dtype(np.float32), (-1, *study.image_shape), name=None)
    chances = TensorSpec(np.dtype(np.float32), (-1, len(study.class_names)), name=None)
    described = Model(artifact_path="model", run_id=run_id)
    described.signature = ModelSignature(Schema([images]), Schema([chances]))
    keras = version("keras")
    described.add_flavor(
        "keras",
        data="data",
        keras_version=keras,
        keras_backend=_backend(),
        save_exported_model=False,
    )
    described.add_flavor(
        "python_function",
        loader_module="mlflow.keras",
        python_version=".".join(map(str, sys.version_info[:3])),
    )
    described.save(os.fspath(folder / "MLmodel"))
    data = folder / "data"
    data.mkdir()
    (data / "keras_module.txt").write_text("keras", encoding="utf-8")
    shutil.copyfile(model, data / RunFile.MODEL)  # MLflow's name for it, too
    requirements = f"keras=={keras}\nmlflow\n{_backend()}\n"
    (folder / "requirements.txt").write_text(requirements, encoding="utf-8")


def _backend() -> str:
    return os.environ.get("KERAS_BACKEND", "tensorflow")
