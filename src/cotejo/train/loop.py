"""The training loop: from a network, images and settings to the history of the training.

It has two engines: Keras's `fit`, and `cotejo.train.scan` for JAX on an accelerator.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo import stopping
from cotejo.backend import keras, ops
from cotejo.config import Settings, file_of
from cotejo.data.dataset import Dataset, Split
from cotejo.data.splits import nested_subset
from cotejo.models.backbone import has_frozen_backbone, split, standardise, thaw
from cotejo.models.own.callbacks import own_callbacks
from cotejo.train.averaging import ExponentialAverage, RunningAverage
from cotejo.train.checkpoint import Checkpoints, Resumed
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
from cotejo.train.resuming import Keeper, Stateful, WithinEpoch, left_of
from cotejo.train.scan import can_scan, scan_fit, steps_at_once
from cotejo.train.stages import Stage, stages, total_steps
from cotejo.train.streaming import batch_input, feed, fits
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
    checkpoints: Checkpoints | None = None,
    on_resume: Callable[[Resumed, Sequence[dict[str, Any]]], None] = lambda resumed, rows: None,
) -> Steps[Training]:
    """Train as `train` does, but leave the work of the device to whoever drives the training.

    Args beyond those of `train`:
        clock: gives the seconds of this training, also where it is one among several.
        checkpoints: the training goes on from the last of them. A request to stop waits for the end
            of a step, where another checkpoint is written.
        on_resume: told where the training goes on, and the rows of the epochs before.
    """
    validator = EpochValidator(network, dataset, settings, on_epoch, on_batch, clock)
    started = clock()
    keeper = None
    if checkpoints is not None:
        keeper = Keeper(
            checkpoints,
            lambda: clock() - started,
            # Keras ends a `fit` with what some optimizers do then, such as an average of weights.
            inside=not file_of(settings.optimizer),
            # At the end, the user's own callbacks may still change the weights.
            at_end=not settings.callbacks,
        )
        started -= keeper.seconds_before
        validator.training.seconds_before = keeper.seconds_before
        if keeper.found is not None:
            on_resume(checkpoints.resumed[-1], keeper.found["validator"]["history"])
    frozen = frozen_epochs(network, settings)
    if frozen and not (keeper and keeper.is_past_head):
        yield from _train_head(
            network, dataset, settings, seed, validator, deadline, frozen, keeper
        )
    late = frozen and deadline is not None and time.perf_counter() >= deadline
    if frozen < settings.epochs and not late:
        if has_frozen_backbone(network):
            if not frozen:
                standardise(network, sampled_features(network, dataset, settings, seed))
            thaw(network)
            settings = tuning_settings(settings, settings.epochs - frozen)
            validator.judge(network, dataset.valid, after=frozen)
        yield from _train_in_stages(
            network, dataset, settings, seed, validator, deadline, frozen, keeper=keeper
        )
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
    keeper: Keeper | None,
) -> Steps[None]:
    """Train the head on the features of the frozen backbone, which are computed once."""
    backbone, head = split(network)
    features = features_of(backbone, dataset, settings, seed, validator.on_batch)
    standardise(network, features.train.images)  # type: ignore[arg-type]
    # Where the whole network learns afterwards, the head alone does not end the training.
    validator.judge(head, features.valid, may_stop=epochs == settings.epochs)
    settings = head_settings(settings, epochs)
    yield from _train_in_stages(
        head, features, settings, seed, validator, deadline, part="head", keeper=keeper
    )


def _train_in_stages(
    network: keras.Model,
    dataset: Dataset | Features,
    settings: Settings,
    seed: int,
    validator: EpochValidator,
    deadline: float | None,
    done: int = 0,
    *,
    part: str = "whole",
    keeper: Keeper | None = None,
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
        part: what the checkpoints call this part of the training.
        keeper: takes checkpoints, and brings back what the training begins with.
    """
    chosen = nested_subset(dataset.train.labels, settings.train_fraction, seed)
    plan = [replace(stage, first=done + stage.first) for stage in stages(settings, len(chosen))]
    # Images that have not been seen yet count as the hardest.
    unseen = np.full(len(dataset.train), np.inf, "float32")
    losses = keras.Variable(unseen, trainable=False)
    own = own_callbacks(settings, network, lambda: validator.figures)
    callbacks: list[keras.callbacks.Callback] = [own]
    objects: dict[str, Stateful] = {"validator": validator, "own": own}
    scans = can_scan(settings) and fits(dataset.train)
    # The deadline is checked after every step, since one can take half a second; and the user's
    # callbacks are told of every step.
    each_step = deadline is not None or bool(settings.callbacks)
    average, averaging = _averages(network, settings, plan, scans=scans, each_step=each_step)
    if average is not None:
        objects["average"] = average
    elif averaging:
        objects["average"] = averaging[0]
    if deadline is not None:
        callbacks.append(
            Deadline(deadline, total_steps(plan), len({stage.scale for stage in plan}))
        )
    epoch, step, stopped, hard_images = done, 0, False, None
    if keeper is not None:
        callbacks.append(keeper)
        last = done + settings.epochs
        epoch, step, stopped = keeper.begin(
            part, network, (done, last), scans=scans, losses=losses, objects=objects
        )
        hard_images = keeper.images
    learner: Learner | None = None
    kind: Hashable = None
    for stage in plan:
        left = left_of(stage, epoch, step)
        if stopped or not left:
            continue
        if learner is None or learner.scale != stage.scale:
            learner = compile_learner(
                network,
                dataset,
                settings,
                seed,
                stage=stage,
                before=learner,
                losses=losses if settings.hard_epochs else None,
                at_once=1 if each_step else None,
            )
            kind = _kind(settings, dataset, learner, plan, seed)
        images = chosen
        if stage.hard and hard_images is not None:
            images, hard_images = hard_images, None
        elif stage.hard:
            images = _hardest(chosen, losses, stage.steps * settings.batch_size)
        if keeper is not None:
            keeper.images = images if stage.hard else None
        batches = stage_batches(stage, images, dataset, settings, seed)
        with stopping.held() if keeper is not None else nullcontext():
            for first, epochs, skipped in left:
                rows = slice((first - stage.first) * stage.steps + skipped, None)
                rest = replace(stage, first=first, epochs=epochs)
                of_rest = batches[0][rows], batches[1][rows]
                if scans:
                    at_once = steps_at_once(plan, on_time=deadline is not None)
                    yield from scan_fit(
                        learner,
                        kind,
                        rest,
                        of_rest,
                        validator,
                        callbacks,
                        average=average,
                        at_once=at_once,
                        keeper=keeper,
                        skipped=skipped,
                    )
                else:
                    # The average comes first, so that it is what is validated.
                    every = [*averaging, validator, *callbacks]
                    _fit(learner, rest, of_rest, dataset.train, every, skipped)
                if learner.stop_training:
                    break
        stopped = learner.stop_training
    own.finish()


