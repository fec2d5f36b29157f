"""Which mistakes are worth a look: the most confident ones, and those of confused classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.evaluate.metrics import check_predictions

__all__ = ["confused_pairs", "mutual_pairs", "select_mistakes"]


def confused_pairs(confusion: ArrayLike) -> list[tuple[int, int, int]]:
    """Return the pairs of classes that were confused, the most frequent pair first.

    Args:
        confusion: ``[classes, classes]`` counts; rows are true classes, columns predicted ones.

    Returns:
        ``(true, predicted, count)`` for each count above 0 off the diagonal; equal counts are in
        label order.

    Example:
        >>> confused_pairs([[8, 2, 0], [5, 5, 0], [0, 2, 8]])
        [(1, 0, 5), (0, 1, 2), (2, 1, 2)]
    """
    counts = np.array(confusion)
    np.fill_diagonal(counts, 0)
    true, predicted = np.nonzero(counts)
    order = np.argsort(-counts[true, predicted], kind="stable")
    return [(int(true[i]), int(predicted[i]), int(counts[true[i], predicted[i]])) for i in order]


def select_mistakes(
    labels: ArrayLike,
    probabilities: ArrayLike,
    worst: int = 48,
    pairs: int = 10,
    per_pair: int = 8,
) -> NDArray[np.int32]:
    """Return the positions of the mistakes that ``mistakes.npz`` keeps.

    First come the ``worst`` mistakes, those with the highest probability of the wrong class. Then
    come, for each of the ``pairs`` most confused pairs, its ``per_pair`` worst mistakes. No
    position is repeated; mistakes of equal probability keep the order of the dataset.

    Args:
        labels: ``[n]``, integers in ``[0, classes)``.
        probabilities: ``[n, classes]``, in ``[0, 1]``.
        worst: how many of the worst mistakes to keep, 0 or more.
        pairs: how many pairs ``(true, predicted)`` to illustrate, 0 or more.
        per_pair: how many mistakes of each pair to keep at most, 0 or more.

    Returns:
        ``[m]``, int32; empty if there are no mistakes.

    Raises:
        ValueError: labels and probabilities don't agree.

    Example:
        >>> chances = [[0.9, 0.1], [0.3, 0.7], [0.2, 0.8], [0.1, 0.9]]
        >>> select_mistakes([0, 0, 0, 1], chances, worst=1, pairs=1, per_pair=8)
        array([2, 1], dtype=int32)
    """
    true, chances = check_predictions(labels, probabilities)
    predicted = chances.argmax(axis=1)
    wrong = np.flatnonzero(predicted != true)
    by_confidence = wrong[np.argsort(-chances[wrong, predicted[wrong]], kind="stable")]
    confusion = np.zeros((chances.shape[1], chances.shape[1]), dtype=np.int64)
    np.add.at(confusion, (true[wrong], predicted[wrong]), 1)

    # A dict keeps the order and drops repeated positions.
    chosen = dict.fromkeys(by_confidence[:worst].tolist())
    for true_class, predicted_class, _ in confused_pairs(confusion)[:pairs]:
        of_pair = (true[by_confidence] == true_class) & (
            predicted[by_confidence] == predicted_class
        )
        chosen |= dict.fromkeys(by_confidence[of_pair][:per_pair].tolist())
    return np.array(list(chosen), dtype=np.int32)


def mutual_pairs(confusion: ArrayLike) -> list[tuple[int, int]]:
    """Return the pairs of classes that are confused in either direction, most frequent first.

    Args:
        confusion: ``[classes, classes]`` counts; rows are true classes, columns predicted ones.

    Returns:
        ``(true, predicted)``, in the direction that is more frequent. Pairs that are never
        confused are left out; equally frequent pairs are in label order.

    Example:
        >>> mutual_pairs([[8, 2, 0], [5, 5, 0], [0, 2, 8]])
        [(1, 0), (2, 1)]
    """
    counts = np.array(confusion)
    both = np.triu(counts + counts.T, k=1)
    rows, columns = np.nonzero(both)
    order = np.argsort(-both[rows, columns], kind="stable")
    pairs = [(int(rows[i]), int(columns[i])) for i in order]
    return [(a, b) if counts[a, b] >= counts[b, a] else (b, a) for a, b in pairs]
