"""Weight averaging: the mean of the weights over about the last epoch's steps, in their place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras

__all__ = ["ExponentialAverage"]


class ExponentialAverage(keras.callbacks.Callback):
    """Keeps an exponential moving average of a network's weights, and lets it be validated.

    At an epoch's end the network has the average, normalisation's statistics included, and the
    next epoch goes on from its own weights; what is kept of the training is thus the average.
    Keras's own `use_ema` leaves the statistics behind, and overwrites the weights at the end of
    each `fit`, of which a training in stages has several.

    Args:
        network: whose weights are averaged.
        window: the steps of the average: a step's weights have the share ``1 / window``. The first
            steps have more, so that the average does not remember how the network started.

    References:
        Polyak and Juditsky 1992; the growing window is that of TensorFlow's
        `ExponentialMovingAverage`.

    Example:
        >>> average = ExponentialAverage(keras.Sequential([keras.layers.Dense(1)]), window=100)
        >>> average.share(steps=1, done=0), average.share(steps=1, done=10**6)
        (0.9, 0.01)
    """

    def __init__(self, network: keras.Model, window: int) -> None:
        super().__init__()
        self._network = network
        self._window = window
        self._average: list[NDArray[Any]] = []
        self._own: list[NDArray[Any]] | None = None
        self._done = 0
        self._epoch_steps = 0

    def share(self, steps: int, done: int) -> float:
        """Return what share of the average is new after ``steps`` steps more than ``done``.

        Args:
            steps: how many were taken in one go, without a look at the weights.
            done: how many were taken before.
        """
        kept = min(1 - 1 / self._window, (1 + done) / (10 + done))
        return float(round(1 - kept**steps, 12))

    def on_train_begin(self, logs: Any = None) -> None:
        """Start from the weights as they are, at the first of several `fit`."""
        if not self._average:
            self._average = self._weights()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Go on from the network's own weights."""
        self._epoch_steps = 0
        if self._own is not None:
            self._network.set_weights(self._own)
            self._own = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take the weights into the average."""
        # A compiled execution takes several steps; `batch` is the last one's.
        steps = batch + 1 - self._epoch_steps
        share = self.share(steps, self._done)
        for kept, weight in zip(self._average, self._weights(), strict=True):
            kept += (share * (weight - kept)).astype(kept.dtype)
        self._epoch_steps = batch + 1
        self._done += steps

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Put the average in the weights' place, keeping those."""
        self._own = self._weights()
        self._network.set_weights(self._average)

    def _weights(self) -> list[NDArray[Any]]:
        # Through the trained model: on JAX, asking for it brings the weights up to date.
        return [np.array(weight) for weight in self.model.network.get_weights()]
