"""Balanced accuracy: the mean over the classes of how many of their images are recognised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.intervals import NORMAL, Interval, wilson_bounds

__all__ = ["balanced_accuracy", "confusion_counts"]


def balanced_accuracy(confusion: ArrayLike) -> Interval:
    """Return the balanced accuracy of one network on one split, with its 95% interval.

    Balanced accuracy is the mean of the classes' recalls, so that each class counts alike however
    many images it has. Classes without images are left out.

    The recalls of different classes are of different images, so that their variances add up. That
    of a class is taken with one image more that is recognised and one that is not (Agresti and
    Caffo): without these, a class whose few images are all recognised would be taken to be without
    doubt. The interval is Wilson's for the number of images that would give the same variance if
    all were of one class (Franco et al.). Of one class, it is Wilson's interval of its recall.

    Args:
        confusion: ``[classes, classes]``, counts: a row per true class, a column per predicted
            class. There is at least one image.

    Example:
        >>> known = balanced_accuracy([[90, 10], [1, 4]])
        >>> round(known.estimate, 3), round(known.low, 3), round(known.high, 3)
        (0.85, 0.604, 0.955)

    References:
        Brodersen, K. H., Ong, C. S., Stephan, K. E. and Buhmann, J. M. (2010). The balanced
        accuracy and its posterior distribution. International Conference on Pattern Recognition.
        Agresti, A. and Caffo, B. (2000). Simple and effective confidence intervals for proportions
        and differences of proportions result from adding two successes and two failures. The
        American Statistician 54(4).
        Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019). Comparative study of
        confidence intervals for proportions in complex sample surveys. Journal of Survey
        Statistics and Methodology 7(3).
    """
    counts = np.asarray(confusion, np.float64)
    present = counts.sum(axis=1) > 0
    hits, images = counts.diagonal()[present], counts.sum(axis=1)[present]
    mean = float((hits / images).mean())
    likely = (hits + 1) / (images + 2)
    variance = float((likely * (1 - likely) / images).sum()) / len(images) ** 2
    centre = float(likely.mean())
    worth = centre * (1 - centre) / variance
    low, high = wilson_bounds(mean, NORMAL**2 / worth)
    return Interval(mean, max(min(low, mean), 0.0), min(max(high, mean), 1.0))


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
