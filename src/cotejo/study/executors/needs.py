"""What each run needs of a cluster: asked of a short timing there, of each pace of training.

It is timed with 1, 2, 4, … cores, each time in a process of its own, how long a run takes and how
much memory. Nothing is timed for a quick look, for trials, where the cluster has GPUs (each run
gets a whole one), or where the runs are too short: where they show their networks fewer than
200,000 images for each timing that it would take.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cotejo.errors import BackendError, OutputError
from cotejo.memory import NEEDED
from cotejo.platform import thread_limits
from cotejo.store import RunFolder, checkpoint_files, read_checkpoint
from cotejo.study.executors.ray_cluster import cancel

if TYPE_CHECKING:
    from cotejo.study.executors.ray_task import Terms
    from cotejo.study.planning import Job, Plan

__all__ = [
    "Needs",
    "Timed",
    "chosen_cores",
    "fixed_needs",
    "has_gpus",
    "is_worth_timing",
    "largest_memory",
    "measured",
    "most_tasks",
    "needs_of",
    "task_options",
]

_IMAGES = 200_000  # shown to networks, for each timing, from which on it is timed
_WAIT = 180.0  # seconds after which timings that have not come are done without
_PAYS = 0.9  # the throughput of a core, beside that of one alone, down to which more cores pay
_GAIN = 1.05  # how many times faster a run has to be for cores that nobody else would use
_ROOM = 1.25  # the memory that a run gets, beside what the timing took, the images apart
_COPIES = 3  # how often the images are in the memory of a run, the shared ones not counted


@dataclass(frozen=True)
class Timed:
    """What a timing found: the seconds that a run takes, and the peak of its memory in bytes."""

    seconds: float
    bytes: int


@dataclass(frozen=True)
class Needs:
    """What a run needs: cores, and bytes of memory."""

    cores: int
    bytes: int


def needs_of(
    ray: Any, terms: Terms, jobs: Sequence[Job], surroundings: Mapping[str, str]
) -> dict[str, Needs]:
    """Return what the runs of each alternative need.

    Runs of an alternative that has runs already, finished or interrupted, get as many cores as
    those, so that they round alike. ``surroundings`` is the environment of a task, without threads.
    """
    found = fixed_needs(terms.plan, jobs, 1)
    if has_gpus(ray.nodes()):
        return found  # it is the GPU that counts, and not how many cores a run had before
    nodes = _living(ray.nodes())
    largest = int(max((node.get("CPU", 0) for node in nodes), default=0))
    before = {name: _cores_before(terms.plan, name) for name in found}
    kept = {name: cores for name, cores in before.items() if 0 < cores <= largest}
    found |= {name: replace(found[name], cores=cores) for name, cores in kept.items()}
    paces = {job.run.alternative: job.settings.pace() for job in jobs}
    of_pace = {pace: name for name, pace in reversed(paces.items()) if name not in kept}
    sizes = [2**power for power in range(largest.bit_length())]
    if not is_worth_timing(terms.plan, jobs, len(of_pace) * len(sizes)):
        return found
    times = _times(ray, terms, of_pace, sizes, surroundings)
    whole = int(sum(node.get("CPU", 0) for node in nodes))
    for name, pace in paces.items():
        timed = times.get(pace, {})
        # Without one core there is nothing that more of them could be compared with.
        if name in kept or 1 not in timed:
            continue
        seconds = {size: each.seconds for size, each in timed.items()}
        cores = chosen_cores(seconds, runs=len(jobs), cores=whole)
        memory = int(_ROOM * max(each.bytes for each in timed.values()))
        found[name] = Needs(cores, memory + _COPIES * _bytes_of_images(terms.plan))
    return found


def fixed_needs(plan: Plan, jobs: Sequence[Job], cores: int) -> dict[str, Needs]:
    """Return the needs of each alternative's runs: so many cores, and a guess of memory."""
    guess = NEEDED + _COPIES * _bytes_of_images(plan)
    return {job.run.alternative: Needs(cores, guess) for job in jobs}


def is_worth_timing(plan: Plan, jobs: Sequence[Job], timings: int) -> bool:
    """Return whether so many timings are worth what they cost."""
    if plan.quick or not timings or any(job.trial is not None for job in jobs):
        return False
    images = len(plan.dataset.train)
    shown = sum(job.run.epochs * images * job.settings.train_fraction for job in jobs)
    return shown >= _IMAGES * timings


def chosen_cores(seconds: Mapping[int, float], *, runs: int, cores: int) -> int:
    """Return how many cores each of ``runs`` gets, of all the ``cores`` of the cluster.

    ``seconds`` are those of a run, by the number of its cores, one among them.

    Example:
        >>> chosen_cores({1: 80.0, 2: 42.0, 4: 30.0}, runs=100, cores=16)
        2
        >>> chosen_cores({1: 80.0, 2: 42.0, 4: 30.0}, runs=4, cores=16)
        4
    """
    chosen = 1
    for size in sorted(seconds):
        pays = seconds[1] >= _PAYS * size * seconds[size]
        is_free = runs * size <= cores and seconds[chosen] >= _GAIN * seconds[size]
        if size > 1 and (pays or is_free):
            chosen = size
    return chosen


