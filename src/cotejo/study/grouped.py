"""The executor that trains several seeds of an alternative at once, where an accelerator has room.

A step of a small network takes an accelerator less time than it takes to start the step. So the
steps of several seeds are done in one call. Their files are as if they had run one after another.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from cotejo.backend import accelerated, device_memory
from cotejo.config import Settings
from cotejo.data import Dataset
from cotejo.data.folds import fold_count
from cotejo.errors import ConfigError, CotejoError, UsageError
from cotejo.models.cost import operations_per_image
from cotejo.models.observing import layers_of
from cotejo.study.events import Emit, Event, RunFailed, RunFinished, RunStarted
from cotejo.study.executor import SerialExecutor
from cotejo.study.networks import plain_network, same_network
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import RunId
from cotejo.study.run import build_network, run_steps
from cotejo.train import fresh_backend
from cotejo.train.epoch_work import EpochWork
from cotejo.train.loop import training_steps
from cotejo.train.programs import about
from cotejo.train.room import fastest_size
from cotejo.train.scan import can_scan
from cotejo.train.streaming import fits
from cotejo.train.work import Clock, side_by_side

__all__ = ["GroupedExecutor", "fastest_seeds", "seeds_at_once"]

_ASKED = "COTEJO_SEEDS_AT_ONCE"
"""The variable that sets how many seeds are trained at once, in place of what suits the device."""

_MOST = 16

_SMALL_STEP = 10e9
"""The most floating-point operations of a small step: it keeps no accelerator busy by itself."""

_SHARE = 0.5
"""The most that trainings may take of the memory that is free on the device."""

_COPIES = 6
"""How often a network's weights are in memory: with gradients, the optimizer's, the average's."""


class GroupedExecutor:
    """Trains seeds of an alternative together where it is worth it, and the others one by one."""

    def __init__(self) -> None:
        self._fastest: dict[Hashable, int] = {}

    def execute(self, plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
        """Train the jobs, as `Executor.execute` says."""
        for group in self._groups(plan, jobs):
            if len(group) == 1:
                SerialExecutor().execute(plan, group, emit)
            else:
                _train(plan, group, emit)

    def _groups(self, plan: Plan, jobs: Sequence[Job]) -> Iterator[list[Job]]:
        """Yield the jobs in groups that are trained at once, each after those it starts from."""
        most = {
            name: seeds_at_once(plan, plan.config.alternative(name).settings)
            for name in {job.run.alternative for job in jobs}
        }
        if all(size == 1 for size in most.values()):
            yield from ([job] for job in jobs)
            return
        of: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            of[job.run.alternative].append(job)
        # In the order of the plan, where an alternative comes after the one that it starts from.
        for name in dict.fromkeys(run.alternative for run in plan.runs):
            alike = of[name]
            if not alike:
                continue
            size = min(most[name], len(alike))
            if _ASKED not in os.environ:
                size = self._timed(plan, alike[0].settings, size)
            count = -(-len(alike) // size)
            size = -(-len(alike) // count)
            for start in range(0, len(alike), size):
                yield alike[start : start + size]

    def _timed(self, plan: Plan, settings: Settings, most: int) -> int:
        """Return how many seeds at once, up to ``most``, are the fastest.

        It is timed once for all alternatives with the same network and batches, which nearly all of
        a step's time goes into.
        """
        key = same_network(settings), settings.batch_size, settings.precision, most
        if key not in self._fastest:
            self._fastest[key] = fastest_seeds(plan.dataset, settings, most)
        return self._fastest[key]


def seeds_at_once(plan: Plan, settings: Settings) -> int:
    """Return how many seeds of an alternative may be trained at once.

    Raises:
        ConfigError: ``COTEJO_SEEDS_AT_ONCE`` is no number.
    """
    alike = can_scan(settings) and about(settings) is not None and fits(plan.dataset.train)
    if not alike or plan.deadline is not None or fold_count(plan.dataset) > 1:
        return 1
    asked = os.environ.get(_ASKED)
    if asked is not None:
        if not asked.isdecimal() or asked == "0":
            raise ConfigError("seeds_at_once", received=asked)
        return int(asked)
    return _fitting(settings, plan.dataset) if accelerated() else 1


def _fitting(settings: Settings, dataset: Dataset) -> int:
    """Return how many trainings leave the device room, 1 if a single one keeps it busy."""
    with fresh_backend():
        network = plain_network(settings, dataset)
        if 3 * operations_per_image(network) * settings.batch_size > _SMALL_STEP:
            return 1
        outputs = sum(math.prod(shape) for _, shape in layers_of(network))
        # What each layer puts out is kept until the gradients are there, which are as large.
        needed = 4 * (_COPIES * network.count_params() + 2 * settings.batch_size * outputs)
    free = device_memory()
    return _MOST if free is None else max(1, min(_MOST, int(_SHARE * free / needed)))


def fastest_seeds(dataset: Dataset, settings: Settings, most: int) -> int:
    """Return how many seeds at once are trained the fastest, by timing the first steps of one.

    Args:
        dataset: whose images are used; nothing that is learned is kept.
        settings: resolved.
        most: how many are tried at most.
    """
    if most == 1:
        return 1
    try:
        with fresh_backend():
            network = build_network(settings, dataset.train, dataset.num_classes)
            steps = training_steps(network, dataset, settings, seed=0)
            work = next(steps)
            steps.close()
            return fastest_size(work, most) if isinstance(work, EpochWork) else 1
    except UsageError:
        raise
    except Exception:
        return 1  # whatever it is, the runs will meet it too and record it


def _train(plan: Plan, jobs: Sequence[Job], emit: Emit) -> None:
    in_turn = _InTurn(emit, [job.run.id for job in jobs])
    clocks = [Clock() for _ in jobs]
    for job in jobs:
        in_turn(RunStarted(job.run.id))

    def ended(place: int, reason: CotejoError | None) -> None:
        run = jobs[place].run.id
        in_turn(RunFinished(run) if reason is None else RunFailed(run, reason))

    runs = [run_steps(plan, job, in_turn, clock) for job, clock in zip(jobs, clocks, strict=True)]
    try:
        side_by_side(list(zip(runs, clocks, strict=True)), ended)
    except KeyboardInterrupt:
        in_turn.tell_all()  # so that all are known to have been stopped, and where
        raise


class _InTurn:
    """Passes the events of several runs on as if one had been trained after the other.

    Args:
        emit: where they go.
        runs: in their turns.
    """

    def __init__(self, emit: Emit, runs: Sequence[RunId]) -> None:
        self._emit = emit
        self._waiting: dict[RunId, list[Event]] = {run: [] for run in runs}

    def __call__(self, event: Event) -> None:
        """Pass an event on, or keep it until it is its run's turn."""
        self._waiting[event.run].append(event)
        while self._waiting:
            run = next(iter(self._waiting))
            events = self._waiting[run]
            self._waiting[run] = []
            for each in events:
                self._emit(each)
            if not events or not isinstance(events[-1], RunFinished | RunFailed):
                return
            del self._waiting[run]

    def tell_all(self) -> None:
        """Pass on what is kept of all runs, whose turn comes no more."""
        for events in self._waiting.values():
            for each in events:
                self._emit(each)
            events.clear()
