"""The training loop: from a network, images and settings to the history of the training.

It has two engines: Keras's `fit`, and `cotejo.train.scan` for JAX on an accelerator.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from cotejo.backend import keras, ops
from cotejo.config import Settings
from cotejo.data.dataset import Dataset
from cotejo.data.splits import nested_subset
from cotejo.models.backbone import has_frozen_backbone, split, standardise, thaw
from cotejo.models.own.callbacks import own_callbacks
from cotejo.train.averaging import ExponentialAverage, RunningAverage
from cotejo.train.deadline import Deadline
from cotejo.train.epochs import EpochValidator, Training
from cotejo.train.features import (
    Features,
    features_of,
    frozen_epochs,
    head_settings,
    sampled_features,
    tuning_settings,
)
from cotejo.train.learner import Learner, class_weights_of, compile_learner, steps_per_execution
from cotejo.train.order import stage_batches
from cotejo.train.programs import about
from cotejo.train.scan import can_scan, scan_fit, steps_at_once
from cotejo.train.stages import Stage, stages, total_steps
from cotejo.train.streaming import feed, fits
from cotejo.train.work import Steps, alone

__all__ = ["train", "training_steps"]


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
    """Train ``network`` on the training images, and choose the epoch on the validation images.

    A frozen backbone stays as it is for the first ``settings.unfreeze`` epochs, or for all of them;
    its head learns from its features. Then both learn, with a new optimizer and schedule.

    Args:
        network: from pixels in ``[0, 255]`` to logits; its weights are changed in place.
        dataset: its test images are not touched.
        settings: resolved.
        seed: of the order of the images and of the augmentation.
        on_epoch: called with each epoch's row of the history.
        on_batch: called with the epoch (from 1), the steps done and the steps of an epoch.
        deadline: when the training has to end (`Deadline`), in seconds of `time.perf_counter`.

    Raises:
        TrainingError: the loss becomes infinite or NaN, or a batch is larger than the data.

    Example:
        >>> from cotejo.data import load
        >>> from cotejo.models import build_model
        >>> digits = load("digits")
        >>> network = build_model("cnn3", digits.image_shape, digits.num_classes)
        >>> training = train(network, digits, Settings(epochs=1).resolved(), seed=1)
        >>> [row["epoch"] for row in training.history]
        [1]
    """
    return alone(
        training_steps(
            network,
            dataset,
            settings,
            seed,
            on_epoch=on_epoch,
            on_batch=on_batch,
            deadline=deadline,
        )
    )


def training_steps(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    *,
    on_epoch: Callable[[dict[str, Any]], None] = lambda row: None,
    on_batch: Callable[[int, int, int], None] = lambda epoch, step, steps: None,
    deadline: float | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Steps[Training]:
    """Train as `train` does, but leave the work of the device to whoever drives the training.

    Its seconds are read from ``clock``: those of one training among several are its own.
    """
    validator = EpochValidator(network, dataset, settings, on_epoch, on_batch, clock)
    started = clock()
    frozen = frozen_epochs(network, settings)
    if frozen:
        yield from _train_head(network, dataset, settings, seed, validator, deadline, frozen)
    late = frozen and deadline is not None and time.perf_counter() >= deadline
    if frozen < settings.epochs and not late:
        if has_frozen_backbone(network):
            if not frozen:
                standardise(network, sampled_features(network, dataset, settings, seed))
            thaw(network)
            settings = tuning_settings(settings, settings.epochs - frozen)
            validator.judge(network, dataset.valid, after=frozen)
        yield from _train_in_stages(network, dataset, settings, seed, validator, deadline, frozen)
    validator.restore_best()
    training = validator.training
    training.train_seconds = clock() - started
    # The first epoch includes compilation; it counts only if it is the only one.
    training.images_per_second = float(np.median(validator.speeds[1:] or validator.speeds))
    return training


def _train_head(
    network: keras.Model,
    dataset: Dataset,
    settings: Settings,
    seed: int,
    validator: EpochValidator,
    deadline: float | None,
    epochs: int,
) -> Steps[None]:
    """Train the head on the features of the frozen backbone, which are computed once."""
    backbone, head = split(network)
    features = features_of(backbone, dataset, settings, seed, validator.on_batch)
    standardise(network, features.train.images)  # type: ignore[arg-type]
    # Where the whole network learns afterwards, the head alone does not end the training.
    validator.judge(head, features.valid, may_stop=epochs == settings.epochs)
    settings = head_settings(settings, epochs)
    yield from _train_in_stages(head, features, settings, seed, validator, deadline)


def _train_in_stages(
    network: keras.Model,
    dataset: Dataset | Features,
    settings: Settings,
    seed: int,
    validator: EpochValidator,
    deadline: float | None,
    done: int = 0,
) -> Steps[None]:
    """Train stage by stage, with one optimizer whose schedule covers all stages.

    Args:
        network: that is trained, or its head.
        dataset: images, or features for a head.
        settings: resolved; their epochs are those that are trained now.
        seed: of the order of the images and of the augmentation.
        validator: called after each epoch.
        deadline: when the training has to end.
        done: the epochs that were trained before, with another optimizer.
    """
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    plan = [replace(stage, first=done + stage.first) for stage in stages(settings, len(chosen))]
    # Images that have not been seen yet count as the hardest.
    unseen = np.full(len(dataset.train), np.inf, "float32")
    losses = keras.Variable(unseen, trainable=False)
    own = own_callbacks(settings, network, lambda: validator.figures)
    callbacks: list[keras.callbacks.Callback] = [own]
    scans = can_scan(settings) and fits(dataset.train)
    average: RunningAverage | None = None
    averaging: list[keras.callbacks.Callback] = []
    if settings.average == "ema" and scans:
        average = RunningAverage(network, plan[0].steps, every=steps_per_execution(plan))
    elif settings.average == "ema":
        # Before the validator, so that the average is validated.
        averaging.append(ExponentialAverage(network, window=plan[0].steps))
    if deadline is not None:
        callbacks.append(
            Deadline(deadline, total_steps(plan), len({stage.scale for stage in plan}))
        )
    learner: Learner | None = None
    kind: Hashable = None
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
                # The deadline is checked after every step, since one can take half a second; and
                # the user's callbacks are told of every step.
                at_once=None if deadline is None and not settings.callbacks else 1,
            )
            kind = _kind(settings, dataset, learner, plan, seed)
        images = chosen
        if stage.hard:
            seen_losses = ops.convert_to_numpy(losses)[chosen]
            count = stage.steps * settings.batch_size
            images = chosen[np.sort(np.argsort(-seen_losses, kind="stable")[:count])]
        batches = stage_batches(stage, images, dataset, settings, seed)
        if scans:
            at_once = steps_at_once(plan, on_time=deadline is not None)
            yield from scan_fit(
                learner,
                kind,
                stage,
                batches,
                validator,
                callbacks,
                average=average,
                at_once=at_once,
            )
        else:
            learner.fit(
                feed(learner, batches, dataset.train),
                initial_epoch=stage.first,
                epochs=stage.first + stage.epochs,
                steps_per_epoch=stage.steps,
                callbacks=[*averaging, validator, *callbacks],
                verbose=0,
                shuffle=False,
            )
        if learner.stop_training:
            break
    own.finish()


def _kind(
    settings: Settings,
    dataset: Dataset | Features,
    learner: Learner,
    plan: list[Stage],
    seed: int,
) -> Hashable:
    """Return what a learner's steps depend on besides numbers: the same for another seed."""
    known = about(settings)
    if known is None or has_frozen_backbone(learner.network) or isinstance(dataset, Features):
        return object()
    weights = class_weights_of(dataset, settings, seed)
    return (
        known,
        learner.scale,
        dataset.num_classes,
        # A schedule has the number of all steps in it.
        None if settings.schedule == "constant" else total_steps(plan),
        None if weights is None else weights.tobytes(),
    )