def _averages(
    network: keras.Model, settings: Settings, plan: list[Stage], *, scans: bool, each_step: bool
) -> tuple[RunningAverage | None, list[ExponentialAverage]]:
    """Return what averages the weights: in the engine that scans, or as a callback of `fit`."""
    window = plan[0].steps
    if settings.average != "ema":
        return None, []
    if scans:
        every = 1 if each_step else steps_per_execution(plan, settings.average)
        return RunningAverage(network, window, every=every), []
    return None, [ExponentialAverage(network, window=window)]


def _hardest(chosen: NDArray[np.int64], losses: keras.Variable, count: int) -> NDArray[np.int64]:
    """Return those of the chosen images whose losses were the highest when last seen, in order."""
    seen_losses = ops.convert_to_numpy(losses)[chosen]
    return chosen[np.sort(np.argsort(-seen_losses, kind="stable")[:count])]


def _fit(
    learner: Learner,
    stage: Stage,
    batches: tuple[NDArray[np.int32], NDArray[np.int32]],
    split: Split,
    callbacks: Sequence[keras.callbacks.Callback],
    skipped: int,
) -> None:
    """Train a stage by Keras's `fit`; of its first epoch, some steps may have been done before.

    Args:
        learner: that trains.
        stage: the stage; with ``skipped`` it is a single epoch.
        batches: the indices and the labels of the steps that are left.
        split: the training images.
        callbacks: told of everything.
        skipped: how many steps were done before.
    """
    steps = stage.steps - skipped
    count = (stage.epochs - 1) * stage.steps + steps
    if skipped:  # on TensorFlow, `fit` makes the metrics too late for what they had counted
        inputs = batch_input(learner, batches[0][0], split)
        learner._symbolic_build(data_batch=(inputs, batches[1][0]))
    learner.fit(
        feed(learner, (batches[0][:count], batches[1][:count]), split),
        initial_epoch=stage.first,
        epochs=stage.first + stage.epochs,
        steps_per_epoch=steps,
        callbacks=[WithinEpoch(callbacks, skipped, stage.steps)] if skipped else list(callbacks),
        verbose=0,
        shuffle=False,
    )


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
