"""A study: plan the runs, have those trained that are missing, look back, report.

Who does what (`docs/architecture.md` has the whole picture):

- ``study`` is the door: `Study.load`, `Study.run`, `Study.report`.
- ``planning`` makes the plan: what is trained, on what, where, under which keys. ``networks``,
  ``keys``, ``place``, ``quick`` and ``preflight`` each answer one question of it.
- ``execution`` carries the plan out. It hands the jobs to an ``executor`` and turns its ``events``
  into calls of the observer.
- ``run`` trains one job; ``record``, ``evaluation`` and ``results`` are what it writes.
- ``added`` adds a run that was trained elsewhere: ``predictions_file`` and ``history_file`` read
  it, ``given`` checks it, ``added_run`` writes it, and ``added_list`` lists it in ``study.json``.
- ``afterwards`` is what is done once the runs have ended.

What a study leaves on disk is in `docs/files.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cotejo.study.quick import QUICK
from cotejo.study.study import Study

if TYPE_CHECKING:
    from cotejo.study.added_run import Added
    from cotejo.study.execution import StudyResult
    from cotejo.study.executor import Executor, SerialExecutor

__all__ = ["QUICK", "Added", "Executor", "SerialExecutor", "Study", "StudyResult"]


def __getattr__(name: str) -> Any:
    # Deferred, because running a study needs a backend and reporting one does not.
    if name == "StudyResult":
        from cotejo.study.execution import StudyResult

        return StudyResult
    if name == "Added":
        from cotejo.study.added_run import Added

        return Added
    if name in ("Executor", "SerialExecutor"):
        from cotejo.study import executor

        return getattr(executor, name)
    raise AttributeError(f"module 'cotejo.study' has no attribute {name!r}")
