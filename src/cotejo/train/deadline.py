"""The clock of a training that has to end on time."""

from __future__ import annotations

import time
from typing import Any

from cotejo.backend import keras, ops

__all__ = ["Clock"]


class Clock(keras.callbacks.Callback):
    """Ends a training on time, with its learning rate where it should be at the end.

    Where the machine is slower than it was timed, the schedule is moved on to the share of the
    time that is gone, so that the rate has come down when the time is up; a training that is
    merely cut off keeps a rate too high to be any good.

    Compiling has no share of that time: a step that waits for it would seem a slow machine.

    Args:
        deadline: when to end, in the seconds of `time.perf_counter`.
        steps: of the whole training as it was planned.
        compilations: how many first steps compile; those ahead are taken to last as long as the
            first did.
    """

    def __init__(self, deadline: float, steps: int, compilations: int = 1) -> None:
        super().__init__()
        self._started = time.perf_counter()
        self._deadline = deadline
        self._steps = steps
        self._compilations = compilations
        self._first_steps: list[float] = []
        self._fit_started: float | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Note when a stage begins."""
        self._fit_started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the schedule on, and stop where the time is up."""
        now = time.perf_counter()
        if self._fit_started is not None:
            self._first_steps.append(now - self._fit_started)
            self._fit_started = None
        ahead = max(0, self._compilations - len(self._first_steps)) * self._first_steps[0]
        gone = now - self._started - sum(self._first_steps)
        left = self._deadline - now - ahead
        share = gone / max(gone + left, 1e-9)
        iterations = self.model.optimizer.iterations
        due = min(self._steps, round(min(share, 1.0) * self._steps))
        if due > int(ops.convert_to_numpy(iterations)):
            iterations.assign(due)
        if now >= self._deadline:
            self.model.stop_training = True
