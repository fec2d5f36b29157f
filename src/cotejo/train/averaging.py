"""Weight averaging: the weights are replaced by their mean over about the last epoch's steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops

__all__ = ["ExponentialAverage", "RunningAverage", "assign", "share"]


def share(steps: int, done: int, window: int) -> float:
    """Return the share of the new weights in the average.

    Args:
        steps: the number of steps since the average was last updated.
        done: the number of steps before those.
        window: the length of the average, in steps.

    Example:
        >>> share(steps=1, done=0, window=100), share(steps=1, done=10**6, window=100)
        (0.9, 0.01)
    """
    kept = min(1 - 1 / window, (1 + done) / (10 + done))
    return float(round(1 - kept**steps, 12))


class ExponentialAverage(keras.callbacks.Callback):
    """Keeps an exponential moving average of a network's weights, which is then validated.

    At the end of an epoch the network gets the average, including the statistics of
    normalisation. The next epoch continues from the network's own weights. So the result of the
    training is the average. Keras's own `use_ema` leaves the statistics out, and overwrites the
    weights at the end of each `fit`; a training in stages has several.

    Args:
        network: the network whose weights are averaged.
        window: the length of the average in steps: the weights of one step have the share
            ``1 / window``. The first steps have a larger share, so that the average forgets how
            the network started.

    References:
        Polyak and Juditsky 1992; the growing window is the one of TensorFlow's
        `ExponentialMovingAverage`.

    Example:
        >>> network = keras.Sequential([keras.layers.Dense(1)])
        >>> average = ExponentialAverage(network, window=100)  # a callback of the learner's `fit`
    """

    def __init__(self, network: keras.Model, window: int) -> None:
        super().__init__()
        self._network = network
        self._window = window
        self._average: list[NDArray[Any]] = []
        self._own: list[NDArray[Any]] | None = None
        self._done = 0
        self._epoch_steps = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Start from the present weights, in the first call of `fit` only."""
        if not self._average:
            self._average = self._weights()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Give the network its own weights back."""
        self._epoch_steps = 0
        if self._own is not None:
            self._network.set_weights(self._own)
            self._own = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Add the weights to the average."""
        # One execution may take several steps; `batch` is the index of the last one.
        steps = batch + 1 - self._epoch_steps
        new = share(steps, self._done, self._window)
        for average, weight in zip(self._average, self._weights(), strict=True):
            average += (new * (weight - average)).astype(average.dtype)
        self._epoch_steps = batch + 1
        self._done += steps

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Give the network the average, and keep its own weights for the next epoch."""
        self._own = self._weights()
        self._network.set_weights(self._average)

    def state(self) -> dict[str, Any]:
        """Return the average, and the network's own weights where it has the average."""
        return {
            "average": self._average,
            "own": self._own,
            "done": self._done,
            "epoch_steps": self._epoch_steps,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` returned; the network's weights are not touched."""
        self._average = [each.copy() for each in state["average"]]
        self._own, self._done = state["own"], state["done"]
        self._epoch_steps = state["epoch_steps"]

    def _weights(self) -> list[NDArray[Any]]:
        # Through `self.model`: on JAX, this access brings the weights up to date.
        return [np.array(weight) for weight in self.model.network.get_weights()]


class RunningAverage:
    """`ExponentialAverage`, of weights that stay on the device.

    Args:
        network: the network whose weights are averaged.
        window: the length of the average, in steps.
        every: after how many steps the weights are added to it.
    """

    def __init__(self, network: keras.Model, window: int, every: int) -> None:
        self.network = network
        self.values: list[Any] = []
        self._own: list[Any] | None = None
        self._window = window
        self._every = every
        self._done = 0

    def begin(self) -> None:
        """Start from the present weights, at the first call only."""
        if not self.values:
            self.values = [weight.value.copy() for weight in self.network.weights]

    def shares(self, start: int, end: int) -> NDArray[np.float32]:
        """Return the share of the weights in the average after each step of an epoch.

        Args:
            start: how many steps of the epoch are done.
            end: how many will be.
        """
        shares = np.zeros(end - start, np.float32)
        for step in range(start, end):
            if (step + 1) % self._every == 0:
                shares[step - start] = share(self._every, self._done, self._window)
                self._done += self._every
        return shares

    def state(self) -> dict[str, Any]:
        """Return the average, and the network's own weights where it has the average."""
        own = None if self._own is None else [np.asarray(each) for each in self._own]
        average = [np.asarray(each) for each in self.values]
        return {"average": average, "own": own, "done": self._done}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` returned; the network's weights are not touched."""
        own = state["own"]
        self.values = [ops.array(each) for each in state["average"]]
        self._own = None if own is None else [ops.array(each) for each in own]
        self._done = state["done"]

    def show(self) -> None:
        """Give the network the average, and keep its own weights."""
        self._own = [weight.value for weight in self.network.weights]
        assign(self.network.weights, self.values)

    def hide(self) -> None:
        """Give the network its own weights back."""
        if self._own is not None:
            assign(self.network.weights, self._own)
            self._own = None


def assign(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Give each of Keras's variables its value."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
