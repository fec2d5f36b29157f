"""Balanced accuracy: the mean over the classes of how many of their images are recognised."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.intervals import Interval, proportion_interval

__all__ = ["balanced_accuracy", "confusion_counts"]


def balanced_accuracy(confusion: ArrayLike) -> Interval:
    """Return the balanced accuracy of one network on one split, with its 95% interval.

    Balanced accuracy is the mean of the classes' recalls, so that each class counts alike however
    many images it has. Classes without images are left out.

    The recalls of different classes are of different images, and so are independent of each
    other. Their Wilson intervals are put together by Zou and Donner's method: on either side, the
    distance of the bound is the root of the sum of the squared distances of the classes' bounds,
    over the number of classes. The delta method, by which the other averages over the classes
    have their intervals, takes a class whose few images are all recognised to be without doubt;
    Wilson's interval does not.

    Args:
        confusion: ``[classes, classes]``, counts: a row per true class, a column per predicted
            class. There is at least one image.

    Example:
        >>> known = balanced_accuracy([[90, 10], [1, 4]])
        >>> round(known.estimate, 3), round(known.low, 3), round(known.high, 3)
        (0.85, 0.659, 0.933)

    References:
        Brodersen, K. H., Ong, C. S., Stephan, K. E. and Buhmann, J. M. (2010). The balanced
        accuracy and its posterior distribution. International Conference on Pattern Recognition.
        Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures:
        a general approach. Statistics in Medicine 27(10).
    """
    counts = np.asarray(confusion, np.float64)
    present = counts.sum(axis=1) > 0
    hits, images = counts.diagonal()[present], counts.sum(axis=1)[present]
    recalls = hits / images
    bounds = np.array([proportion_interval(*pair) for pair in zip(hits, images, strict=True)])
    mean, classes = float(recalls.mean()), len(recalls)
    below = sqrt(float(((recalls - bounds[:, 0]) ** 2).sum())) / classes
    above = sqrt(float(((bounds[:, 1] - recalls) ** 2).sum())) / classes
    return Interval(mean, max(mean - below, 0.0), min(mean + above, 1.0))


def confusion_counts(
    labels: NDArray[np.integer[Any]], chances: NDArray[np.floating[Any]]
) -> NDArray[np.int64]:
    """Return the confusion matrix, ``[classes, classes]``: a row per true class.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        chances: ``[n, classes]``; the highest is the answer, and of equal ones the first.

    Example:
        >>> confusion_counts(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
        array([[1, 0],
               [1, 1]])
    """
    classes = chances.shape[1]
    places = labels.astype(np.int64) * classes + chances.argmax(axis=1)
    return np.bincount(places, minlength=classes**2).reshape(classes, classes)
