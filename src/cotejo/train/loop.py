"""One training: a network, the images, the settings; out comes its history, an epoch a row."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import ALTERNATING
from cotejo.backend import keras, ops, steps_feed
from cotejo.config import Settings
from cotejo.data.dataset import Dataset
from cotejo.data.splits import nested_subset
from cotejo.errors import TrainingError
from cotejo.train.averaging import ExponentialAverage
from cotejo.train.deadline import Clock
from cotejo.train.learner import Learner, alternating, device_images, training_order
from cotejo.train.optimizers import build_optimizer
from cotejo.train.predict import predict_logits
from cotejo.train.stages import Stage, at_size, stages

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

    history: list[dict[str, Any]] = field(default_factory=list)
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
    on_epoch: Callable[[dict[str, Any]], None] = lambda row: None,
    on_batch: Callable[[int, int, int], None] = lambda epoch, step, steps: None,
    deadline: float | None = None,
) -> Training:
    """Train ``network`` on the training images, choosing on the validation images alone.

    Args:
        network: from pixels in ``[0, 255]`` to logits; its weights are changed in place.
        dataset: its test images are not touched.
        settings: resolved.
        seed: of the order of the images and of the augmentation.
        on_epoch: called with each epoch's row.
        on_batch: called with the epoch (from 1), the steps done and the steps of an epoch.
        deadline: when to end, by `Clock`, in the seconds of `time.perf_counter`.

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
    keeper = _EpochKeeper(network, dataset, settings, on_epoch, on_batch)
    started = time.perf_counter()
    _train_in_stages(network, dataset, settings, seed, keeper, deadline)
    keeper.restore_best()
    training = keeper.training
    training.train_seconds = time.perf_counter() - started
    # The first epoch compiles; it counts only where there is no other.
    training.images_per_second = float(np.median(keeper.speeds[1:] or keeper.speeds))
    return training


def _train_in_stages(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    keeper: _EpochKeeper,
    deadline: float | None,
) -> None:
    """Train stage by stage, with one optimizer whose schedule runs over all of them."""
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    plan = stages(settings, len(chosen))
    # What has not been seen yet counts as hardest.
    unseen = np.full(len(dataset.train), np.inf, "float32")
    losses = keras.Variable(unseen, trainable=False)
    callbacks: list[keras.callbacks.Callback] = [keeper]
    if settings.average == "ema":
        # First, so that the keeper validates the average.
        callbacks.insert(0, ExponentialAverage(network, window=plan[0].steps))
    if deadline is not None:
        steps = sum(one.epochs * one.steps for one in plan)
        callbacks.append(Clock(deadline, steps, len({one.scale for one in plan})))
    learner: Learner | None = None
    for stage in plan:
        if learner is None or learner.scale != stage.scale:
            learner = compile_learner(
                network,
                dataset,
                settings,
                seed,
                stage=stage,
                before=learner,
                losses=losses if settings.hard_epochs else None,
                # The clock looks often: a step can be half a second.
                steps_per_execution=None if deadline is None else 1,
            )
        images = chosen
        if stage.hard:
            seen = ops.convert_to_numpy(losses)[chosen]
            most = stage.steps * settings.batch_size
            images = chosen[np.sort(np.argsort(-seen, kind="stable")[:most])]
        learner.fit(
            steps_feed(*_steps_of(stage, images, dataset, settings, seed)),
            initial_epoch=stage.first,
            epochs=stage.first + stage.epochs,
            steps_per_epoch=stage.steps,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,
        )
        if learner.stop_training:
            break


