"""Which run can begin: those in the order of the plan, each after the one that it starts from."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from cotejo.study.planning import Job
from cotejo.study.progress import RunId

__all__ = ["Turns"]


class Turns:
    """The jobs that nobody has begun yet.

    Args:
        jobs: in the order of the plan. A parent that is not among them has ended.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        waiting = {job.run.id for job in jobs}
        self._ready: deque[Job] = deque()
        self._after: dict[RunId, list[Job]] = {}
        self.left = len(jobs)
        """How many runs have not ended."""
        for job in jobs:
            if job.parent is not None and job.parent.id in waiting:
                self._after.setdefault(job.parent.id, []).append(job)
            else:
                self._ready.append(job)

    def take(self) -> Job | None:
        """Return a job that can begin now; None if there is none."""
        return self._ready.popleft() if self._ready else None

    def put_back(self, job: Job) -> None:
        """Have a job begin again, before the others."""
        self._ready.appendleft(job)

    def ended(self, run: RunId) -> None:
        """Take note that a run finished or failed, so that those that start from it can begin."""
        self.left -= 1
        # Before the others: a chain of runs that start from each other is not left to the end.
        self._ready.extendleft(reversed(self._after.pop(run, [])))
