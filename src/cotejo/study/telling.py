"""Executing jobs for somebody who is told of events: an error of theirs is none of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cotejo.study.events import Event

if TYPE_CHECKING:
    from cotejo.study.executor import Executor
    from cotejo.study.planning import Job, Plan

__all__ = ["execute"]


class _ObserverError(BaseException):
    """Carries what an observer raised past the executor.

    A run that fails by an `Exception` is recorded as failed, and the next one begins. An error of
    the observer says nothing about the run, so no ``except Exception`` on the way may catch it.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def execute(
    executor: Executor, plan: Plan, jobs: Sequence[Job], tell: Callable[[Event], None]
) -> None:
    """Have jobs trained; what ``tell`` raises on the way is raised as it was."""
    error: Exception | None = None

    def emit(event: Event) -> None:
        try:
            tell(event)
        except Exception as raised:
            raise _ObserverError(raised) from raised

    try:
        executor.execute(plan, jobs, emit)
    except _ObserverError as raised:
        error = raised.error
    # Outside the ``except``, so that the error keeps the causes that it has.
    if error is not None:
        raise error
