"""A callback that ends a training on time."""

from __future__ import annotations

import time
from typing import Any

from cotejo.backend import keras, ops

__all__ = ["Deadline"]


class Deadline(keras.callbacks.Callback):
    """Ends a training on time, with the learning rate that the schedule has at its end.

    If the machine is slower than it was when timed, the schedule is moved forward to match the
    share of the time that has passed. So the learning rate is down when the time is up. A training
    that is just cut off would still have a high rate, and its network would be poor.

    The time of compilation is not counted: otherwise the first step would make the machine look
    slow.

    Args:
        deadline: when to end, in seconds of `time.perf_counter`.
        steps: the planned steps of this part of the training: of the head, or of the whole network.
        compilations: how many stages have to compile in their first step; each is expected to
            take as long as the first one did.
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
        """Note when the stage begins."""
        self._fit_started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the schedule forward if needed, and stop if the time is up."""
        now = time.perf_counter()
        if self._fit_started is not None:
            self._first_steps.append(now - self._fit_started)
            self._fit_started = None
        compiling_ahead = max(0, self._compilations - len(self._first_steps)) * self._first_steps[0]
        elapsed = now - self._started - sum(self._first_steps)
        left = self._deadline - now - compiling_ahead
        share = elapsed / max(elapsed + left, 1e-9)
        iterations = self.model.optimizer.iterations
        due = min(self._steps, round(min(share, 1.0) * self._steps))
        if due > int(ops.convert_to_numpy(iterations)):
            iterations.assign(due)
        if now >= self._deadline:
            self.model.stop_training = True