def task_options(
    nodes: Sequence[Mapping[str, Any]],
    needs: Needs,
    gpus: float | None,
    surroundings: Mapping[str, str],
) -> dict[str, Any]:
    """Return what Ray is to know of a task: what it needs, and what it finds there.

    Args:
        nodes: as `ray.nodes` lists them.
        needs: of the task's run.
        gpus: how many the run gets; None for a whole one where there are any.
        surroundings: its environment, without threads.

    Raises:
        BackendError: no node has so many cores and GPUs.
    """
    if gpus is None:
        gpus = float(has_gpus(nodes))
    return {
        "num_cpus": needs.cores,
        "num_gpus": gpus,
        # At most what one of the nodes that can take it has, so that it is trained somewhere.
        "memory": int(min(needs.bytes, largest_memory(nodes, needs.cores, gpus))),
        "max_retries": 0,
        "runtime_env": {"env_vars": {**surroundings, **thread_limits(needs.cores)}},
    }


def has_gpus(nodes: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether any of the nodes that `ray.nodes` lists is alive and has a GPU."""
    return any(node.get("GPU", 0) for node in _living(nodes))


def largest_memory(nodes: Sequence[Mapping[str, Any]], cores: int, gpus: float) -> float:
    """Return the most memory, in bytes, of the nodes that have so many cores and GPUs.

    Raises:
        BackendError: no node has.
    """
    fit = [
        node.get("memory", 0)
        for node in _living(nodes)
        if node.get("CPU", 0) >= cores and node.get("GPU", 0) >= gpus
    ]
    if not fit:
        raise BackendError("machines.no_node_fits", cores=cores, gpus=f"{gpus:g}")
    return float(max(fit))


def most_tasks(whole: Mapping[str, float], asked: Sequence[tuple[float, float]]) -> int:
    """Return how many tasks are given to a cluster: twice as many as it can run at once.

    Args:
        whole: the ``CPU`` and the ``GPU`` of the cluster.
        asked: the cores and the GPUs of each kind of task.

    Example:
        >>> most_tasks({"CPU": 16.0}, [(4, 0.0), (2, 0.0)])
        16
        >>> most_tasks({"CPU": 16.0, "GPU": 2.0}, [(1, 0.5)])
        8
    """
    at_once = [
        min(whole.get(name, 0) / each for name, each in (("CPU", cores), ("GPU", gpus)) if each)
        for cores, gpus in asked
    ]
    return max(2, 2 * int(max(at_once)))


def measured(terms: Terms, alternative: str) -> Timed:
    """Time a few steps and a prediction of an alternative, on a node of the cluster."""
    # Deferred: this imports the backend.
    from cotejo.data.folds import fold_count, folds
    from cotejo.study.executors.ray_task import check_conditions
    from cotejo.study.timing import estimate

    check_conditions(terms.expected, socket.gethostname())
    plan = terms.plan
    dataset = next(folds(plan.dataset, plan.config.seeds[0])).dataset
    seconds = estimate(plan.config.alternative(alternative), dataset).run_seconds
    return Timed(fold_count(plan.dataset) * seconds, _peak())


def _times(
    ray: Any,
    terms: Terms,
    of_pace: Mapping[str, str],
    sizes: Sequence[int],
    surroundings: Mapping[str, str],
) -> dict[str, dict[int, Timed]]:
    """Return the timings that came in time: by pace, and by the number of cores."""
    content = ray.put(terms)
    asked = {}
    for size in sizes:
        variables = {**surroundings, **thread_limits(size)}
        # A process of its own for each, so that the peak of memory is its own.
        timing = ray.remote(
            num_cpus=size, max_calls=1, max_retries=0, runtime_env={"env_vars": variables}
        )(measured)
        for pace, name in of_pace.items():
            asked[timing.remote(content, name)] = pace, size
    times: dict[str, dict[int, Timed]] = {}
    try:
        done, _ = ray.wait(list(asked), num_returns=len(asked), timeout=_WAIT)
        for each in done:
            pace, size = asked[each]
            # Whatever went wrong, such as too little memory, the run meets it too and records it.
            with suppress(Exception):
                times.setdefault(pace, {})[size] = ray.get(each)
    finally:
        cancel(ray, asked, force=True)
    return {pace: timed for pace, timed in times.items() if timed}


def _cores_before(plan: Plan, alternative: str) -> int:
    """Return with how many cores a run of an alternative was trained before; 0 if none was."""
    for run in plan.runs:
        if run.alternative != alternative:
            continue
        if run.finished:
            return int((RunFolder(run.folder).record.get("machine") or {}).get("cores") or 0)
        for path in checkpoint_files(run.folder):
            with suppress(OutputError):  # damaged: the run passes it over, too
                return int((read_checkpoint(path).get("machine") or {}).get("cores") or 0)
    return 0


def _living(nodes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what each node has that is alive."""
    return [node["Resources"] for node in nodes if node["Alive"]]


def _bytes_of_images(plan: Plan) -> int:
    dataset = plan.dataset
    return sum(split.images.nbytes for split in (dataset.train, dataset.valid, dataset.test))


def _peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
