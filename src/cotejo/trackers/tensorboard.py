"""``tensorboard``: curves, pictures and hyperparameters, in TensorBoard's own files.

They are written by the package ``tensorboard`` alone, without TensorFlow, so that it works
whatever Keras computes on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.store import TENSORBOARD, writing
from cotejo.trackers.drawing import pictures_of, png
from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy, named_row
from cotejo.trackers.tracker import Tracker

__all__ = ["TensorBoardTracker"]

_EVENTS = "events.out.tfevents.*"


class TensorBoardTracker(Tracker):
    """Writes event files: a folder for each run, as ``tensorboard --logdir`` takes it.

    Args:
        where: the folder; ``tensorboard`` in the study's if left out. In one that is given, each
            study has a folder of its name.
    """

    def __init__(self, where: str | None = None) -> None:
        super().__init__(where)
        self._folder = Path()
        self._names: Sequence[str] = ()
        self._writers: dict[str, Any] = {}

    def _root(self, study: TrackedStudy) -> Path:
        return study.folder / TENSORBOARD if self.where is None else Path(self.where) / study.name

    def place(self, study: TrackedStudy) -> str:
        """Return the command that shows it."""
        return f"tensorboard --logdir {self._root(study)}"

    def study_started(self, study: TrackedStudy) -> None:
        """Choose the folder."""
        self._folder, self._names = self._root(study), study.class_names

    def run_started(self, run: TrackedRun) -> None:
        """Begin the run's file anew, with its hyperparameters."""
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb

        self._close(run)
        folder = self._folder / run.name
        with writing(folder):
            for old in folder.glob(_EVENTS):
                old.unlink()
        known = {name: _plain(value) for name, value in run.settings.items() if value is not None}
        if run.seed is not None:
            known["seed"] = run.seed
        self._write(run, hparams_pb(known, trial_id=run.id, start_time_secs=time.time()))
        self._text(run, "status", "running")

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """Write the epoch's numbers."""
        self._write(run, _scalars(named_row(row)), int(row["epoch"]))
        self._writers[run.id].flush()

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """Write the results and the pictures."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        epochs = int(run.epochs)
        self._write(run, _scalars(result.scalars), epochs)
        for name, picture in pictures_of(result, self._names).items():
            drawn = Summary.Image(
                height=picture.height,
                width=picture.width,
                colorspace=3,
                encoded_image_string=png(picture),
            )
            self._write(run, Summary(value=[Summary.Value(tag=name, image=drawn)]), epochs)
        self._end(run, "finished", "STATUS_SUCCESS")

    def run_failed(self, run: TrackedRun, reason: str) -> None:
        """Write that it failed, and why."""
        self._end(run, f"failed: {reason}", "STATUS_FAILURE")

    def run_killed(self, run: TrackedRun) -> None:
        """Write that it was stopped, if there is anything of it."""
        if run.id in self._writers or any((self._folder / run.name).glob(_EVENTS)):
            self._end(run, "killed", "STATUS_FAILURE")

    def study_ended(self, status: StudyStatus, files: Sequence[Path]) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _end(self, run: TrackedRun, text: str, status: str) -> None:
        from tensorboard.plugins.hparams import api_pb2
        from tensorboard.plugins.hparams.summary import session_end_pb

        self._text(run, "status", text)
        self._write(run, session_end_pb(api_pb2.Status.Value(status)))
        self._close(run)

    def _text(self, run: TrackedRun, tag: str, text: str) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.compat.proto.tensor_pb2 import TensorProto
        from tensorboard.compat.proto.types_pb2 import DT_STRING
        from tensorboard.plugins.text.metadata import create_summary_metadata

        about = create_summary_metadata(display_name=tag, description="")
        tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode()])
        value = Summary.Value(tag=tag, metadata=about, tensor=tensor)
        self._write(run, Summary(value=[value]))

    def _write(self, run: TrackedRun, summary: Any, step: int = 0) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        if run.id not in self._writers:
            folder = self._folder / run.name
            with writing(folder):
                folder.mkdir(parents=True, exist_ok=True)
            self._writers[run.id] = EventFileWriter(os.fspath(folder))
        event = Event(wall_time=time.time(), step=step, summary=summary)
        self._writers[run.id].add_event(event)

    def _close(self, run: TrackedRun) -> None:
        writer = self._writers.pop(run.id, None)
        if writer is not None:
            writer.close()


def _scalars(values: Mapping[str, float]) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(
        value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
    )


def _plain(value: Any) -> Any:
    """Return a setting as hyperparameters can have it: a number, a text or a truth value."""
    return value if isinstance(value, bool | int | float | str) else str(value)
