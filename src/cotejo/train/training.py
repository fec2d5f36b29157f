"""One training: a network, the images, the settings; out comes its history, an epoch a row."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import ALTERNATING
from cotejo.backend import keras, steps_feed
from cotejo.config import Settings
from cotejo.data.dataset import Dataset
from cotejo.data.splits import nested_subset
from cotejo.errors import TrainingError
from cotejo.train.learner import Learner, alternating, training_order
from cotejo.train.optimizers import build_optimizer
from cotejo.train.predict import predict_logits

__all__ = ["Training", "compile_learner", "train"]


@dataclass
class Training:
    """What a training left besides the network's weights.

    Attributes:
        history: a row an epoch, by `cotejo.store.HISTORY_COLUMNS`.
        best_epoch: the epoch whose weights the network has, from 1.
        stopped_early: whether the patience ran out before the epochs did.
        train_seconds: all epochs, with their validation.
        images_per_second: in training alone: the median over the epochs.
    """

    history: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    stopped_early: bool = False
    train_seconds: float = 0.0
    images_per_second: float = 0.0


def train(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    *,
    on_epoch: Callable[[dict[str, float]], None] = lambda row: None,
    on_batch: Callable[[int, int, int], None] = lambda epoch, step, steps: None,
) -> Training:
    """Train ``network`` on the training images, choosing on the validation images alone.

    Args:
        network: from pixels in ``[0, 255]`` to logits; its weights are changed in place.
        dataset: its test images are not touched.
        settings: resolved.
        seed: of the order of the images and of the augmentation.
        on_epoch: called with each epoch's row.
        on_batch: called with the epoch (from 1), the steps done and the steps of an epoch.

    Raises:
        TrainingError: the loss is no number any more, or a batch is larger than the data.

    Example:
        >>> from cotejo.data import load
        >>> from cotejo.models import build_model
        >>> digits = load("digits")
        >>> network = build_model("cnn3", digits.image_shape, digits.num_classes)
        >>> training = train(network, digits, Settings(epochs=1).resolved(), seed=1)
        >>> [row["epoch"] for row in training.history]
        [1]
    """
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    steps = len(chosen) // settings.batch_size
    learner = compile_learner(network, dataset, settings, seed)
    drawn = training_order(len(chosen), settings.batch_size, settings.epochs, seed)
    order = chosen[drawn].astype(np.int32)
    labels = dataset.train.labels[order]
    if settings.augment == ALTERNATING:
        order = alternating(order, len(dataset.train), settings.epochs, seed)
    keeper = _EpochKeeper(dataset, settings, steps, on_epoch, on_batch)
    started = time.perf_counter()
    learner.fit(
        steps_feed(order, labels),
        epochs=settings.epochs,
        steps_per_epoch=steps,
        callbacks=[keeper],
        verbose=0,
        shuffle=False,
    )
    training = keeper.training
    training.train_seconds = time.perf_counter() - started
    # The first epoch compiles; it counts only where there is no other.
    seconds = float(np.median(keeper.fit_seconds[1:] or keeper.fit_seconds))
    training.images_per_second = steps * settings.batch_size / seconds
    return training


def compile_learner(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    steps_per_execution: int | None = None,
) -> Learner:
    """Return a compiled learner for ``network``, ready to fit.

    Raises:
        TrainingError: a batch is larger than the training set.
    """
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed))
    if settings.batch_size > images:
        raise TrainingError("too_few_images", batch_size=settings.batch_size, images=images)
    steps = images // settings.batch_size
    learner = Learner(network, dataset.train, settings.augment, seed)
    learner.compile(
        optimizer=build_optimizer(settings, steps * settings.epochs),
        loss=_loss(dataset.num_classes, settings.label_smoothing),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        steps_per_execution=steps_per_execution or _steps_per_execution(steps),
    )
    return learner


def _loss(num_classes: int, smoothing: float) -> Any:
    if not smoothing:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)

    def loss(labels: Any, logits: Any) -> Any:
        # Keras hands labels over as floats on some backends.
        classes = keras.ops.cast(keras.ops.reshape(labels, (-1,)), "int32")
        return smoothed(keras.ops.one_hot(classes, num_classes), logits)

    return loss


def _steps_per_execution(steps: int, most: int = 32) -> int:
    # A divisor, so that an epoch ends where an execution does.
    return max(number for number in range(1, most + 1) if steps % number == 0)


class _EpochKeeper(keras.callbacks.Callback):
    """Validates after each epoch, keeps the history, stops early, restores the best weights.

    Keras's own EarlyStopping restores the best weights only where it stops (keras#12511).
    """

    def __init__(
        self,
        dataset: Dataset,
        settings: Settings,
        steps: int,
        on_epoch: Callable[[dict[str, float]], None],
        on_batch: Callable[[int, int, int], None],
    ) -> None:
        super().__init__()
        self.training = Training()
        self.fit_seconds: list[float] = []
        self._dataset = dataset
        self._settings = settings
        self._steps = steps
        self._on_epoch = on_epoch
        self._on_batch = on_batch
        self._best_loss = math.inf
        self._best_weights: list[NDArray[Any]] | None = None
        self._epoch_started = 0.0
        self._learning_rate = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch_started = time.perf_counter()
        rate = self.model.optimizer.learning_rate
        self._learning_rate = float(keras.ops.convert_to_numpy(rate))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._on_batch(len(self.training.history) + 1, batch + 1, self._steps)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        fit_seconds = time.perf_counter() - self._epoch_started
        train_loss = float(logs["loss"])
        valid_loss, valid_accuracy = self._validate()
        # Weights can overflow in an epoch's last step, which only the validation sees.
        if not math.isfinite(train_loss + valid_loss):
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
            "seconds": time.perf_counter() - self._epoch_started,
        }
        self.fit_seconds.append(fit_seconds)
        self.training.history.append(row)
        self._on_epoch(row)
        self._keep_best(epoch + 1, valid_loss)

    def on_train_end(self, logs: Any = None) -> None:
        if self._best_weights is not None:
            self.model.network.set_weights(self._best_weights)

    def _validate(self) -> tuple[float, float]:
        valid = self._dataset.valid
        logits = predict_logits(self.model.network, valid.images)
        correct = logits.argmax(axis=1) == valid.labels
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(shifted).sum(axis=1))
        losses = log_sums - np.take_along_axis(shifted, valid.labels[:, None], axis=1)[:, 0]
        return float(losses.mean()), float(correct.mean())

    def _keep_best(self, epoch: int, valid_loss: float) -> None:
        patience = self._settings.early_stopping
        if not patience:
            self.training.best_epoch = epoch
        elif valid_loss < self._best_loss:
            self._best_loss = valid_loss
            self._best_weights = self.model.network.get_weights()
            self.training.best_epoch = epoch
        elif epoch - self.training.best_epoch >= patience:
            self.training.stopped_early = epoch < self._settings.epochs
            self.model.stop_training = True
