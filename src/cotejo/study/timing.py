"""How long a study will take: a few steps of each alternative, timed before it is trained."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from cotejo.backend import keras
from cotejo.config import Alternative, Settings
from cotejo.config.views import VIEWS
from cotejo.data import Dataset
from cotejo.data.splits import nested_subset
from cotejo.models.backbone import thaw
from cotejo.models.frozen import frozen_epochs
from cotejo.study.evaluation import TRAIN_SAMPLE
from cotejo.study.progress import Estimate
from cotejo.study.run import build_network
from cotejo.train import compile_learner, fresh_backend, predict_logits
from cotejo.train.order import training_order
from cotejo.train.predict import UNSURE
from cotejo.train.stages import Stage, stages, total_steps
from cotejo.train.streaming import batch_input

__all__ = ["Pace", "Paces", "estimate", "evaluated_images", "pace_of"]

TIMED_SECONDS = 1.5
"""How long steps are timed, at least two of them. It gives the pace within a fifth or so."""


@dataclass(frozen=True)
class Pace:
    """The pace of a network, timed.

    Attributes:
        parameters: of the network.
        steps: by the scale of the images, the seconds of the first step, which compiles, and of
            each later one.
        image_seconds: the seconds of predicting one image.
    """

    parameters: int
    steps: dict[float, tuple[float, float]]
    image_seconds: float


Paces: TypeAlias = dict[tuple[str, frozenset[float]], Pace]
"""Paces by the settings that a step depends on, and the scales of the images."""


def estimate(alternative: Alternative, dataset: Dataset, known: Paces | None = None) -> Estimate:
    """Say how long an alternative's runs will take, by a few steps of training and of validation.

    Args:
        alternative: whose settings say what is trained.
        dataset: whose images are used; nothing that is learned is kept.
        known: paces timed before. This one is added, so that alternatives with equal steps,
            such as those of a study of learning rates, are timed once.
    """
    known = {} if known is None else known
    settings = alternative.settings
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed=0))
    frozen = frozen_epochs(settings)
    plan = stages(settings.model_copy(update={"epochs": settings.epochs - frozen}), images)
    scales = {stage.scale: stage for stage in plan}
    alike = settings.pace(), frozenset(scales)
    if alike not in known:
        known[alike] = pace_of(settings, dataset, scales.values())
    pace = known[alike]
    # Every run compiles again.
    compiling = sum(pace.steps[scale][0] for scale in scales)
    training = sum(stage.epochs * stage.steps * pace.steps[stage.scale][1] for stage in plan)
    learned = total_steps(plan) * settings.batch_size
    if frozen:  # each image is looked at once; the steps of the head itself take next to nothing
        training += (images + len(dataset.valid)) * pace.image_seconds
        learned += frozen * images
    seen = (settings.epochs - frozen) * len(dataset.valid) + evaluated_images(dataset, settings.tta)
    return Estimate(
        alternative.name,
        pace.parameters,
        learned / training,
        compiling + training + seen * pace.image_seconds,
    )


def pace_of(settings: Settings, dataset: Dataset, timed: Iterable[Stage]) -> Pace:
    """Time the network of ``settings``: steps of each stage in ``timed``, and a prediction."""
    with fresh_backend():
        network = build_network(settings, dataset.train, dataset.num_classes)
        thaw(network)
        steps = {stage.scale: _step_seconds(network, dataset, settings, stage) for stage in timed}
        return Pace(int(network.count_params()), steps, _image_seconds(network, dataset))


def _step_seconds(
    network: keras.Model, dataset: Dataset, settings: Settings, stage: Stage
) -> tuple[float, float]:
    """Return the seconds of a stage's first step, which compiles, and of one after it."""
    learner = compile_learner(network, dataset, settings, 0, stage=stage, at_once=1)
    images = len(nested_subset(dataset.train.labels, settings.train_fraction, seed=0))
    order = training_order(images, settings.batch_size, 1, seed=0)
    started = time.perf_counter()
    train = dataset.train
    learner.train_on_batch(batch_input(learner, order[0], train), train.labels[order[0]])
    compile_seconds = time.perf_counter() - started
    steps, started = 0, time.perf_counter()
    while steps < 2 or time.perf_counter() - started < TIMED_SECONDS:
        chosen = order[steps % len(order)]
        learner.train_on_batch(batch_input(learner, chosen, train), train.labels[chosen])
        steps += 1
    return compile_seconds, (time.perf_counter() - started) / steps


def _image_seconds(network: keras.Model, dataset: Dataset) -> float:
    """Return how long the network takes for one image, by training images in a batch."""
    images = dataset.train.images[:500]
    predict_logits(network, images)  # compiles
    started = time.perf_counter()
    predict_logits(network, images)
    return (time.perf_counter() - started) / len(images)


def evaluated_images(dataset: Dataset, tta: str) -> float:
    """Return how many images an evaluation looks at; an image counts once per view of it.

    Example:
        >>> from cotejo.data import load
        >>> digits = load("digits")
        >>> evaluated_images(digits, "flip") / evaluated_images(digits, "none")
        1.25
    """
    images = min(len(dataset.train), TRAIN_SAMPLE) + len(dataset.valid) + len(dataset.test)
    return images * (1 + UNSURE * (len(VIEWS[tta]) - 1))
