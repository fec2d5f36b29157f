"""How long a study will take: a few steps of each alternative, timed before it is trained."""

from __future__ import annotations

import time

from cotejo.backend import keras
from cotejo.config import Alternative, Settings
from cotejo.data import Dataset
from cotejo.data.splits import nested_subset
from cotejo.progress import Estimate
from cotejo.study.run import TRAIN_SAMPLE, build_network
from cotejo.train import compile_learner, fresh_backend, predict_logits
from cotejo.train.learner import training_order
from cotejo.train.predict import UNSURE, VIEWS
from cotejo.train.stages import Stage, stages

__all__ = ["estimate", "evaluated_images", "image_seconds", "step_seconds"]

TIMED_SECONDS = 1.5
"""How long steps are timed, at least two of them: enough to be right within a fifth or so."""


def estimate(alternative: Alternative, dataset: Dataset) -> Estimate:
    """Time a few steps of training and of validation of an alternative.

    Args:
        alternative: whose settings say what is trained.
        dataset: whose images are used; nothing that is learned is kept.
    """
    with fresh_backend():
        return _timed(alternative, dataset)


def _timed(alternative: Alternative, dataset: Dataset) -> Estimate:
    settings = alternative.settings
    network = build_network(settings, dataset.train, dataset.num_classes)
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed=0))
    plan = stages(settings, images)
    seconds, learned = 0.0, 0
    by_scale: dict[float, float] = {}
    for stage in plan:
        if stage.scale not in by_scale:
            compiling, by_scale[stage.scale] = step_seconds(network, dataset, settings, stage)
            seconds += compiling  # again, in the run
        seconds += stage.epochs * stage.steps * by_scale[stage.scale]
        learned += stage.epochs * stage.steps * settings.batch_size
    training = sum(one.epochs * one.steps * by_scale[one.scale] for one in plan)
    seen = settings.epochs * len(dataset.valid) + evaluated_images(dataset, settings.tta)
    return Estimate(
        alternative.name,
        int(network.count_params()),
        learned / training,
        seconds + seen * image_seconds(network, dataset),
    )


def step_seconds(
    network: keras.Model, dataset: Dataset, settings: Settings, stage: Stage
) -> tuple[float, float]:
    """Return the seconds of a stage's first step, which compiles, and of one after it."""
    learner = compile_learner(network, dataset, settings, 0, stage=stage, steps_per_execution=1)
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed=0))
    order = training_order(images, settings.batch_size, 1, seed=0)
    started = time.perf_counter()
    learner.train_on_batch(order[0], dataset.train.labels[order[0]])
    compile_seconds = time.perf_counter() - started
    steps, started = 0, time.perf_counter()
    while steps < 2 or time.perf_counter() - started < TIMED_SECONDS:
        chosen = order[steps % len(order)]
        learner.train_on_batch(chosen, dataset.train.labels[chosen])
        steps += 1
    return compile_seconds, (time.perf_counter() - started) / steps


def image_seconds(network: keras.Model, dataset: Dataset) -> float:
    """Return how long the network takes for one image, by training images in a batch."""
    images = dataset.train.images[:500]
    predict_logits(network, images)  # compiles
    started = time.perf_counter()
    predict_logits(network, images)
    return (time.perf_counter() - started) / len(images)


def evaluated_images(dataset: Dataset, tta: str) -> float:
    """Return how many images an evaluation looks at, those seen from several sides as often.

    Example:
        >>> from cotejo.data import load
        >>> digits = load("digits")
        >>> evaluated_images(digits, "flip") / evaluated_images(digits, "none")
        1.25
    """
    images = min(len(dataset.train), TRAIN_SAMPLE) + len(dataset.valid) + len(dataset.test)
    return images * (1 + UNSURE * (len(VIEWS[tta]) - 1))
