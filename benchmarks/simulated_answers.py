"""Simulated answers like those of real studies, with known true accuracies, for `coverage.py`.

A seed gets an image right if the sum of the image's ease, the seed's luck and the seed's luck with
this image is above 0. All three are normal, so the true accuracies are exact. The shares of the
variance are chosen so that the answers look like those of small CNNs on CIFAR-10 (`python
benchmarks/spreads.py DIR` measures them in a study): most images are right for all seeds or for
none, and a seed moves the accuracy by 0.2 to 1 point and the recall of a class by about 5 points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

IMAGE, CLASS, LUCK = 0.78, 0.02, 0.20
"""The shares of the variance: the images, each seed's preference for classes, and the rest."""

SHARED = 0.95
"""The share of an image's ease that is the same for all alternatives."""

CLASSES, MOST_SEEDS = 10, 10


@dataclass(frozen=True)
class Alternative:
    """One way of training: its expected accuracy, and how much a seed moves it, as fractions."""

    accuracy: float
    deviation: float
    single: bool = False
    """Whether it is trained once and has exactly this accuracy, as in McNemar's null hypothesis."""

    @property
    def seeds(self) -> int:
        """The number of times it is trained."""
        return 1 if self.single else MOST_SEEDS

    @property
    def shift(self) -> float:
        """The standard deviation of a seed's luck, on the scale of the sum."""
        threshold = ndtri(self.accuracy)
        return float(self.deviation * np.sqrt(2 * np.pi) * np.exp(threshold**2 / 2))

    @property
    def mean(self) -> float:
        """The mean of the sum that gives the expected accuracy."""
        of_seed = 0.0 if self.single else CLASS * (1 - 1 / CLASSES) + self.shift**2
        return float(ndtri(self.accuracy) * np.sqrt(IMAGE + LUCK + of_seed))


def draw(
    alternatives: list[Alternative], images: int, generator: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the answers of every seed, and the true accuracy of each seed's model.

    Returns:
        ``[rows, images]``, 1 where right, with one row per seed of each alternative, and the
        classes of the images in turn; and ``[rows]``, the accuracies over all possible images.
    """
    rows = sum(alternative.seeds for alternative in alternatives)
    answers = np.empty((rows, images), np.float32)
    accuracies = np.empty(rows)
    common = generator.standard_normal(images, np.float32) * np.float32(np.sqrt(IMAGE * SHARED))
    row = 0
    for alternative in alternatives:
        mean, seeds = alternative.mean, alternative.seeds
        ease = generator.standard_normal(images, np.float32)
        ease = ease * np.float32(np.sqrt(IMAGE * (1 - SHARED))) + common + np.float32(mean)
        lucks = _seed_lucks(alternative, generator)
        total = generator.standard_normal((seeds, images), np.float32)
        total *= np.float32(np.sqrt(LUCK))
        total += ease
        total.reshape(seeds, -1, CLASSES)[...] += lucks[:, None, :].astype(np.float32)
        own = slice(row, row + seeds)
        np.greater(total, 0, out=answers[own])
        accuracies[own] = ndtr((mean + lucks) / np.sqrt(IMAGE + LUCK)).mean(axis=1)
        row += seeds
    return answers, accuracies


def joint_counts(
    alternatives: list[Alternative],
    sizes: list[int],
    repeats: int,
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Return the number of images that every two models both got right, in many studies.

    Intervals and tests need no more than these counts.

    Args:
        alternatives: the alternatives of each study.
        sizes: the numbers of test images.
        repeats: the number of studies.
        generator: of the random numbers.

    Returns:
        ``[sizes, repeats, rows, rows]``, the counts over the first images of each study, for each
        number of images; ``[repeats, rows]``, the models' true accuracies; and the answers of the
        last study.
    """
    rows = sum(alternative.seeds for alternative in alternatives)
    counts = np.empty((len(sizes), repeats, rows, rows))
    accuracies = np.empty((repeats, rows))
    answers = np.empty((0, 0), np.float32)
    for repeat in range(repeats):
        answers, accuracies[repeat] = draw(alternatives, max(sizes), generator)
        for position, size in enumerate(sizes):
            some = answers[:, :size]
            # The counts are at most 10,000, which 32-bit floats hold exactly.
            counts[position, repeat] = some @ some.T
    return counts, accuracies, answers


def _seed_lucks(alternative: Alternative, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return ``[seeds, classes]``, what each seed adds to each class.

    A seed's preferences for classes add up to 0.
    """
    if alternative.single:
        return np.zeros((1, CLASSES))
    preferences = generator.standard_normal((alternative.seeds, CLASSES)) * np.sqrt(CLASS)
    preferences -= preferences.mean(axis=1, keepdims=True)
    return preferences + generator.standard_normal((alternative.seeds, 1)) * alternative.shift
