"""The executor that trains on a Ray cluster: each run is a task, wherever there is room.

The plan with its images is in each node's object store once. What a run leaves comes back as bytes
through that store and is written here, so that the machines need to share no folder. Ray finds a
place for each task, and uses a machine that joins. A run whose process or machine ends is begun
again from its start, since it keeps no checkpoints there.
"""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from cotejo.errors import BackendError, CotejoError, OutputError, TrainingError
from cotejo.memory import NEEDED
from cotejo.platform import install_command, thread_limits
from cotejo.study.events import (
    BatchEnded,
    Emit,
    EpochEnded,
    Event,
    RunFailed,
    RunFinished,
    RunStarted,
    TestRead,
)
from cotejo.study.executors.away import Readings, check_can_travel
from cotejo.study.executors.conditions import conditions
from cotejo.study.executors.crate import Crate, packed_parent, unpacked
from cotejo.study.executors.lost import write_lost
from cotejo.study.executors.ray_task import Inbox, task, train_there
from cotejo.study.executors.turns import Turns
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import RunId

__all__ = ["RayExecutor"]

TRIES = 4
"""How often a run is begun whose process or machine ends."""

_PAUSE = 0.05
"""Seconds of waiting for a task before events are asked for again."""

_COPIES = 3
"""How often the images are in the memory of a run, the shared ones not counted."""


class RayExecutor:
    """Trains jobs as tasks of Ray.

    Args:
        address: of a cluster that runs already, such as ``"192.168.1.20:6379"`` or
            ``"ray://host:10001"``; None for the one of this machine, or a new one.
        cores: how many cores each run gets.
        gpus: the share of a GPU that each run gets; None for a whole one where the cluster has any.
        train: what a task does; another function than `train_there` is for measuring the rest.
    """

    elsewhere = True

    def __init__(
        self,
        address: str | None = None,
        *,
        cores: int = 1,
        gpus: float | None = None,
        train: Callable[..., Crate] = train_there,
    ) -> None:
        self._address, self._cores, self._gpus, self._train = address, cores, gpus, train

    def execute(self, plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
        """Train the jobs, as `Executor.execute` says.

        Raises:
            BackendError: Ray is not installed, the cluster can't be reached, or a node of it can't
                train what the study's keys stand for.
            OutputError: files can't be written.
        """
        if not jobs:
            return
        check_can_travel(plan)
        ray = _ray()
        with _connected(ray, self._address):
            options = self._options(ray, plan)
            _Flight(ray, plan, jobs, emit, options, self._train).work()

    def _options(self, ray: Any, plan: Plan) -> dict[str, Any]:
        """Return what Ray is to know of each task: what it needs, and what it finds there."""
        surroundings = {
            **thread_limits(self._cores),
            "KERAS_BACKEND": os.environ["KERAS_BACKEND"],
        }
        gpus = self._gpus
        if gpus is None:
            gpus = 1.0 if ray.cluster_resources().get("GPU", 0) else 0.0
        return {
            "num_cpus": self._cores,
            "num_gpus": gpus,
            "memory": _memory(ray, plan),
            "max_retries": 0,
            "runtime_env": {"env_vars": surroundings},
        }


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # What will be Ray's default; unset, Ray warns that it hides GPUs from tasks that ask for none.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return import_module("ray")
    except ImportError as error:
        raise BackendError("machines.no_ray", command=install_command("ray")) from error


@contextmanager
def _connected(ray: Any, address: str | None) -> Iterator[None]:
    """Connect to a cluster for a block, unless this process has done so already."""
    if ray.is_initialized():
        yield
        return
    # Ray takes SIGTERM for itself, which here ends the study as Ctrl-C does.
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            include_dashboard=None if address else False,
        )
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = str(error).strip().partition("\n")[0]
        shown = address or "ray"
        raise BackendError("machines.ray_unreachable", address=shown, reason=reason) from error
    with suppress(ValueError):  # not in the main thread, where Ray did not take it either
        signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        ray.shutdown()


def _memory(ray: Any, plan: Plan) -> int:
    """Return the bytes that a run may take, at most what the largest node has."""
    dataset = plan.dataset
    images = sum(split.images.nbytes for split in (dataset.train, dataset.valid, dataset.test))
    largest = max((node["Resources"].get("memory", 0) for node in ray.nodes()), default=0)
    return int(min(NEEDED + _COPIES * images, largest))


