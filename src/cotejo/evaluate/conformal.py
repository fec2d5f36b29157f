"""Conformal sets: the classes that can't be ruled out, with a coverage that is asked for.

A class is ruled out if it is less probable than the true class hardly ever is. How improbable the
true class can be is seen on images that the network did not learn from: split conformal prediction,
whose sets hold the true class of a new image of the same kind with at least the coverage asked for,
however well or badly the network is calibrated. Of the ways to rank the classes it is that of the
least ambiguous sets, the smallest on average (docs/decisions/0025).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.intervals import Interval, wilson_interval
from cotejo.evaluate.metrics import check_predictions

__all__ = [
    "COVERAGE",
    "SetQuality",
    "candidate_sets",
    "least_probabilities",
    "least_probability",
    "set_quality",
    "true_probabilities",
]


COVERAGE = 0.95
"""How often the true class is to be among the candidates, if nothing else is asked for."""


def true_probabilities(labels: ArrayLike, probabilities: ArrayLike) -> NDArray[np.float32]:
    """Return the probability that each image's true class was given, ``[n]``.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.

    Raises:
        ValueError: as `classification_metrics`.

    Example:
        >>> true_probabilities([0, 1], [[0.75, 0.25], [0.5, 0.5]]).tolist()
        [0.75, 0.5]
    """
    true, chances = check_predictions(labels, probabilities)
    return chances[np.arange(len(true)), true].astype(np.float32)


def least_probability(of_true: NDArray[np.floating], coverage: float) -> float:
    """Return the probability below which a class is ruled out.

    Of n images, the true class of ``ceil((n + 1) · coverage)`` is at least that probable. It is 0,
    and nothing is ruled out, where n is too small for that: 95% takes 19 images.

    Args:
        of_true: ``[n]``, what `true_probabilities` returns for images that were not learned from.
        coverage: how often the true class is to be among those that are left, in ``(0, 1)``.

    Raises:
        ValueError: ``coverage`` is out of its range.

    Example:
        >>> least_probability(np.arange(1, 20) / 20, 0.95), least_probability(np.ones(18), 0.95)
        (0.05, 0.0)

    References:
        Vovk, V., Gammerman, A., and Shafer, G. (2005). Algorithmic learning in a random world.
        Springer. Sadinle, M., Lei, J., and Wasserman, L. (2019). Least ambiguous set-valued
        classifiers with bounded error levels. Journal of the American Statistical Association
        114(525).
    """
    if not 0 < coverage < 1:
        raise ValueError(f"`coverage` must be between 0 and 1; received {coverage}")
    # Rounded first: 0.7 · 10 is a little more than 7 in binary numbers.
    place = ceil(round((len(of_true) + 1) * coverage, 9))
    if place > len(of_true):
        return 0.0
    return float(np.sort(of_true)[-place])


def least_probabilities(
    of_true: NDArray[np.floating],
    labels: NDArray[np.integer],
    classes: int,
    coverage: float,
    *,
    by_class: bool = False,
) -> NDArray[np.float64]:
    """Return the probability below which each class is ruled out, ``[classes]``.

    Args:
        of_true: ``[n]``, as for `least_probability`.
        labels: ``[n]``, the images' classes.
        classes: how many there are.
        coverage: in ``(0, 1)``.
        by_class: whether the coverage is to hold for the images of each class, and not only for
            all of them together, where rare classes may be missed more often. A class with too few
            images is then never ruled out.

    References:
        Vovk, V. (2012). Conditional validity of inductive conformal predictors. ACML.

    Example:
        >>> least_probabilities(np.array([0.9] * 19), np.zeros(19, int), 2, 0.95).tolist()
        [0.9, 0.9]
        >>> labels = np.zeros(19, int)
        >>> least_probabilities(np.array([0.9] * 19), labels, 2, 0.95, by_class=True).tolist()
        [0.9, 0.0]
    """
    if not by_class:
        return np.full(classes, least_probability(of_true, coverage))
    own = [least_probability(of_true[labels == label], coverage) for label in range(classes)]
    return np.array(own)


def candidate_sets(
    probabilities: NDArray[np.floating], least: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Return which classes can't be ruled out, ``[n, classes]``; the likeliest never is.

    Args:
        probabilities: ``[n, classes]``, by the network that the limits are of.
        least: ``[classes]``, as `least_probabilities` returns them.

    Example:
        >>> chances = np.array([[0.75, 0.25, 0.0], [0.5, 0.25, 0.25]])
        >>> candidate_sets(chances, np.array([0.25, 0.25, 0.5])).tolist()
        [[True, True, False], [True, True, False]]
    """
    sets: NDArray[np.bool_] = probabilities >= least
    # Without it, a set could be empty where a network is right more often than it has to be.
    sets[np.arange(len(sets)), probabilities.argmax(axis=1)] = True
    return sets


@dataclass(frozen=True)
class SetQuality:
    """How good sets are, on images that had no part in making them.

    Attributes:
        coverage: the share of the images whose true class is in their set, with Wilson's 95%
            interval.
        mean_size: the mean number of classes in a set.
        singles: the share of the sets with one class alone.
        by_class: of each class, the same as ``coverage`` over its images; None without images.
        sizes: ``[classes + 1]``, how many sets have each size.
    """

    coverage: Interval
    mean_size: float
    singles: float
    by_class: tuple[Interval | None, ...]
    sizes: tuple[int, ...]


def set_quality(labels: ArrayLike, sets: NDArray[np.bool_]) -> SetQuality:
    """Return the coverage and the sizes of sets.

    Args:
        labels: ``[n]``, the true classes, of one image or more.
        sets: ``[n, classes]``, as `candidate_sets` returns them.

    Example:
        >>> quality = set_quality([0, 1], np.array([[True, False], [True, False]]))
        >>> quality.coverage.estimate, quality.mean_size, quality.singles
        (0.5, 1.0, 1.0)
    """
    true = np.asarray(labels)
    held = sets[np.arange(len(true)), true]
    sizes = sets.sum(axis=1)
    classes = sets.shape[1]
    return SetQuality(
        coverage=_share(held),
        mean_size=float(sizes.mean()),
        singles=float((sizes == 1).mean()),
        by_class=tuple(
            _share(held[true == label]) if (true == label).any() else None
            for label in range(classes)
        ),
        sizes=tuple(np.bincount(sizes, minlength=classes + 1).tolist()),
    )


def _share(held: NDArray[np.bool_]) -> Interval:
    return wilson_interval(float(held.mean()), len(held))