def _steps_of(
    stage: Stage, images: NDArray[np.int64], dataset: Dataset, settings: Settings, seed: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the numbers and the labels of a stage's images, each ``[steps, batch]``."""
    drawn = training_order(len(images), settings.batch_size, stage.epochs, (seed, stage.first))
    order = images[drawn].astype(np.int32)
    labels = dataset.train.labels[order]
    if settings.augment in ALTERNATING:
        order = alternating(order, len(dataset.train), stage.first, stage.epochs, seed)
    return order, labels


def compile_learner(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    *,
    stage: Stage | None = None,
    before: Learner | None = None,
    losses: keras.Variable | None = None,
    steps_per_execution: int | None = None,
) -> Learner:
    """Return a compiled learner for ``network``, ready to fit.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        dataset: whose training images it holds.
        settings: resolved.
        seed: of the augmentation.
        stage: of the training; the first if left out.
        before: that of the stage before, whose optimizer and draws it goes on with.
        losses: where each image's loss is kept, if at all.
        steps_per_execution: how many steps run at once; chosen if left out.

    Raises:
        TrainingError: a batch is larger than the training set, or the network can't take
            images of another size.
    """
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed))
    if settings.batch_size > images:
        raise TrainingError("too_few_images", batch_size=settings.batch_size, images=images)
    plan = stages(settings, images)
    stage = stage or plan[0]
    on_device = device_images(dataset.train, stage.scale)
    try:
        sized = at_size(network, tuple(on_device.shape[1:]))
    except ValueError as error:
        raise TrainingError("needs_its_size", model=settings.model) from error
    learner = Learner(
        sized,
        on_device,
        settings.augment,
        before.draws if before else keras.random.SeedGenerator(seed),
        scale=stage.scale,
        losses=losses,
    )
    total = sum(one.epochs * one.steps for one in plan)
    learner.compile(
        optimizer=before.optimizer if before else build_optimizer(settings, total),
        loss=_loss(dataset.num_classes, settings.label_smoothing),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        steps_per_execution=steps_per_execution or _steps_per_execution(plan),
    )
    # Before the first step is traced: Muon looks at the weights that it will change.
    learner.optimizer.build(network.trainable_variables)
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


def _steps_per_execution(plan: Sequence[Stage], most: int = 32) -> int:
    # A divisor, so that every stage's epochs end where an execution does.
    steps = math.gcd(*(stage.steps for stage in plan))
    return max(number for number in range(1, most + 1) if steps % number == 0)


class _EpochKeeper(keras.callbacks.Callback):
    """Validates after each epoch, keeps the history, stops early, restores the best weights.

    Keras's own EarlyStopping restores the best weights only where it stops (keras#12511).
    """

    def __init__(
        self,
        network: keras.Model,
        dataset: Dataset,
        settings: Settings,
        on_epoch: Callable[[dict[str, Any]], None],
        on_batch: Callable[[int, int, int], None],
    ) -> None:
        super().__init__()
        self.training = Training()
        self.speeds: list[float] = []
        self._network = network
        self._dataset = dataset
        self._settings = settings
        self._on_epoch = on_epoch
        self._on_batch = on_batch
        self._best_loss = math.inf
        self._best_weights: list[NDArray[Any]] | None = None
        self._epoch_started = 0.0
        self._steps_done = 0
        self._learning_rate = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch_started = time.perf_counter()
        rate = self.model.optimizer.learning_rate
        self._learning_rate = float(keras.ops.convert_to_numpy(rate))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._steps_done = batch + 1
        self._on_batch(len(self.training.history) + 1, batch + 1, self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        fit_seconds = time.perf_counter() - self._epoch_started
        train_loss = float(logs["loss"])
        valid_loss, valid_accuracy = self._validate()
        # Weights can overflow in an epoch's last step, which only the validation sees.
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
            "seconds": time.perf_counter() - self._epoch_started,
        }
        self.speeds.append(self._steps_done * self._settings.batch_size / fit_seconds)
        self.training.history.append(row)
        self._on_epoch(row)
        self._keep_best(epoch + 1, valid_loss)

    def restore_best(self) -> None:
        """Bring the weights of the best epoch back, where training looked for one."""
        if self._best_weights is not None:
            self._network.set_weights(self._best_weights)

    def _validate(self) -> tuple[float | None, float | None]:
        valid = self._dataset.valid
        if not len(valid):
            return None, None
        logits = predict_logits(self._network, valid.images)
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
        elif epoch - self.training.best_epoch >= patience:
            self.training.stopped_early = epoch < self._settings.epochs
            self.model.stop_training = True
