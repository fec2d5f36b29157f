"""The state of a training, taken from the objects of the loop, and brought back to them.

Each object that has a state offers ``state()``, plain values and arrays, and ``restore(state)``.
The variables of the network, the optimizer, random numbers and metrics are state as well. With the
position, which is an epoch and a step, this is all that a training depends on: the order of its
images is drawn again from the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cotejo import stopping
from cotejo.backend import keras, ops
from cotejo.train.averaging import assign
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.stages import Stage

__all__ = ["Keeper", "Stateful", "WithinEpoch", "left_of"]


class Stateful(Protocol):
    """An object of the loop that has a state."""

    def state(self) -> Any:
        """Return the state: plain values and arrays."""

    def restore(self, state: Any) -> None:
        """Bring a state back."""


class Keeper(keras.callbacks.Callback):
    """Takes checkpoints at the ends of steps and epochs; it is the last of the callbacks.

    If there is a checkpoint already, the training goes on from the last one.

    Args:
        checkpoints: where they are.
        seconds: gives the seconds that the training has taken so far.
        inside: whether checkpoints are taken inside of an epoch too.
        at_end: whether one is taken when the last epoch has ended.

    Attributes:
        metrics: the sums of the epoch so far, where the engine has them and not the learner.
        images: the hard images of the stage, which can't be chosen again once it has begun.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        seconds: Callable[[], float],
        *,
        inside: bool = True,
        at_end: bool = True,
    ) -> None:
        super().__init__()
        self._checkpoints = checkpoints
        self._seconds = seconds
        self._inside, self._at_end = inside, at_end
        self._part, self._scans = "", False
        self._last = 0
        self._objects: Mapping[str, Stateful] = {}
        self._network: keras.Model | None = None
        self._epoch = 0
        self.metrics: Sequence[Any] | None = None
        self.images: NDArray[np.int64] | None = None
        self.found = checkpoints.latest()
        """What the last checkpoint holds; None once it has been brought back."""

    @property
    def seconds_before(self) -> float:
        """The seconds of the training until the checkpoint."""
        return float(self.found["seconds"]) if self.found else 0.0

    @property
    def is_past_head(self) -> bool:
        """Whether the checkpoint is of the part in which the whole network learns."""
        return self.found is not None and self.found["part"] == "whole"

    def begin(
        self,
        part: str,
        network: keras.Model,
        epochs: tuple[int, int],
        *,
        scans: bool,
        losses: keras.Variable,
        objects: Mapping[str, Stateful],
    ) -> tuple[int, int, bool]:
        """Begin a part of the training, and bring back what it begins with.

        Args:
            part: its name: ``head``, or ``whole`` of the whole network.
            network: what is trained in it.
            epochs: its first epoch, from 0, and the one before which it ends.
            scans: whether the engine is the one that scans.
            losses: of the images when they were last seen.
            objects: that have a state, by name.

        Returns:
            The epoch where it begins or goes on, from 0, the steps of this epoch that are done,
            and whether this part of the training had been told to stop.
        """
        self._part, self._network, self._last = part, network, epochs[1]
        self._scans, self._objects = scans, objects
        self.images = None
        found = self.found
        if found is None or found["part"] != part:
            self.found = None
            return epochs[0], 0, False
        assign(network.variables, found["network"])
        objects["validator"].restore(found["validator"])
        if found["losses"] is not None:
            losses.assign(found["losses"])
        self.images = found["images"]
        return found["epoch"], found["step"], found["stopped"]

    def on_train_begin(self, logs: Any = None) -> None:
        """Bring everything back: the learner is ready, and the others have begun."""
        learner, found = self.model, self.found
        if found is not None:
            assign(self._variables_of_network, found["network"])
            assign(learner.optimizer.variables, found["optimizer"])
            learner.draws.state.assign(found["draws"])
            self._restore_objects(found)
        variables = [*self._variables_of_network, *learner.optimizer.variables]
        self._checkpoints.begin(sum(4 * int(np.prod(each.shape)) for each in variables))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Bring back what the others have set anew for an epoch that had begun before."""
        self._epoch = epoch
        self.metrics = None
        found, self.found = self.found, None
        if found is not None and found["step"]:
            self._restore_objects(found)
            if self._scans:
                self.metrics = [ops.convert_to_tensor(each) for each in found["metrics"]]
            else:
                assign(self.model.metrics_variables, found["metrics"])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take a checkpoint if one is due, or if the training is to stop."""
        asked = stopping.is_waiting()
        # The last step of an epoch is followed by its end.
        if batch + 1 == self.params["steps"] or not (asked or self._checkpoints.is_due(True)):
            return
        if self._inside:
            self._save(self._epoch, batch + 1)
        self._stop(asked)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Take a checkpoint if one is due, or if the training is to stop."""
        asked = stopping.is_waiting()
        ends = epoch + 1 == self._last or self.model.stop_training
        if (asked or self._checkpoints.is_due(False)) and (self._at_end or not ends):
            self._save(epoch + 1, 0)
        self._stop(asked)

    def _stop(self, asked: bool) -> None:
        # A training that scans is stopped by whoever drives it, together with others.
        if asked and not self._scans:
            stopping.check()

    def _save(self, epoch: int, step: int) -> None:
        self._checkpoints.save(lambda: self._state(epoch, step))

    def _state(self, epoch: int, step: int) -> dict[str, Any]:
        learner = self.model  # on JAX, this access brings the variables up to date
        metrics = self.metrics if self._scans else learner.metrics_variables
        return {
            "part": self._part,
            "epoch": epoch,
            "step": step,
            "stopped": bool(learner.stop_training),
            "seconds": self._seconds(),
            "network": _taken(self._variables_of_network),
            "optimizer": _taken(learner.optimizer.variables),
            "draws": ops.convert_to_numpy(learner.draws.state),
            "losses": None if learner.seen_losses is None else _array(learner.seen_losses),
            "metrics": _taken(metrics or ()) if step else None,
            "images": self.images if step else None,
            **{name: each.state() for name, each in self._objects.items()},
        }

    def _restore_objects(self, found: Mapping[str, Any]) -> None:
        for name, each in self._objects.items():
            each.restore(found[name])

    @property
    def _variables_of_network(self) -> Sequence[Any]:
        """Its weights, and the states of its random numbers."""
        return () if self._network is None else self._network.variables


class WithinEpoch(keras.callbacks.Callback):
    """Tells callbacks of a `fit` that does the rest of an epoch, by the numbers of the whole one.

    Args:
        callbacks: that are told.
        skipped: how many steps of the epoch were done before.
        steps: how many steps the epoch has.
    """

    def __init__(
        self, callbacks: Sequence[keras.callbacks.Callback], skipped: int, steps: int
    ) -> None:
        super().__init__()
        self._callbacks = callbacks
        self._skipped = skipped
        self._steps = steps

    def set_model(self, model: Any) -> None:
        """Pass it on."""
        super().set_model(model)
        for callback in self._callbacks:
            callback.set_model(model)

    def set_params(self, params: Any) -> None:
        """Pass them on, with the steps of the whole epoch."""
        super().set_params(params)
        for callback in self._callbacks:
            callback.set_params({**params, "steps": self._steps})

    def on_train_begin(self, logs: Any = None) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_train_begin(logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Pass it on."""
        for callback in self._callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Pass it on, with the number of the step in the epoch."""
        for callback in self._callbacks:
            callback.on_train_batch_begin(self._skipped + batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Pass it on, with the number of the step in the epoch."""
        for callback in self._callbacks:
            callback.on_train_batch_end(self._skipped + batch, logs)


def left_of(stage: Stage, epoch: int, step: int) -> list[tuple[int, int, int]]:
    """Return what is left of a stage: first epoch, number of epochs, steps of the first to skip.

    An epoch that was interrupted is apart from those that follow.

    Args:
        stage: the stage.
        epoch: where it goes on, from 0.
        step: the steps of this epoch that are done.

    Example:
        >>> left_of(Stage(first=2, epochs=5, steps=10), epoch=3, step=4)
        [(3, 1, 4), (4, 3, 0)]
        >>> left_of(Stage(first=2, epochs=5, steps=10), epoch=0, step=0)
        [(2, 5, 0)]
    """
    end = stage.first + stage.epochs
    epoch, step = max((epoch, step), (stage.first, 0))
    parts = [(epoch, 1, step)] if step and epoch < end else []
    rest = epoch + len(parts)
    return [*parts, *([(rest, end - rest, 0)] if rest < end else [])]


def _array(variable: Any) -> NDArray[Any]:
    return np.array(ops.convert_to_numpy(variable))


def _taken(variables: Sequence[Any]) -> list[NDArray[Any]]:
    return [_array(each) for each in variables]
