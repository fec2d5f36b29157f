"""What runs on a node of a Ray cluster: the training of one run, far from the study's folder.

Importing this module loads no backend: the process that keeps the events needs none.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cotejo.errors import OutputError
from cotejo.study.events import CheckpointWritten, Event, RunStarted
from cotejo.study.progress import RunId

if TYPE_CHECKING:
    from cotejo.study.executors.between import Between, Parcel
    from cotejo.study.executors.crate import Crate
    from cotejo.study.executors.shared import Shared
    from cotejo.study.planning import Job, Plan

__all__ = ["CHECKPOINT", "Conditions", "Inbox", "Terms", "check_conditions", "task", "train_there"]

CHECKPOINT = "checkpoint"
"""The name of a checkpoint in a parcel."""

_ARRIVAL = 30.0
"""Seconds that the last checkpoint of a run that is stopped has to arrive."""

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


@dataclass(frozen=True)
class Terms:
    """What the tasks of one execution have in common; it is in each node's object store once.

    Attributes:
        plan: the plan that the jobs are of.
        expected: the conditions that the keys were made for.
        shared: the study's folder, which a node may have, too.
        between: the place through which files go; None if they go through Ray.
    """

    plan: Plan
    expected: Conditions
    shared: Shared
    between: Between | None = None


class Inbox:
    """Keeps what tasks say until the study asks for it; an actor, on the study's own machine."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._checkpoints: dict[tuple[RunId, int], bytes | Parcel] = {}

    def put(self, event: Event) -> None:
        """Keep an event."""
        self._events.append(event)

    def keep(self, run: RunId, network: int, content: bytes | Parcel) -> None:
        """Keep the last checkpoint of a run's network, or where it lies."""
        self._checkpoints[run, network] = content

    def take(self) -> tuple[list[Event], dict[tuple[RunId, int], bytes | Parcel]]:
        """Return the events and the checkpoints that came since this was last called."""
        taken = self._events, self._checkpoints
        self._events, self._checkpoints = [], {}
        return taken


def task(
    terms: Terms,
    job: Job,
    parent: Mapping[str, bytes] | None,
    checkpoints: Mapping[int, bytes],
    readings: Sequence[Mapping[str, Any]],
    inbox: Any,
    train: Any,
) -> Crate:
    """Train a run by ``train``, which is called as `train_there`; an `Inbox` is told of it."""
    # What Ray raises where it cancels a task. It does nothing where the signal is ignored, as in
    # all processes of a cluster that a script started in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ray: Any = import_module("ray")
    node = ray.get_runtime_context().get_node_id()[:4]

    def tell(event: Event) -> None:
        inbox.put.remote(event)

    sent: list[Any] = []

    def keep(network: int, content: bytes | Parcel) -> None:
        sent[:] = [inbox.keep.remote(job.run.id, network, content)]

    try:
        trained: Crate = train(terms, job, parent, checkpoints, readings, tell, keep, node)
    except KeyboardInterrupt:
        if sent:
            ray.wait(sent, timeout=_ARRIVAL)
        raise
    return trained


def train_there(
    terms: Terms,
    job: Job,
    parent: Mapping[str, bytes] | None,
    checkpoints: Mapping[int, bytes],
    readings: Sequence[Mapping[str, Any]],
    tell: Callable[[Event], None],
    keep: Callable[[int, bytes | Parcel], None],
    node: str,
) -> Crate:
    """Train a run in a folder of its own and return its files.

    Where the study's folder is here, too, it is trained there, and its files stay.

    Args:
        terms: what it has in common with the others.
        job: the run, as the study has it.
        parent: the files of the run that it starts from.
        checkpoints: the last one of each of its networks, from which it goes on.
        readings: the earlier ones of the test set under its key.
        tell: called with each event; of the batches, with at most one a second.
        keep: called with each checkpoint as it is written: the network's number, and the bytes, or
            where they lie in between.
        node: a short name of the node, beside that of the machine.

    Returns:
        What it left.

    Raises:
        BackendError: this node can't train what the key stands for, or does not reach the place in
            between.
        KeyboardInterrupt: the study stops. What the run has learned is in its last checkpoint.
    """
    # Deferred: this imports the backend, once in each of Ray's processes.
    from cotejo.store import read_readings, reading_of
    from cotejo.study.executors.away import own_folder, seldom
    from cotejo.study.executors.crate import Crate, job_in, packed
    from cotejo.study.executors.shared import is_done, job_there
    from cotejo.study.replaced import clear
    from cotejo.study.run import train_run

    place = f"{socket.gethostname()}:{node}"
    check_conditions(terms.expected, place)
    if terms.between is not None:
        terms.between.check(place)  # before it trains for nothing
    tell(RunStarted(job.run.id, place))
    with own_folder(terms.plan, readings) as own:
        is_in_place = terms.shared.is_here
        if is_in_place:
            there = job_there(job, terms.plan, terms.shared)
            if is_done(there):  # by a try of it whose end nobody heard of
                return Crate(None, {}, is_in_place=True)
            if job.trial is None:
                # What is in the way is put aside there, and not in the folder that goes at the end.
                run = there.run
                clear(run.folder, run.key, terms.shared.path, but_checkpoints=True)
        else:
            there = job_in(job, own.folder, parent, checkpoints)
        send = _sending(terms.between, keep)
        reason = train_run(
            own, there, _emitting(seldom(tell, _SECONDS), None if is_in_place else send, there)
        )
        read = tuple(map(reading_of, read_readings(own.folder)[len(readings) :]))
        if is_in_place:
            return Crate(reason, {}, read, is_in_place=True)
        files = packed(there.run.folder)
        if terms.between is None:
            return Crate(reason, files, read)
        return Crate(reason, {}, read, parcel=terms.between.put(files))


def _sending(
    between: Between | None, keep: Callable[[int, bytes | Parcel], None]
) -> Callable[[int, bytes], None]:
    """Return what sends a checkpoint to the study."""

    def send(network: int, content: bytes) -> None:
        if between is None:
            keep(network, content)
            return
        # As on a full disk: one that can't be sent costs nothing but itself.
        with suppress(OutputError):
            keep(network, between.put({CHECKPOINT: content}))

    return send


def _emitting(
    tell: Callable[[Event], None], keep: Callable[[int, bytes], None] | None, job: Job
) -> Callable[[Event], None]:
    """Return what a run is to call with its events.

    Args:
        tell: called with those that the study is to know.
        keep: called with checkpoints; None where they lie in the study's folder.
        job: the run.
    """
    from cotejo.store import checkpoint_files, read_bytes

    folder = job.run.folder

    def emit(event: Event) -> None:
        if not isinstance(event, CheckpointWritten):
            tell(event)
        elif keep is not None:
            keep(event.network, read_bytes(next(checkpoint_files(folder, event.network))))

    return emit


def check_conditions(expected: Conditions, place: str) -> None:
    """Refuse to train on a machine that would train something else.

    Raises:
        BackendError: its Cotejo, its backend or its precision is another.
    """
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
