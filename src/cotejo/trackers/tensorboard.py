"""``tensorboard``: curves, pictures and hyperparameters, in TensorBoard's own files.

They are written by the package ``tensorboard`` alone, without TensorFlow, so that it works
whatever Keras computes on.
"""

from __future__ import annotations

import os
import socket
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
            study has a folder of its name and the first digits of its id.
    """

    def __init__(self, where: str | None = None) -> None:
        super().__init__(where)
        self._folder = Path()
        self._names: Sequence[str] = ()
        self._writers: dict[str, _Writer] = {}

    def _root(self, study: TrackedStudy) -> Path:
        if self.where is None:
            return study.folder / TENSORBOARD
        # Two studies of one name, such as one file with two folders, are not each other's.
        return Path(self.where) / f"{study.name}-{study.id[:6]}"

    def place(self, study: TrackedStudy) -> str:
        """Return the command that shows it."""
        return f"tensorboard --logdir {self._root(study)}"

    def study_started(self, study: TrackedStudy) -> None:
        """Choose the folder."""
        self._folder, self._names = self._root(study), study.class_names

    def run_started(self, run: TrackedRun) -> None:
        """Begin the run's file anew, with its hyperparameters."""
        from tensorboard.plugins.hparams import metadata
        from tensorboard.plugins.hparams.plugin_data_pb2 import SessionStartInfo

        self._close(run)
        folder = self._folder / run.name
        with writing(folder):
            for old in folder.glob(_EVENTS):
                old.unlink()
        known = {name: value for name, value in run.settings.items() if value is not None}
        if run.seed is not None:
            known["seed"] = run.seed
        begun = SessionStartInfo(group_name=run.id, start_time_secs=time.time())
        for name, value in known.items():
            if isinstance(value, bool):
                begun.hparams[name].bool_value = value
            elif isinstance(value, int | float):
                begun.hparams[name].number_value = value
            else:
                begun.hparams[name].string_value = str(value)
        self._session(run, metadata.SESSION_START_INFO_TAG, session_start_info=begun)
        self._text(run, "status", "running")

    def epoch_ended(self, run: TrackedRun, row: Mapping[str, Any]) -> None:
        """Write the epoch's numbers."""
        self._write(run, _scalars(named_row(row)), int(row["epoch"]))

    def run_finished(self, run: TrackedRun, result: RunResult) -> None:
        """Write the results and the pictures."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._write(run, _scalars(result.scalars), run.epochs)
        for name, picture in pictures_of(result, self._names).items():
            drawn = Summary.Image(
                height=picture.height,
                width=picture.width,
                colorspace=3,
                encoded_image_string=png(picture),
            )
            self._write(run, Summary(value=[Summary.Value(tag=name, image=drawn)]), run.epochs)
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
        from tensorboard.plugins.hparams import api_pb2, metadata
        from tensorboard.plugins.hparams.plugin_data_pb2 import SessionEndInfo

        self._text(run, "status", text)
        number = api_pb2.Status.Value(status)
        ended = SessionEndInfo(status=number, end_time_secs=time.time())
        self._session(run, metadata.SESSION_END_INFO_TAG, session_end_info=ended)
        self._close(run)

    def _session(self, run: TrackedRun, tag: str, **content: Any) -> None:
        """Write what the page of hyperparameters reads.

        From its parts: the package's own functions for it would load TensorFlow where it is there.
        """
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.hparams import metadata
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

        about = metadata.create_summary_metadata(HParamsPluginData(**content))
        value = Summary.Value(tag=tag, metadata=about, tensor=metadata.NULL_TENSOR)
        self._write(run, Summary(value=[value]))

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

        if run.id not in self._writers:
            self._writers[run.id] = _Writer(self._folder / run.name)
        self._writers[run.id].write(Event(wall_time=time.time(), step=step, summary=summary))

    def _close(self, run: TrackedRun) -> None:
        writer = self._writers.pop(run.id, None)
        if writer is not None:
            writer.close()


class _Writer:
    """Writes events into a new file of a folder.

    Not the package's own `EventFileWriter`: that loads TensorFlow where it is installed, for file
    systems that are not used here.
    """

    def __init__(self, folder: Path) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        # As every writer of such files names them: the latest is read last.
        name = f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}"
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / f"{name}.{os.getpid()}.{time.time_ns()}").open("xb")
        self._records = RecordWriter(file)
        self.write(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def write(self, event: Any) -> None:
        """Write an event to the disk."""
        self._records.write(event.SerializeToString())
        self._records.flush()

    def close(self) -> None:
        """Close the file."""
        self._records.close()


def _scalars(values: Mapping[str, float]) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(
        value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
    )
