"""Probabilities for images that networks learn from, each by a network that did not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cotejo.config import Alternative, Settings
from cotejo.data import Dataset, find_source, stratified_split
from cotejo.data.audit import Issue
from cotejo.data.dataset import merged
from cotejo.evaluate import label_issues
from cotejo.study.run import build_network
from cotejo.study.timing import estimate
from cotejo.train import fresh_backend, predict_logits, softmax, train

__all__ = ["FOLDS", "cross_validated", "expected_seconds", "judged_labels", "recipe"]

FOLDS = 3

_SEED = 0


def recipe(dataset: Dataset) -> Settings:
    """Return the settings of the networks: those of the shipped study's strongest alternative."""
    source = find_source(dataset.name)
    may_mirror = source is None or source.mirroring_keeps_class
    return Settings(
        model="cnn7",
        augment="flip-crop" if may_mirror else "none",
        optimizer="sgd",
        learning_rate=0.1,
        schedule="one-cycle",
        label_smoothing=0.1,
        epochs=6,
    ).resolved()


def expected_seconds(dataset: Dataset, settings: Settings, folds: int = FOLDS) -> float:
    """Time a few steps and return how long `cross_validated` will take, at most."""
    _, fold = next(_folds(dataset, folds))
    alternative = Alternative(name="fold", label={}, settings=settings, changes={})
    return folds * estimate(alternative, fold).run_seconds


def judged_labels(
    dataset: Dataset,
    settings: Settings,
    folds: int = FOLDS,
    on_epoch: Callable[[int, int], None] = lambda fold, epoch: None,
) -> list[Issue]:
    """Return the suspected labels of the training and validation images, by cross-validation.

    Args:
        dataset: whose labels are judged.
        settings: as for `cross_validated`.
        folds: the number of parts.
        on_epoch: called with the part and its epoch, both from 1.
    """
    chances = cross_validated(dataset, settings, folds, on_epoch)
    learned = len(dataset.train)
    issues = label_issues(dataset.train.labels, chances[:learned], "train")
    if len(dataset.valid):
        issues += label_issues(dataset.valid.labels, chances[learned:], "valid")
    return issues


def cross_validated(
    dataset: Dataset,
    settings: Settings,
    folds: int = FOLDS,
    on_epoch: Callable[[int, int], None] = lambda fold, epoch: None,
) -> NDArray[np.float32]:
    """Return the probabilities of the training and validation images, out of sample.

    The images are dealt out in equal parts, class by class. For each part a network is trained
    on the others for all its epochs: nothing is chosen by the part that is held out, nor is the
    test set touched.

    Args:
        dataset: whose ``train`` and ``valid`` are taken together, in this order.
        settings: resolved, without early stopping, which would choose by the part held out.
        folds: the number of parts, 2 or more.
        on_epoch: called with the part and its epoch, both from 1, when an epoch has ended.

    Returns:
        ``[train + valid, classes]``, each row summing to 1.

    Raises:
        TrainingError: a network can't be trained.
        ValueError: ``folds`` is out of its range, or the settings stop early.
    """
    if folds < 2:
        raise ValueError(f"`folds` must be at least 2; received {folds}")
    if settings.early_stopping:
        raise ValueError("`settings` must not stop early: that chooses by what is held out")
    images = len(dataset.train) + len(dataset.valid)
    probabilities = np.zeros((images, dataset.num_classes), np.float32)
    for number, (held_out, fold) in enumerate(_folds(dataset, folds), start=1):
        probabilities[held_out] = _judged(fold, settings, number, partial(on_epoch, number))
    return probabilities


def _judged(
    fold: Dataset, settings: Settings, seed: int, on_epoch: Callable[[int], None]
) -> NDArray[np.float32]:
    """Train on a fold and return the probabilities of its validation images."""
    with fresh_backend(seed):
        network = build_network(settings, fold.train, fold.num_classes)
        train(network, fold, settings, seed, on_epoch=lambda row: on_epoch(int(row["epoch"])))
        return softmax(predict_logits(network, fold.valid.images))


def _folds(dataset: Dataset, folds: int) -> Iterator[tuple[NDArray[np.int64], Dataset]]:
    """Yield, for each part, the positions of its images and a dataset that validates on it."""
    every = merged(dataset.train, dataset.valid)
    for held_out in stratified_split(every.labels, [1 / folds] * folds, _SEED):
        others = np.setdiff1d(np.arange(len(every)), held_out)
        yield held_out, replace(dataset, train=every.take(others), valid=every.take(held_out))
