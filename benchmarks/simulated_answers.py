"""Answers like those of real studies, with their true accuracies known; for `coverage.py`.

An image is got right where its ease, the luck of the seed and the luck of that seed with that
image add up to more than 0. All are normal, which makes the true accuracies exact. The shares of
the variance are such that the answers look like those of small CNNs on CIFAR-10
(`python benchmarks/spreads.py DIR` measures them in a study): most images are right for all seeds
or for none, a seed moves accuracy by 0.2 to 1 point and the recall of a class by about 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

IMAGE, CLASS, LUCK = 0.78, 0.02, 0.20
"""Shares of the variance: of the images, of each seed's taste for classes, of what is left."""

SHARED = 0.95
"""How much of what makes an image easy is the same for two alternatives."""

CLASSES, MOST_SEEDS = 10, 10


@dataclass(frozen=True)
class Alternative:
    """One way of training: its expected accuracy, and how much a seed moves it, as fractions."""

    accuracy: float
    deviation: float
    single: bool = False
    """Trained once, and of exactly this accuracy: what McNemar's null hypothesis is about."""

    @property
    def seeds(self) -> int:
        """How often it is trained."""
        return 1 if self.single else MOST_SEEDS

    @property
    def shift(self) -> float:
        """The standard deviation of a seed's luck, on the scale of the sum."""
        threshold = ndtri(self.accuracy)
        return float(self.deviation * np.sqrt(2 * np.pi) * np.exp(threshold**2 / 2))

    @property
    def mean(self) -> float:
        """The mean of the sum that gives the expected accuracy."""
        tastes = 0.0 if self.single else CLASS * (1 - 1 / CLASSES) + self.shift**2
        return float(ndtri(self.accuracy) * np.sqrt(IMAGE + LUCK + tastes))


def draw(
    alternatives: list[Alternative], images: int, generator: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the answers of every seed, and the true accuracy of each seed's model.

    Returns:
        ``[alternatives' seeds in turn, images]``, 1 where right, the images' classes in turn;
        and as many accuracies, over all images there could be.
    """
    rows = sum(one.seeds for one in alternatives)
    answers = np.empty((rows, images), np.float32)
    accuracies = np.empty(rows)
    common = generator.standard_normal(images, np.float32) * np.float32(np.sqrt(IMAGE * SHARED))
    row = 0
    for one in alternatives:
        ease = generator.standard_normal(images, np.float32)
        ease = ease * np.float32(np.sqrt(IMAGE * (1 - SHARED))) + common + np.float32(one.mean)
        lucks = _seed_lucks(one, generator)
        total = generator.standard_normal((one.seeds, images), np.float32)
        total *= np.float32(np.sqrt(LUCK))
        total += ease
        total.reshape(one.seeds, -1, CLASSES)[...] += lucks[:, None, :].astype(np.float32)
        here = slice(row, row + one.seeds)
        np.greater(total, 0, out=answers[here])
        accuracies[here] = ndtr((one.mean + lucks) / np.sqrt(IMAGE + LUCK)).mean(axis=1)
        row += one.seeds
    return answers, accuracies


def joint_counts(
    alternatives: list[Alternative],
    sizes: list[int],
    repeats: int,
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Return on how many images every two models were both right, in many studies.

    All that intervals and tests need of the answers follows from these.

    Returns:
        ``[sizes, repeats, rows, rows]``, of the first images of each study, as many as each size
        says; ``[repeats, rows]``, the models' true accuracies; and the last study's answers.
    """
    rows = sum(one.seeds for one in alternatives)
    counts = np.empty((len(sizes), repeats, rows, rows))
    accuracies = np.empty((repeats, rows))
    answers = np.empty((0, 0), np.float32)
    for repeat in range(repeats):
        answers, accuracies[repeat] = draw(alternatives, max(sizes), generator)
        for position, size in enumerate(sizes):
            some = answers[:, :size]
            # Counts of at most 10,000, which 32 bits hold exactly.
            counts[position, repeat] = some @ some.T
    return counts, accuracies, answers


def _seed_lucks(one: Alternative, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return ``[seeds, classes]``: what a seed adds to each class; tastes cancel out."""
    if one.single:
        return np.zeros((1, CLASSES))
    tastes = generator.standard_normal((one.seeds, CLASSES)) * np.sqrt(CLASS)
    tastes -= tastes.mean(axis=1, keepdims=True)
    return tastes + generator.standard_normal((one.seeds, 1)) * one.shift
