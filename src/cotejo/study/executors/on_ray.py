"""The executor that trains on a Ray cluster: each run is a task, wherever there is room.

The plan with its images is in each node's object store once. Machines that have the study's folder
train right there. What a run leaves elsewhere comes back as bytes through that store and is written
here, so that the machines need to share no folder; its checkpoints come as they are written. So a
run whose process or machine ends goes on elsewhere, and a study that is stopped goes on, too.

Ray finds a place for each task, and uses a machine that joins.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

from cotejo.errors import CotejoError, OutputError
from cotejo.store import keep_checkpoint, last_checkpoints, make_folder
from cotejo.study.events import (
    BatchEnded,
    Emit,
    EpochEnded,
    Event,
    RunFailed,
    RunFinished,
    RunPlaced,
    RunResumed,
    RunStarted,
    TestRead,
)
from cotejo.study.executors.away import Readings, check_can_travel
from cotejo.study.executors.between import Parcel, check_between, fetched, opened
from cotejo.study.executors.conditions import conditions
from cotejo.study.executors.crate import Crate, packed_parent, unpacked
from cotejo.study.executors.crew import GRACE
from cotejo.study.executors.lost import why_lost, write_lost
from cotejo.study.executors.needs import (
    fixed_needs,
    most_tasks,
    needs_of,
    task_options,
)
from cotejo.study.executors.ray_cluster import cancel, connected, load_ray, split
from cotejo.study.executors.ray_task import CHECKPOINT, Inbox, Terms, task, train_there
from cotejo.study.executors.shared import announced, is_done
from cotejo.study.executors.turns import Turns
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import RunId
from cotejo.study.replaced import clear

__all__ = ["RayExecutor"]

TRIES = 4
"""How often a run is begun whose process or machine ends."""

_PAUSE = 0.05
"""Seconds of waiting for a task before events are asked for again."""

_PATIENCE = 10.0
"""Seconds of waiting for what the tasks have said, before their ends are looked for again."""

_UNSEEN = 60.0
"""Seconds for which a network's file system may not show what another machine has written."""

_NOT_WHOLE = ("file_changed", "machines.not_whole")
"""The errors of files that are not as they were written: their run is trained again."""


class RayExecutor:
    """Trains jobs as tasks of Ray.

    Args:
        address: of a cluster that runs already, such as ``"192.168.1.20:6379"`` or
            ``"ray://host:10001"``; None for the one of this machine, or a new one.
        cores: how many cores each run gets; None for as many as pay, by a short timing on the
            cluster (`cotejo.study.executors.needs`), or one if ``gpus`` is given.
        gpus: the share of a GPU that each run gets; None for a whole one where the cluster has any.
        through: a place in between that all machines reach, such as ``"s3://bucket/folder"``, a
            URL of fsspec's or a folder. Files go through it, and not through Ray's object store,
            which may be small, or far from this machine.
        train: what a task does; another function than `train_there` is for measuring the rest.

    Raises:
        ConfigError: there is no such kind of place in between.
        BackendError: a package that it needs is not installed.
    """

    elsewhere = True

    def __init__(
        self,
        address: str | None = None,
        *,
        cores: int | None = None,
        gpus: float | None = None,
        through: str | None = None,
        train: Callable[..., Crate] = train_there,
    ) -> None:
        self._address, self._cores, self._gpus, self._train = address, cores, gpus, train
        self._through = None if through is None else check_between(through)

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
        ray = load_ray()
        with (
            connected(ray, self._address),
            announced(plan.folder) as shared,
            opened(self._through) as between,
        ):
            precisions = {each.settings.precision for each in plan.config.alternatives}
            terms = Terms(plan, conditions(sorted(precisions)), shared, between)
            surroundings = {"KERAS_BACKEND": os.environ["KERAS_BACKEND"]}
            if self._cores is None and self._gpus is None:
                needs = needs_of(ray, terms, jobs, surroundings)
            else:
                needs = fixed_needs(plan, jobs, self._cores or 1)
            nodes = ray.nodes()
            options = {
                name: task_options(nodes, each, self._gpus, surroundings)
                for name, each in needs.items()
            }
            _Flight(ray, terms, jobs, emit, options, self._train).work()


