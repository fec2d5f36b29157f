"""The telling of one tracker, in a thread of its own.

A tracker may be slow, hang or raise: whoever tells it of a training never waits for it and never
sees its errors. What did not arrive is counted, and said once at the end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from cotejo.errors import CotejoError
from cotejo.trackers.tracker import Tracker

__all__ = ["Worker"]

_MOST_EPOCHS = 1_000
"""How many events may wait before further epochs are left out."""

_MOST = 10_000
"""How many events may wait at all."""

_ERRORS_IN_A_ROW = 3
"""After so many events that failed, one after the other, the tracker is told nothing more."""


class Worker:
    """Tells a tracker in a thread, which begins at once.

    Args:
        name: what the tracker is called.
        tracker: that is told.

    Example:
        >>> class Broken(Tracker):
        ...     def run_failed(self, run, reason):
        ...         raise ConnectionError("no route to host")
        >>> worker = Worker("mine", Broken())
        >>> worker.tell("run_failed", None, "the loss is NaN")
        >>> str(worker.close(seconds=10))
        'mine: 1 of 1 messages did not arrive (ConnectionError: no route to host).'
    """

    def __init__(self, name: str, tracker: Tracker) -> None:
        self.name = name
        self.tracker = tracker
        self._waiting: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._is_busy = False
        self._told, self._lost, self._left_out = 0, 0, 0
        self._in_a_row = 0
        self._first_error: BaseException | None = None
        # A thread that hangs in somebody's library must not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name=f"tracker {name}", daemon=True)
        self._thread.start()

    def tell(self, event: str, *values: Any, may_be_left_out: bool = False) -> None:
        """Have a method of the tracker called; return at once.

        Args:
            event: the method's name.
            *values: what it is given.
            may_be_left_out: whether it is worth less than the others, and goes first if the tracker
                is far behind.
        """
        with self._changed:
            self._told += 1
            if len(self._waiting) >= (_MOST_EPOCHS if may_be_left_out else _MOST):
                self._left_out += 1
                return
            self._waiting.append((event, values))
            self._changed.notify_all()

    @property
    def waits(self) -> bool:
        """Whether there is something that the tracker has not begun to be told."""
        with self._changed:
            return bool(self._waiting)

    def close(
        self, seconds: float, waiting: Callable[[], None] | None = None
    ) -> CotejoError | None:
        """Wait until all is told, and return what did not arrive; None if everything did.

        Args:
            seconds: the longest wait.
            waiting: called once if it takes longer than a second or two.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        began = time.monotonic()
        self._thread.join(min(seconds, 1.5))
        if self._thread.is_alive() and seconds > 1.5:
            if waiting is not None:
                waiting()
            self._thread.join(max(began + seconds - time.monotonic(), 0.0))
        return self._trouble(seconds)

    def _trouble(self, seconds: float) -> CotejoError | None:
        with self._changed:
            late = len(self._waiting) + self._is_busy if self._thread.is_alive() else 0
            # Whoever comes back after the end is told nothing more.
            self._waiting.clear()
            lost = self._lost + self._left_out + late
            error = self._first_error
        values = {"tracker": self.name, "lost": lost, "count": self._told}
        if error is not None:
            reason = f"{type(error).__name__}: {error}".strip(": ").rstrip(".")
            return CotejoError("tracking.failed", reason=reason, **values)
        if late:
            return CotejoError("tracking.late", seconds=round(seconds), **values)
        if lost:
            return CotejoError("tracking.slow", **values)
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                self._is_busy = False
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                event, values = self._waiting.popleft()
                if self._in_a_row >= _ERRORS_IN_A_ROW:
                    self._lost += 1
                    continue
                self._is_busy = True
            try:
                getattr(self.tracker, event)(*values)
                self._in_a_row = 0
            # Also what would end the process: some libraries call `sys.exit`.
            except BaseException as error:
                with self._changed:
                    self._lost += 1
                    self._in_a_row += 1
                    self._first_error = self._first_error or error
