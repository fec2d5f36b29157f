"""The learner: it holds the training images on the device and trains on them by index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import compose, soft_labels
from cotejo.backend import keras, ops
from cotejo.config import Settings, file_of
from cotejo.config.augmentation_parts import Augmentation
from cotejo.data.dataset import Dataset, Split
from cotejo.data.splits import nested_subset
from cotejo.errors import TrainingError
from cotejo.models.own.adapting import changes_of
from cotejo.models.own.losses import own_loss
from cotejo.train.features import Features
from cotejo.train.losses import balanced_weights, build_loss
from cotejo.train.optimizers import build_optimizer
from cotejo.train.stages import Stage, at_size, resized, scaled_shape, stages, total_steps
from cotejo.train.streaming import fits

__all__ = [
    "Learner",
    "class_weights_of",
    "compile_learner",
    "device_images",
    "steps_per_execution",
]

_MOST_AT_ONCE = 32
"""The most steps that one execution takes."""

_AVERAGED = 16
"""How often in an epoch of so many steps the weights are added to a moving average, at least."""


@lru_cache(maxsize=2)
def device_images(split: Split, scale: float = 1.0) -> keras.Variable | None:
    """Return the images of ``split`` on the device, ``[n, height, width, channels]``, uint8.

    Their sides are scaled by ``scale`` (`resized`). Features, ``[n, features]``, are float32. The
    result is None if there are too many for the device (`fits`).

    The images of the last two splits or scales are cached, for the next run of a study. To move
    them again would take time, and TensorFlow keeps what a compiled step has captured anyway.
    """
    if not fits(split, scale):
        return None
    images = resized(split, scale).images
    return keras.Variable(images, dtype=images.dtype.name, trainable=False, name="images")


class Learner(keras.Model):
    """A network together with all of its training images, which is fed with indices.

    The images stay on the device as bytes. Each step gathers its batch, augments it and trains on
    it, all in one compiled function, so that no step waits for a host pipeline. Where there are
    too many images for that, each step's are fed with their indices (`cotejo.train.streaming`).

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: the images on the device (`device_images`); labels come with the indices. None if
            the images are fed: then the input is a table of ``indices`` and ``pixels``.
        count: how many images there are.
        augment: the augmentation of the images.
        draws: the random numbers of the augmentation.
        scale: the sides of ``images``, as a share of their original size.
        losses: ``[n]``, keeps each image's loss from when it was last seen; None keeps none. It is
            for images that are not mixed: a study may not have hard epochs and mix images.
    """

    def __init__(
        self,
        network: keras.Model,
        images: keras.Variable | None,
        count: int,
        augment: Augmentation,
        draws: keras.random.SeedGenerator,
        scale: float = 1.0,
        losses: keras.Variable | None = None,
    ) -> None:
        super().__init__(name="learner")
        self.network = network
        self.scale = scale
        self.seen_losses = losses
        self.policy = compose(augment, scale)
        self.draws = draws
        self.images = images
        self.count = count

    def call(self, batch: Any, training: bool = False) -> Any:
        """Return the logits ``[batch, classes]`` of the images at indices ``[batch]``.

        With n images, an index from 0 to n - 1 is the image as it is, and an index from n to
        2n - 1 is image ``index - n``, mirrored. In training on mixed images the logits come with
        the weight of each image's own label, ``[batch]``.
        """
        indices = _indices(batch)
        if self.images is None:
            pixels = batch["pixels"]
        else:
            pixels = ops.take(self.images, indices % self.count, axis=0)
        if self.policy.alternates:
            mirrored = ops.reshape(indices >= self.count, (-1, 1, 1, 1))
            pixels = ops.where(mirrored, ops.flip(pixels, axis=2), pixels)
        # TensorFlow's bilinear resampling, and everything after it, needs floats.
        pixels = ops.cast(pixels, "float32")
        if not training:
            return self.network(pixels, training=False)
        pixels = self.policy(pixels, self.draws)
        if self.policy.mix is None:
            return self.network(pixels, training=True)
        pixels, weights = self.policy.mix(pixels, self.draws)
        return self.network(pixels, training=True), weights

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean loss of a batch, and keep each image's cross-entropy if asked for."""
        if self.policy.mix is not None:
            y, y_pred = _mixed_labels(y, y_pred)
        elif self.seen_losses is not None and training:
            classes = ops.cast(ops.reshape(y, (-1,)), "int32")
            losses = keras.losses.sparse_categorical_crossentropy(classes, y_pred, from_logits=True)
            indices = ops.expand_dims(_indices(x) % self.count, 1)
            self.seen_losses.assign(ops.scatter_update(self.seen_losses, indices, losses))
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the metrics so far; of mixed labels the one with more weight counts."""
        if isinstance(y_pred, tuple):
            soft, y_pred = _mixed_labels(y, y_pred)
            y = ops.argmax(soft, axis=-1)
        return super().compute_metrics(x, y, y_pred, sample_weight)


def _indices(batch: Any) -> Any:
    """Return the indices of a batch, which may come with its images."""
    return batch["indices"] if isinstance(batch, dict) else batch


def _mixed_labels(labels: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the labels of mixed images, ``[batch, classes]``, and the logits.

    Args:
        labels: of the images before they were mixed, ``[batch]``.
        outputs: of the learner: logits and weights, or the logits of unmixed images alone.
    """
    logits, weights = outputs if isinstance(outputs, tuple) else (outputs, None)
    classes = ops.cast(ops.reshape(labels, (-1,)), "int32")
    if weights is None:
        weights = ops.ones_like(classes, dtype="float32")
    return soft_labels(classes, weights, logits.shape[-1]), logits


