"""Cross-validations of fast learners on data of a known distribution, many at a time.

The effect of training images that networks share can't be simulated without training, so these
learners are trained for every part. Each has random features of its own, as a network has its
random start. Two copies of a learner are equally good, whatever the training images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FEATURES = 40
"""The number of random features."""

PENALTIES = (0.03, 1.0, 30.0)
"""What ridge regression may choose from on the part to validate on."""


@dataclass(frozen=True)
class Task:
    """A mixture of Gaussians: several groups per class, whose centres are drawn once.

    Attributes:
        distance: how far the centres are from 0 in each dimension, in deviations of a group.
    """

    classes: int
    groups: int
    dimensions: int
    distance: float

    def draw(self, studies: int, images: int, generator: np.random.Generator):
        """Return inputs ``[studies, images, dimensions]`` and labels ``[studies, images]``.

        Each study has as many images of one class as of another: it is their shares among all
        images that the study is about.
        """
        centres = np.random.default_rng(7).normal(
            scale=self.distance, size=(self.classes * self.groups, self.dimensions)
        )
        labels = np.tile(np.arange(images) % self.classes, (studies, 1))
        groups = labels + self.classes * generator.integers(self.groups, size=labels.shape)
        inputs = generator.standard_normal((studies, images, self.dimensions), np.float32)
        return inputs + centres[groups].astype(np.float32), labels


@dataclass(frozen=True)
class Batch:
    """Inputs and labels of one training per study: to learn from, and to validate on."""

    inputs: np.ndarray
    labels: np.ndarray
    valid_inputs: np.ndarray
    valid_labels: np.ndarray
    classes: int


Learner = Callable[[Batch, np.ndarray, np.random.Generator], np.ndarray]
"""Returns the predicted labels ``[studies, tests]`` of the inputs."""


def random_features(batch: Batch, generator: np.random.Generator):
    """Return a map of the inputs of each study to rectified features, another one each time."""
    studies, _, dimensions = batch.inputs.shape
    weights = generator.standard_normal((studies, dimensions, FEATURES), np.float32)
    weights /= np.float32(np.sqrt(dimensions))
    offsets = generator.standard_normal((studies, 1, FEATURES), np.float32)
    return lambda inputs: np.maximum(inputs @ weights + offsets, 0)


def nearest_mean(batch: Batch, tests: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    features = random_features(batch, generator)
    targets = one_hot(batch)
    sums = np.swapaxes(targets, 1, 2) @ features(batch.inputs)
    means = sums / np.maximum(targets.sum(axis=1), 1)[:, :, None]
    return nearest(features(tests), means)


def nearest_neighbour(
    batch: Batch, tests: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    features = random_features(batch, generator)
    closest = nearest(features(tests), features(batch.inputs))
    return np.take_along_axis(batch.labels, closest, axis=1)


def ridge(batch: Batch, tests: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    features = random_features(batch, generator)
    return np.argmax(features(tests) @ ridge_weights(batch, features, PENALTIES[0]), axis=2)


def chosen_ridge(batch: Batch, tests: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Ridge regression whose penalty is chosen on the part to validate on."""
    features = random_features(batch, generator)
    weights = [ridge_weights(batch, features, penalty) for penalty in PENALTIES]
    valid = features(batch.valid_inputs)
    rights = [(np.argmax(valid @ w, axis=2) == batch.valid_labels).sum(axis=1) for w in weights]
    best = np.argmax(rights, axis=0)
    chosen = np.stack(weights)[best, np.arange(len(best))]
    return np.argmax(features(tests) @ chosen, axis=2)


def ridge_weights(batch: Batch, features, penalty: float) -> np.ndarray:
    mapped = features(batch.inputs)
    transposed = np.swapaxes(mapped, 1, 2)
    penalties = np.float32(penalty) * np.eye(FEATURES, dtype=np.float32)
    return np.linalg.solve(transposed @ mapped + penalties, transposed @ (2 * one_hot(batch) - 1))


def one_hot(batch: Batch) -> np.ndarray:
    return (batch.labels[:, :, None] == np.arange(batch.classes)).astype(np.float32)


def nearest(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return for each point the index of the nearest place."""
    closeness = points @ np.swapaxes(places, 1, 2) - (places**2).sum(axis=2)[:, None] / 2
    return np.argmax(closeness, axis=2)


LEARNERS: dict[str, Learner] = {
    "nearest mean": nearest_mean,
    "nearest neighbour": nearest_neighbour,
    "ridge": ridge,
    "chosen ridge": chosen_ridge,
}


def dealt(labels: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """Return ``[studies, count, images / count]``: which images are in each part, by class."""
    luck = generator.random(labels.shape)
    by_class = np.argsort(labels + luck, axis=1)
    return np.swapaxes(by_class.reshape(len(labels), -1, count), 1, 2)


def cross_validate(
    task: Task, images: int, count: int, repetitions: int, studies: int, generator
) -> tuple[dict[tuple[str, int], np.ndarray], np.ndarray]:
    """Cross-validate two copies of each learner in each study.

    Returns:
        For each copy the answers, and the parts, both ``[studies, repetitions, images]``.
    """
    inputs, labels = task.draw(studies, images, generator)
    copies = [(name, copy) for name in LEARNERS for copy in (0, 1)]
    correct = {key: np.zeros((studies, repetitions, images), bool) for key in copies}
    parts = np.zeros((studies, repetitions, images), np.int64)
    rows = np.arange(studies)[:, None]
    for repetition in range(repetitions):
        deal = dealt(labels, count, generator)
        for part in range(count):
            own, batch = deal[:, part], batch_of(task, inputs, labels, deal, part)
            parts[rows, repetition, own] = part
            for name, copy in copies:
                predicted = LEARNERS[name](batch, inputs[rows, own], generator)
                correct[name, copy][rows, repetition, own] = predicted == labels[rows, own]
    return correct, parts


def batch_of(task: Task, inputs, labels, deal, part: int) -> Batch:
    """Return what the network that is tested on a part learns from, and is validated on."""
    rows, count = np.arange(len(deal))[:, None], deal.shape[1]
    valid = deal[:, (part + 1) % count]
    others = [other for other in range(count) if other not in (part, (part + 1) % count)]
    train = deal[:, others].reshape(len(deal), -1)
    return Batch(
        inputs[rows, train],
        labels[rows, train],
        inputs[rows, valid],
        labels[rows, valid],
        task.classes,
    )


def true_accuracies(
    task: Task, images: int, count: int, trainings: int, generator
) -> dict[str, float]:
    """Return the expected accuracy of each learner, from new training sets and new images.

    Of ``trainings`` sets, a multiple of 100, each is tested on 500 images.
    """
    rights = dict.fromkeys(LEARNERS, 0)
    chunk, tests = 100, 500
    for _ in range(trainings // chunk):
        inputs, labels = task.draw(chunk, images, generator)
        batch = batch_of(task, inputs, labels, dealt(labels, count, generator), 0)
        new_inputs, new_labels = task.draw(chunk, tests, generator)
        for name, learner in LEARNERS.items():
            rights[name] += int((learner(batch, new_inputs, generator) == new_labels).sum())
    return {name: right / (trainings * tests) for name, right in rights.items()}
