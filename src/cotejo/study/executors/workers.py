"""The executor that trains in several processes of this machine, a run in each.

A run is the same as in one process, with the cores of its worker: how many those are is in its
``run.json``, because a backend may round otherwise on another number of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from cotejo.backend import accelerated
from cotejo.errors import BackendError, ConfigError, CotejoError, TrainingError
from cotejo.platform import gpu_names, own_cores
from cotejo.study.events import Emit, RunFailed, RunFinished, RunPlaced, RunStarted, TestRead
from cotejo.study.executors.away import Readings, check_can_travel
from cotejo.study.executors.crew import Crew, Worker, shares
from cotejo.study.executors.lost import write_lost
from cotejo.study.executors.shared import is_done
from cotejo.study.executors.turns import Turns
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import RunId
from cotejo.study.replaced import clear

__all__ = ["WorkersExecutor"]

_TRIES = 2
"""How often a run is begun whose process ends."""


class WorkersExecutor:
    """Trains jobs in several processes of this machine.

    Args:
        count: how many processes, at most one for each core.

    Raises:
        ConfigError: there are not so many cores.
    """

    elsewhere = True

    def __init__(self, count: int) -> None:
        cores = len(own_cores())
        if type(count) is not int or not 1 <= count <= cores:
            raise ConfigError("machines.workers_number", received=count, cores=cores)
        self._count = count
        self._kept: Crew | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the processes over the executions of a block; they end with it, however it ends."""
        with self._crew() as crew:
            self._kept = crew
            try:
                yield
            finally:
                self._kept = None

    def dismiss(self) -> None:
        """End the processes that are kept and wait for work."""
        if self._kept is not None:
            self._kept.end(at_once=False)

    def execute(self, plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
        """Train the jobs, as `Executor.execute` says.

        Raises:
            OutputError: files can't be written.
            BackendError: a worker can't start.
        """
        if not jobs:
            return
        check_can_travel(plan)
        with self._at_work() as crew:
            crew.employ(plan, min(self._count, len(jobs)))
            _Shift(plan, jobs, emit, crew).work()

    def _at_work(self) -> AbstractContextManager[Crew]:
        """Return the crew that is kept, or else one for the block."""
        return self._crew() if self._kept is None else nullcontext(self._kept)

    def _crew(self) -> Crew:
        # The shares are those of the whole crew, so that no run has more cores than another.
        return Crew(shares(own_cores(), self._count), _devices() if accelerated() else [])


def _devices() -> list[str]:
    """Return the GPUs that workers share: those that the user chose, or all."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name for name in chosen.split(",") if name.strip()]
    return [str(number) for number in range(len(gpu_names()))]


class _Shift:
    """The work of a crew on the jobs of one execution."""

    def __init__(self, plan: Plan, jobs: Sequence[Job], emit: Emit, crew: Crew) -> None:
        self._plan, self._emit, self._crew = plan, emit, crew
        self._turns = Turns(jobs)
        self._readings = Readings(plan.folder)
        self._begun: Counter[RunId] = Counter()
        self._failed_starts = 0

    def work(self) -> None:
        """Have all jobs trained."""
        try:
            self._work()
        except BaseException:
            with suppress(BaseException):  # what stopped the work says more
                self._stop()
            raise

    def _stop(self) -> None:
        """End the workers, which write a checkpoint each, and take what they have still said.

        Their readings of the test set come first. To tell which runs have finished may fail on a
        full disk; the next start finds those by itself.
        """
        self._crew.end(at_once=True)
        left = [(worker, message) for worker, message in self._crew.left() if message is not None]
        for worker, message in left:
            if isinstance(message[-1], TestRead):
                self._heard(worker, *message)
        for worker, message in left:
            if message[0] == "ended":
                self._heard(worker, *message)

    def _work(self) -> None:
        while self._turns.left:
            for worker in self._crew.idle:
                if (job := self._turns.take()) is None:
                    break
                self._give(worker, job)
            worker, message = self._crew.hear()
            if worker not in self._crew.workers:
                continue
            if message is None:
                self._ended(worker)
            else:
                self._heard(worker, *message)

    def _give(self, worker: Worker, job: Job) -> None:
        # Here, so that what is in the way is put aside in the study's folder.
        clear(job.run.folder, job.run.key, self._plan.folder, but_checkpoints=True)
        place = str(worker.number)
        is_first = not self._begun[job.run.id]
        self._emit((RunStarted if is_first else RunPlaced)(job.run.id, place))
        self._begun[job.run.id] += 1
        worker.give(job, self._readings.of(job.run.key))

    def _heard(self, worker: Worker, kind: str, *content: object) -> None:
        match kind, *content:
            case ("ready",):
                worker.is_ready = True
                self._failed_starts = 0
            case "event", event:
                if isinstance(event, TestRead):
                    self._readings.add(event.key, event.reading)
                self._emit(event)  # type: ignore[arg-type]
            case "ended", reason:
                job, worker.job = worker.job, None
                if job is not None:
                    self._end(job, reason if isinstance(reason, CotejoError) else None)
            case "broken", error:
                raise error  # type: ignore[misc]

    def _end(self, job: Job, reason: CotejoError | None) -> None:
        run = job.run.id
        self._turns.ended(run)
        self._emit(RunFinished(run) if reason is None else RunFailed(run, reason))

    def _ended(self, worker: Worker) -> None:
        """Replace a worker that has ended; its run is tried again, or has failed."""
        job, end, said = worker.job, worker.end, worker.said
        if not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts >= _TRIES:
                last = said.strip().rpartition("\n")[2]
                raise BackendError("machines.worker_no_start", end=end, reason=last)
        if job is not None and is_done(job):  # it ended before it could say so
            self._end(job, None)
        elif job is not None:
            if self._begun[job.run.id] < _TRIES:
                self._turns.put_back(job)
            else:
                reason = TrainingError("machines.worker_lost", tries=_TRIES, end=end)
                write_lost(self._plan, job, reason, said, self._emit)
                self._end(job, reason)
        self._crew.replace(worker)
