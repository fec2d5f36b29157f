"""Executors that train the runs of a study elsewhere than in this process.

Who does what:

- ``turns`` says which run can begin: a run that starts from another one comes after it.
- ``away`` gives a run that is trained elsewhere a folder of its own; all executors here use it.
- ``workers`` trains in several processes of this machine: ``crew`` starts and ends them,
  ``placing`` gives all of them the same images in memory, and ``worker`` is what runs in each.
- ``on_ray`` trains as tasks of a Ray cluster: ``ray_task`` is what runs there, ``ray_cluster``
  connects to it, ``crate`` brings a run's files back, ``shared`` finds out where the study's folder
  is there, too, and ``between`` is a place through which files go.
- ``lost`` writes down that a run failed because its process or machine ended.

What an executor has to keep to is in `cotejo.study.executor`. Importing this package loads no
backend: a worker first has to say how many cores there are for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.errors import ConfigError

if TYPE_CHECKING:
    from cotejo.study.executor import Executor

__all__ = ["chosen_executor"]


def chosen_executor(
    executor: Executor | str | None,
    workers: int | None,
    *,
    deadline: bool = False,
    through: str | None = None,
) -> Executor:
    """Return who trains the runs of a study.

    Args:
        executor: one, or ``"ray"`` or ``"ray:ADDRESS"``; None for this machine.
        workers: in how many processes of this machine; None for this one.
        deadline: whether training has to end at a time.
        through: a place in between for what comes from Ray: a URL of fsspec's, or a folder.

    Raises:
        ConfigError: there is no such executor, or what is asked for does not go together.
        BackendError: a package that ``through`` needs is not installed, or it can't be reached.
    """
    is_ray = isinstance(executor, str) and executor.partition(":")[0] == "ray"
    if through is not None and not is_ray:
        raise ConfigError("machines.through_without_ray")
    if workers is not None and executor is not None:
        raise ConfigError("machines.workers_and_executor")
    if deadline and (workers is not None or isinstance(executor, str)):
        raise ConfigError("machines.deadline_elsewhere")
    if workers is not None:
        from cotejo.study.executors.workers import WorkersExecutor

        return WorkersExecutor(workers)
    if isinstance(executor, str):
        if not is_ray:
            raise ConfigError("machines.executor_unknown", received=executor)
        from cotejo.study.executors.on_ray import RayExecutor

        return RayExecutor(executor.partition(":")[2] or None, through=through)
    from cotejo.study.grouped import GroupedExecutor

    return executor or GroupedExecutor()
