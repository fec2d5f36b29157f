"""Labels that may be wrong, found by confident learning from a network's probabilities."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.data.audit import Issue
from cotejo.evaluate.metrics import check_predictions

__all__ = ["label_issues", "suspected_labels"]


def label_issues(labels: ArrayLike, probabilities: ArrayLike, split: str) -> list[Issue]:
    """Return the suspected labels of one split as rows of its audit.

    Args:
        labels: ``[n]``, as in `suspected_labels`.
        probabilities: ``[n, classes]``.
        split: ``train``, ``valid`` or ``test``.

    Returns:
        Issues of kind ``label``. The score is 1 minus the probability of the given label, and
        ``predicted`` is the class with the highest probability.

    Example:
        >>> chances = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.04, 0.96]]
        >>> issues = label_issues([0, 0, 1, 1, 0], chances, "test")
        >>> [(issue.index, issue.predicted) for issue in issues]
        [(4, 1)]
    """
    positions, confidence = suspected_labels(labels, probabilities)
    predicted = np.asarray(probabilities).argmax(axis=1)
    return [
        Issue(position, split, "label", 1 - chance, predicted=int(predicted[position]))
        for position, chance in zip(positions.tolist(), confidence.tolist(), strict=True)
    ]


def suspected_labels(
    labels: ArrayLike, probabilities: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the images whose labels may be wrong, by confident learning.

    Confident learning estimates from the probabilities how many images of each class have the
    label of another class. It then returns that many: those whose label has the lowest support.
    It is only as good as the probabilities: it also suspects what a weak network gets wrong.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``, of a model that has not learned from
            these images.

    Returns:
        Positions ``[m]``, the most suspected first; and the probability of each one's given
        label, ``[m]``, in ``[0, 1]``: the lower, the more suspected.

    Raises:
        ValueError: labels and probabilities don't agree.

    Example:
        >>> labels = np.repeat([0, 1], 20)
        >>> chances = np.where(labels[:, np.newaxis] == [0, 1], 0.9, 0.1)
        >>> chances[3] = 0.05, 0.95
        >>> suspected_labels(labels, chances)
        (array([3]), array([0.05]))

    References:
        Northcutt, C. G., Jiang, L., and Chuang, I. L. (2021). Confident learning: estimating
        uncertainty in dataset labels. Journal of Artificial Intelligence Research 70.
    """
    with warnings.catch_warnings():
        # In a notebook without widgets, a library that it imports says that it can show no bar.
        warnings.filterwarnings("ignore", "IProgress not found")
        # Deferred: it imports pandas.
        from cleanlab.filter import find_label_issues

    given, chances = check_predictions(labels, probabilities)
    # cleanlab can't deal with a class that no image has as its label.
    present = np.unique(given)
    if len(present) < 2:
        return np.zeros(0, np.int64), np.zeros(0)
    of_present = chances[:, present]
    of_present = of_present / np.maximum(of_present.sum(axis=1, keepdims=True), 1e-12)
    suspected = find_label_issues(
        np.searchsorted(present, given),
        of_present,
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    positions = np.asarray(suspected, np.int64)
    return positions, np.asarray(chances[positions, given[positions]], np.float64)
