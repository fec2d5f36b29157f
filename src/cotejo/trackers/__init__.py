"""Trackers: TensorBoard, MLflow, Weights & Biases, and plain lines, told of a study as it trains.

``events`` holds what they are told, as plain data; ``tracker`` the protocol; ``registry`` finds one
by its name, and says what to install where its packages are missing; ``worker`` tells one in a
thread of its own, so that a tracker which is down neither stops nor slows a training; ``drawing``
makes the pictures. Every other module is one tracker. What a study does is turned into these events
in `cotejo.study.tracking`; nothing here knows how a run is trained.
"""

from __future__ import annotations

from cotejo.trackers.events import RunResult, StudyStatus, TrackedRun, TrackedStudy
from cotejo.trackers.registry import make_tracker, tracker_names
from cotejo.trackers.tracker import Tracker
from cotejo.trackers.worker import Worker

__all__ = [
    "RunResult",
    "StudyStatus",
    "TrackedRun",
    "TrackedStudy",
    "Tracker",
    "Worker",
    "make_tracker",
    "tracker_names",
]
