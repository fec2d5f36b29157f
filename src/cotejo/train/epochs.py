"""What happens after each epoch: validation, the history, early stopping, the best weights."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.data.dataset import Dataset, Split
from cotejo.errors import TrainingError
from cotejo.train.predict import logits_steps
from cotejo.train.work import Steps, alone

__all__ = ["EpochValidator", "Training"]


@dataclass
class Training:
    """The result of a training, besides the network's weights.

    Attributes:
        history: one row per epoch, with the columns of `cotejo.store.HISTORY_COLUMNS`.
        best_epoch: the epoch whose weights the network has, from 1.
        stopped_early: whether early stopping ended the training before its last epoch.
        train_seconds: the time of all epochs, with their validation and, of a frozen backbone, with
            the computation of its features.
        seconds_before: how much of this was before the last interruption.
        images_per_second: the speed of training in its last part, without validation: the median
            over the epochs. Of a head alone, it is features per second.
        is_of_epoch: whether the weights are those of an epoch that was validated; a callback of the
            user's own can leave others.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    stopped_early: bool = False
    train_seconds: float = 0.0
    seconds_before: float = 0.0
    images_per_second: float = 0.0
    is_of_epoch: bool = True


class EpochValidator(keras.callbacks.Callback):
    """Validates after each epoch, records the history, stops early, restores the best weights.

    Keras's own EarlyStopping restores the best weights only if it stops the training
    (keras#12511).

    Args:
        network: the network that is validated, and gets the best weights back.
        dataset: its validation images are used.
        settings: resolved.
        on_epoch: called with each epoch's row of the history.
        on_batch: called with the epoch (from 1), the steps done and the steps of an epoch.
        clock: what seconds are read from.
    """

    def __init__(
        self,
        network: keras.Model,
        dataset: Dataset,
        settings: Settings,
        on_epoch: Callable[[dict[str, Any]], None],
        on_batch: Callable[[int, int, int], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__()
        self.training = Training()
        self.speeds: list[float] = []
        self._network = network
        self._judged = network
        self._valid = dataset.valid
        self._settings = settings
        self._patient_from = 0
        self._may_stop = True
        self._on_epoch = on_epoch
        self.on_batch = on_batch
        self._clock = clock
        self._best_loss = math.inf
        self._best_weights: list[NDArray[Any]] | None = None
        self._digests: list[str] = []
        self._epoch_started = 0.0
        self._steps_done = 0
        self._learning_rate = 0.0

    def judge(
        self, network: keras.Model, valid: Split, *, after: int = 0, may_stop: bool = True
    ) -> None:
        """Validate another part of the network from now on.

        Args:
            network: what is validated; its weights are the network's own.
            valid: the images, or features, that it is validated on.
            after: the epoch from which early stopping counts its patience.
            may_stop: whether the training may stop early now.
        """
        # The speed is that of the last part, whose first epoch compiles anew.
        self.speeds.clear()
        self._judged, self._valid = network, valid
        self._patient_from, self._may_stop = after, may_stop

    @property
    def figures(self) -> dict[str, float]:
        """The validation figures of the last epoch, by Keras's names for them."""
        row = self.training.history[-1]
        named = {"val_loss": row["valid_loss"], "val_accuracy": row["valid_accuracy"]}
        return {name: value for name, value in named.items() if value is not None}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the time and the learning rate."""
        self._epoch_started = self._clock()
        rate = self.model.optimizer.learning_rate
        self._learning_rate = float(keras.ops.convert_to_numpy(rate))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report the steps done."""
        self._steps_done = batch + 1
        self.on_batch(len(self.training.history) + 1, batch + 1, self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Do as `ended` does, by itself: `fit` tells of an epoch, and waits."""
        # A request to stop is heeded after this, where the epoch is in a checkpoint.
        alone(self.ended(epoch, logs), heeds=False)

    def ended(self, epoch: int, logs: Mapping[str, Any]) -> Steps[None]:
        """Validate, and add a row to the history.

        Raises:
            TrainingError: the loss is infinite or NaN.
        """
        fit_seconds = self._clock() - self._epoch_started
        train_loss = float(logs["loss"])
        valid_loss, valid_accuracy = yield from self._validate()
        # Weights can overflow in the last step of an epoch; then only the validation loss shows it.
        if not math.isfinite(train_loss + (valid_loss or 0.0)):
            raise TrainingError(
                "loss_not_finite", epoch=epoch + 1, learning_rate=self._settings.learning_rate
            )
        row = {
            "epoch": epoch + 1,
            "train_loss": train_loss,
            "train_accuracy": float(logs["accuracy"]),
            "valid_loss": valid_loss,
            "valid_accuracy": valid_accuracy,
            "learning_rate": self._learning_rate,
            "seconds": self._clock() - self._epoch_started,
        }
        self.speeds.append(self._steps_done * self._settings.batch_size / fit_seconds)
        self.training.history.append(row)
        self._on_epoch(row)
        if self._settings.callbacks:
            self._digests.append(self._digest())
        self._keep_best(epoch + 1, valid_loss)

    def restore_best(self) -> None:
        """Give the network the weights of the best epoch, if the training looked for one.

        If it did not, but a callback of the user's own may have put back earlier weights, it is
        found out which those are.
        """
        if self._best_weights is not None:
            self._network.set_weights(self._best_weights)
        elif self._digests:
            last = self._digest()
            same = [number for number, each in enumerate(self._digests, 1) if each == last]
            self.training.is_of_epoch = bool(same)
            if same:  # of epochs with the same weights, the last one that had them
                self.training.best_epoch = same[-1]

    def state(self) -> dict[str, Any]:
        """Return the history so far, and what patience and the choice of the best rest on."""
        best = self._best_weights
        return {
            "history": [dict(row) for row in self.training.history],
            "best_epoch": self.training.best_epoch,
            "stopped_early": self.training.stopped_early,
            "speeds": list(self.speeds),
            "best_loss": self._best_loss,
            "best_weights": None if best is None else [best[each] for each in self._changing],
            "digests": list(self._digests),
            "learning_rate": self._learning_rate,
            "epoch_seconds": self._clock() - self._epoch_started,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` returned, of an epoch that goes on or has ended."""
        self.training.history = [dict(row) for row in state["history"]]
        self.training.best_epoch = state["best_epoch"]
        self.training.stopped_early = state["stopped_early"]
        self.speeds[:] = state["speeds"]
        self._best_loss = state["best_loss"]
        if state["best_weights"] is not None:
            self._best_weights = self._network.get_weights()
            for place, weight in zip(self._changing, state["best_weights"], strict=True):
                self._best_weights[place] = weight
        self._digests = list(state["digests"])
        self._learning_rate = state["learning_rate"]
        self._epoch_started = self._clock() - state["epoch_seconds"]

    @property
    def _changing(self) -> list[int]:
        """The places of the weights that training changes now: not those of a frozen backbone."""
        judged = {id(weight) for weight in self._judged.weights}
        return [place for place, each in enumerate(self._network.weights) if id(each) in judged]

    def _digest(self) -> str:
        """Return the SHA-256 of the network's weights."""
        digest = hashlib.sha256()
        for weights in self._network.get_weights():
            digest.update(np.ascontiguousarray(weights).tobytes())
        return digest.hexdigest()

    def _validate(self) -> Steps[tuple[float | None, float | None]]:
        valid = self._valid
        if not len(valid):
            return None, None
        logits, _ = yield from logits_steps(self._judged, valid.images)
        correct = logits.argmax(axis=1) == valid.labels
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(shifted).sum(axis=1))
        losses = log_sums - np.take_along_axis(shifted, valid.labels[:, None], axis=1)[:, 0]
        return float(losses.mean()), float(correct.mean())

    def _keep_best(self, epoch: int, valid_loss: float | None) -> None:
        patience = self._settings.early_stopping
        if not patience or valid_loss is None:
            self.training.best_epoch = epoch
        elif valid_loss < self._best_loss:
            self._best_loss = valid_loss
            self._best_weights = self._network.get_weights()
            self.training.best_epoch = epoch
        elif (
            self._may_stop and epoch - max(self.training.best_epoch, self._patient_from) >= patience
        ):
            self.training.stopped_early = epoch < self._settings.epochs
            self.model.stop_training = True
