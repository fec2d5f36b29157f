"""What runs on a node of a Ray cluster: the training of one run, far from the study's folder.

Importing this module loads no backend: the process that keeps the events needs none.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cotejo.study.events import BatchEnded, Event, RunStarted

if TYPE_CHECKING:
    from cotejo.study.executors.crate import Crate
    from cotejo.study.planning import Job, Plan

__all__ = ["Conditions", "Inbox", "task", "train_there"]

_SECONDS = 1.0
"""The least time between two batches that are told of."""


@dataclass(frozen=True)
class Conditions:
    """What has to be the same where a run is trained as where its key was made.

    Attributes:
        cotejo: the version.
        backend: Keras's.
        precisions: what each precision of the study means there.
    """

    cotejo: str
    backend: str
    precisions: Mapping[str, str]


class Inbox:
    """Keeps what tasks say until the study asks for it; an actor, on the study's own machine."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        """Keep an event."""
        self._events.append(event)

    def take(self) -> list[Event]:
        """Return what came since it was last asked for."""
        events, self._events = self._events, []
        return events


def task(
    plan: Plan,
    job: Job,
    parent: Mapping[str, bytes] | None,
    readings: Sequence[Mapping[str, Any]],
    expected: Conditions,
    inbox: Any,
    train: Any,
) -> Crate:
    """Train a run by ``train``, which is called as `train_there`; its events go to an `Inbox`."""
    ray: Any = import_module("ray")
    node = ray.get_runtime_context().get_node_id()[:4]

    def tell(event: Event) -> None:
        inbox.put.remote(event)

    trained: Crate = train(plan, job, parent, readings, expected, tell, node)
    return trained


def train_there(
    plan: Plan,
    job: Job,
    parent: Mapping[str, bytes] | None,
    readings: Sequence[Mapping[str, Any]],
    expected: Conditions,
    tell: Any,
    node: str,
) -> Crate:
    """Train a run in a folder of its own and return its files.

    Args:
        plan: the plan that the job is of.
        job: the run, as the study has it.
        parent: the files of the run that it starts from.
        readings: the earlier ones of the test set under its key.
        expected: the conditions that its key was made for.
        tell: called with each event; of the batches, at most one a second.
        node: a short name of the node, beside that of the machine.

    Returns:
        What it left.

    Raises:
        BackendError: this node can't train what the key stands for.
    """
    # Deferred: this imports the backend, once in each of Ray's processes.
    from cotejo.store import read_readings, reading_of
    from cotejo.study.executors.away import own_folder
    from cotejo.study.executors.crate import Crate, job_in, packed
    from cotejo.study.run import train_run

    place = f"{socket.gethostname()}:{node}"
    _check(expected, place)
    tell(RunStarted(job.run.id, place))
    told = 0.0

    def emit(event: Event) -> None:
        nonlocal told
        if isinstance(event, BatchEnded):
            if time.monotonic() - told < _SECONDS:
                return
            told = time.monotonic()
        tell(event)

    # A checkpoint would be left where nobody looks for it.
    config = plan.config.model_copy(update={"checkpoint_minutes": 0})
    with own_folder(replace(plan, config=config), readings) as own:
        there = job_in(job, own.folder, parent)
        reason = train_run(own, there, emit)
        read = tuple(map(reading_of, read_readings(own.folder)[len(readings) :]))
        return Crate(reason, packed(there.run.folder), read)


def _check(expected: Conditions, place: str) -> None:
    from cotejo.errors import BackendError
    from cotejo.study.executors.conditions import conditions

    here = conditions(expected.precisions)
    if here == expected:
        return
    for name, ours in (("cotejo", here.cotejo), ("backend", here.backend)):
        theirs = getattr(expected, name)
        if ours != theirs:
            raise BackendError("machines.node_differs", node=place, found=ours, expected=theirs)
    for asked, theirs in expected.precisions.items():
        ours = here.precisions[asked]
        if ours != theirs:
            raise BackendError("machines.node_precision", node=place, found=ours, expected=theirs)
