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

    Args:
        deadline: when to end, in the seconds of `time.perf_counter`.
        steps: of the whole training as it was planned.
    """

    def __init__(self, deadline: float, steps: int) -> None:
        super().__init__()
        self._started = time.perf_counter()
        self._deadline = deadline
        self._steps = steps

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the schedule on, and stop where the time is up."""
        now = time.perf_counter()
        share = (now - self._started) / max(self._deadline - self._started, 1e-9)
        iterations = self.model.optimizer.iterations
        due = min(self._steps, round(share * self._steps))
        if due > int(ops.convert_to_numpy(iterations)):
            iterations.assign(due)
        if now >= self._deadline:
            self.model.stop_training = True