def compile_learner(
    network: keras.Model,
    dataset: Dataset | Features,
    settings: Settings,
    seed: int,
    *,
    stage: Stage | None = None,
    before: Learner | None = None,
    losses: keras.Variable | None = None,
    at_once: int | None = None,
) -> Learner:
    """Return a compiled learner for ``network``, ready to fit.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        dataset: the learner holds its training images.
        settings: resolved.
        seed: of the augmentation.
        stage: the stage of the training; the first one by default.
        before: the learner of the previous stage; the new one continues with its optimizer and
            random numbers.
        losses: as in `Learner`.
        at_once: how many steps one call of the compiled function runs; chosen
            automatically by default.

    Raises:
        TrainingError: a batch is larger than the training set, or the network can't take
            images of another size.
    """
    learned = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    images = len(learned)
    if settings.batch_size > images:
        raise TrainingError("too_few_images", batch_size=settings.batch_size, images=images)
    plan = stages(settings, images)
    stage = stage or plan[0]
    shape = scaled_shape(dataset.train.images.shape[1:], stage.scale)
    try:
        sized = at_size(network, shape)
    except ValueError as error:
        raise TrainingError("needs_its_size", model=settings.model) from error
    learner = Learner(
        sized,
        device_images(dataset.train, stage.scale),
        len(dataset.train),
        settings.augment,
        before.draws if before else keras.random.SeedGenerator(seed),
        scale=stage.scale,
        losses=losses,
    )
    learner.compile(
        optimizer=before.optimizer if before else build_optimizer(settings, total_steps(plan)),
        loss=own_loss(settings, dataset.num_classes, changes_of(network))
        if file_of(settings.loss)
        else build_loss(
            dataset.num_classes,
            settings.label_smoothing,
            mixed=learner.policy.mix is not None,
            class_weights=class_weights_of(dataset, settings, seed),
        ),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        steps_per_execution=at_once or steps_per_execution(plan, settings.average),
    )
    # Before the first step is traced: Muon reads the initial weights.
    learner.optimizer.build(network.trainable_variables)
    return learner


def class_weights_of(
    dataset: Dataset | Features, settings: Settings, seed: int
) -> NDArray[np.float32] | None:
    """Return how much each class weighs in the loss, ``[classes]``; None if all weigh alike."""
    if settings.class_weight != "balanced":
        return None
    learned = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    return balanced_weights(dataset.train.labels[learned], dataset.num_classes)


def steps_per_execution(plan: Sequence[Stage], average: str) -> int:
    """Return how many steps `fit` takes at once in a training of these stages.

    Args:
        plan: the stages.
        average: the setting of this name. A moving average sees the weights after each execution:
            at least 16 times an epoch, or after each step of an epoch that has fewer.
    """
    if keras.config.backend() == "torch":
        return 1  # it takes no more
    most = _MOST_AT_ONCE
    if average != "none":
        fewest = min(stage.steps for stage in plan)
        most = max(1, min(most, fewest // _AVERAGED))
    # A divisor of the steps, so that every epoch of every stage ends where an execution ends.
    steps = math.gcd(*(stage.steps for stage in plan))
    return max(number for number in range(1, most + 1) if steps % number == 0)