class _Flight:
    """The tasks of one execution."""

    def __init__(
        self,
        ray: Any,
        plan: Plan,
        jobs: Sequence[Job],
        emit: Emit,
        options: dict[str, Any],
        train: Callable[..., Crate],
    ) -> None:
        self._ray, self._plan, self._emit = ray, plan, emit
        self._turns = Turns(jobs)
        self._readings = Readings(plan.folder)
        self._tasks: dict[Any, Job] = {}
        self._begun: Counter[RunId] = Counter()
        self._told: set[RunId] = set()
        self._parents: dict[RunId, Any] = {}
        precisions = {each.settings.precision for each in plan.config.alternatives}
        self._expected = conditions(sorted(precisions))
        self._task = ray.remote(**options)(task)
        self._content, self._train = ray.put(plan), ray.put(train)
        here = import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=True
        )
        self._inbox = ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(
            Inbox
        ).remote()

    def work(self) -> None:
        """Have all jobs trained."""
        try:
            while self._turns.left:
                while (job := self._turns.take()) is not None:
                    self._begin(job)
                done, _ = self._ray.wait(list(self._tasks), timeout=_PAUSE)
                self._tell()
                for task in done:
                    self._end(task, self._tasks.pop(task))
        finally:
            for task in self._tasks:
                with suppress(Exception):  # the study ends, whatever becomes of its tasks
                    self._ray.cancel(task, force=True)
            with suppress(Exception):
                self._ray.kill(self._inbox)

    def _begin(self, job: Job) -> None:
        self._begun[job.run.id] += 1
        readings = self._readings.of(job.run.key)
        task = self._task.remote(
            self._content,
            job,
            self._parent(job),
            readings,
            self._expected,
            self._inbox,
            self._train,
        )
        self._tasks[task] = job

    def _parent(self, job: Job) -> Any:
        """Return the files of the run that a job starts from, which are in the store once."""
        if job.parent is None:
            return None
        run = job.parent.id
        if run not in self._parents:
            self._parents[run] = self._ray.put(packed_parent(job.parent.folder))
        return self._parents[run]

    def _tell(self) -> None:
        """Pass on what the tasks have said."""
        try:
            events = self._ray.get(self._inbox.take.remote(), timeout=10)
        except self._ray.exceptions.RayError:
            return  # it is started again: what is lost with it are epochs in the display
        running = {job.run.id for job in self._tasks.values()}
        for event in events:
            if event.run in running:
                self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        match event:
            case RunStarted():
                if event.run in self._told:
                    return
                self._told.add(event.run)
            case TestRead():
                self._readings.add(event.key, event.reading)
            case BatchEnded() | EpochEnded():
                self._start(event.run)
            case _:
                pass
        self._emit(event)

    def _start(self, run: RunId) -> None:
        """Say that a run has begun, where what said so was lost."""
        if run not in self._told:
            self._pass_on(RunStarted(run))

    def _end(self, task: Any, job: Job) -> None:
        """Take what came of a task: a run, or nothing, in which case it is tried again."""
        run, errors = job.run.id, self._ray.exceptions
        try:
            crate = self._ray.get(task)
            reason = self._written(crate, job)
        except (errors.RayError, OutputError) as error:
            if isinstance(error, errors.RayTaskError):
                cause = error.cause
                # A node whose disk is full, or gone, is as good as lost.
                if not isinstance(cause, OSError | OutputError):
                    raise (cause if isinstance(cause, CotejoError) else error) from None
            elif isinstance(error, OutputError) and error.key != "file_changed":
                raise
            if self._begun[run] < TRIES:
                self._turns.put_back(job)
                return
            end = type(error).__name__
            reason = TrainingError("machines.node_lost", tries=TRIES, end=end)
            self._start(run)
            write_lost(self._plan, job, reason, str(error), self._emit)
        self._turns.ended(run)
        self._start(run)
        self._emit(RunFinished(run) if reason is None else RunFailed(run, reason))

    def _written(self, crate: Crate, job: Job) -> CotejoError | None:
        """Write what came of a run here, with its readings of the test set."""
        self._start(job.run.id)
        known = self._readings.of(job.run.key)
        for reading in crate.readings:
            # Mostly it is known: the run said so before it read them.
            if reading not in known:
                self._pass_on(TestRead(job.run.id, reading["key"], reading["time"]))
        return unpacked(crate, self._plan, job, self._emit)