class _Flight:
    """The tasks of one execution."""

    def __init__(
        self,
        ray: Any,
        terms: Terms,
        jobs: Sequence[Job],
        emit: Emit,
        options: Mapping[str, Mapping[str, Any]],
        train: Callable[..., Crate],
    ) -> None:
        self._ray, self._plan, self._emit = ray, terms.plan, emit
        self._turns = Turns(jobs)
        self._readings = Readings(terms.plan.folder)
        self._tasks: dict[Any, Job] = {}
        self._begun: Counter[RunId] = Counter()
        self._told: set[RunId] = set()
        self._taking: Any = None
        self._parents: dict[RunId, Any] = {}
        self._unseen: dict[Any, tuple[float, float]] = {}
        """Of tasks whose files are not seen yet: when to look again, and until when."""
        self._asked = [(each["num_cpus"], each["num_gpus"]) for each in options.values()]
        self._counted: tuple[float, int] | None = None
        self._kinds = {name: ray.remote(**each)(task) for name, each in options.items()}
        self._terms, self._train = ray.put(terms), ray.put(train)
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
                most = self._most()
                while len(self._tasks) < most and (job := self._turns.take()) is not None:
                    self._begin(job)
                ended = self._wait()
                self._tell()
                for each in ended:
                    self._end(each)
        except BaseException:
            with suppress(self._ray.exceptions.RayError):  # what stopped the study says more
                self._stop()
            raise
        finally:
            cancel(self._ray, self._tasks, force=True)
            with suppress(Exception):
                self._ray.kill(self._inbox)

    def _wait(self) -> list[Any]:
        """Wait a moment; return the tasks that have ended, or whose files are looked for again."""
        going = [each for each in self._tasks if each not in self._unseen]
        done: list[Any] = []
        if going:
            done, _ = self._ray.wait(going, timeout=_PAUSE)
        else:
            time.sleep(_PAUSE)
        now = time.monotonic()
        return [*done, *(each for each, (again, _) in self._unseen.items() if now >= again)]

    def _may_come(self, task: Any) -> bool:
        """Return whether what a task left in a shared folder may still be seen here, later."""
        now = time.monotonic()
        _, until = self._unseen.get(task, (now, now + _UNSEEN))
        self._unseen[task] = now + 1.0, until
        return now < until

    def _most(self) -> int:
        """Return how many tasks there may be now: twice those that the cluster runs at once.

        More would only wait, each with its checkpoints in the object store. The cluster is counted
        once a second, so that machines that join have work.
        """
        if self._counted is None or time.monotonic() - self._counted[0] > 1.0:
            whole = self._ray.cluster_resources()
            self._counted = time.monotonic(), most_tasks(whole, self._asked)
        return self._counted[1]

    def _stop(self) -> None:
        """Have the tasks write a checkpoint each, as a stopped training here does, and take them.

        Ray raises `KeyboardInterrupt` in a task, where it waits for the end of a step.
        """
        cancel(self._ray, self._tasks, force=False)
        until = time.monotonic() + GRACE
        while split(self._ray, self._tasks, _PAUSE)[1] and time.monotonic() < until:
            self._hear_readings()
        self._hear_readings()  # once more, for what came between the last time and the end
        for each in split(self._ray, self._tasks, 0)[0]:
            # One that was cut has nothing to take, and what stopped the study says more than that
            # a run can't be written.
            with suppress(self._ray.exceptions.RayError, OutputError):
                self._take(each, self._ray.get(each))

    def _hear_readings(self) -> None:
        """Take what the tasks have said; of their events, only readings of the test set count."""
        for event in self._taken():
            if isinstance(event, TestRead):
                self._pass_on(event)

    def _begin(self, job: Job) -> None:
        # Here, so that what is in the way is put aside in the study's folder.
        clear(job.run.folder, job.run.key, self._plan.folder, but_checkpoints=True)
        self._begun[job.run.id] += 1
        task = self._kinds[job.run.alternative].remote(
            self._terms,
            job,
            self._parent(job),
            last_checkpoints(job.run.folder),
            self._readings.of(job.run.key),
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
        for event in self._taken():
            self._pass_on(event)

    def _taken(self) -> list[Event]:
        """Return what the tasks have said, and write the checkpoints that came beside it."""
        if self._taking is None:
            self._taking = self._inbox.take.remote()
        try:
            events, checkpoints = self._ray.get(self._taking, timeout=_PATIENCE)
        except self._ray.exceptions.GetTimeoutError:
            return []  # it comes the next time
        except self._ray.exceptions.RayError:
            # It is started again: what is lost with it are epochs in the display, and checkpoints
            # that are followed by others.
            self._taking = None
            return []
        self._taking = None
        running = {job.run.id: job for job in self._tasks.values()}
        for (run, network), content in checkpoints.items():
            if run in running:
                _keep(running[run], network, content)
        return [event for event in events if event.run in running]

    def _pass_on(self, event: Event) -> None:
        match event:
            case RunStarted():
                if event.run in self._told:
                    if event.place:
                        self._emit(RunPlaced(event.run, event.place))
                    return
                self._told.add(event.run)
            case TestRead():
                self._readings.add(event.key, event.reading)
            case RunResumed() | BatchEnded() | EpochEnded():
                self._start(event.run)
            case _:
                pass
        self._emit(event)

    def _start(self, run: RunId) -> None:
        """Say that a run has begun, where what said so was lost."""
        if run not in self._told:
            self._pass_on(RunStarted(run))

    def _end(self, task: Any) -> None:
        """Take what came of a task: a run, or nothing, in which case it is tried again."""
        job, errors = self._tasks[task], self._ray.exceptions
        run = job.run.id
        crate: Crate | None = None
        try:
            crate = self._ray.get(task)
            self._take(task, crate)
        except (errors.RayError, OutputError) as error:
            if isinstance(error, errors.RayTaskError):
                cause = error.cause
                # A node whose disk is full, or gone, is as good as lost.
                if not isinstance(cause, OSError | OutputError):
                    raise (cause if isinstance(cause, CotejoError) else error) from None
            elif isinstance(error, OutputError) and error.key not in _NOT_WHOLE:
                raise
            elif crate is not None and crate.is_in_place and self._may_come(task):
                return
            if self._begun[run] < TRIES:
                self._unseen.pop(task, None)
                del self._tasks[task]
                self._turns.put_back(job)
                return
            reason = why_lost(error, job, TRIES)
            self._start(run)
            write_lost(self._plan, job, reason, str(error), self._emit)
            self._ended(task, reason)

    def _take(self, task: Any, crate: Crate) -> None:
        """Write what came of a task here; until then the task stays among those to take."""
        self._ended(task, self._written(crate, self._tasks[task]))

    def _ended(self, task: Any, reason: CotejoError | None) -> None:
        self._unseen.pop(task, None)
        run = self._tasks.pop(task).run.id
        self._turns.ended(run)
        self._emit(RunFinished(run) if reason is None else RunFailed(run, reason))

    def _written(self, crate: Crate, job: Job) -> CotejoError | None:
        """Write what came of a run here, with its readings of the test set."""
        self._start(job.run.id)
        known = self._readings.of(job.run.key)
        for reading in crate.readings:
            # Mostly it is known: the run said so before it read them.
            if reading not in known:
                self._pass_on(TestRead(job.run.id, reading["key"], reading["time"]))
        if is_done(job):
            return None  # the study was stopped after it was written, before it was told of
        if crate.parcel is None:
            return unpacked(crate, self._plan, job, self._emit)
        with fetched(crate.parcel) as files:
            return unpacked(replace(crate, files=files), self._plan, job, self._emit)


def _keep(job: Job, network: int, content: bytes | Parcel) -> None:
    """Write a checkpoint of a run to its folder."""
    # As for a run that is trained here: one that can't be written costs nothing but itself.
    with suppress(OutputError):
        make_folder(job.run.folder)
        if isinstance(content, Parcel):
            with fetched(content) as files:
                keep_checkpoint(job.run.folder, network, files[CHECKPOINT])
        else:
            keep_checkpoint(job.run.folder, network, content)
