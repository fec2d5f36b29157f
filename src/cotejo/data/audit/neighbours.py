"""The nearest of many vectors, by blocked matrix products: exact, and never all pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest"]

_BLOCK = 512
_GROUPS = 32


def nearest(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    count: int,
    *,
    same: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the vectors of the highest cosine similarity to each query, the nearest first.

    Args:
        queries: ``[m, d]``, of length 1 each.
        vectors: ``[n, d]``, of length 1 each.
        count: how many to return; at most ``n`` are, ``n - 1`` where ``same``.
        same: query ``i`` and vector ``i`` are of one image, which is not its own neighbour.

    Returns:
        Positions in ``vectors`` and their similarities, both ``[m, count]``.

    Example:
        >>> vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
        >>> found, similarity = nearest(vectors, vectors, 1, same=True)
        >>> found[:, 0].tolist(), bool((similarity > 0.59).all())
        ([2, 2, 1], True)
    """
    known = len(vectors)
    count = min(count, known - 1 if same else known)
    # So that groups are of one size; the zeros are never chosen.
    columns = -(-known // _GROUPS) * _GROUPS
    padded = np.zeros((columns, vectors.shape[1]), np.float32)
    padded[:known] = vectors
    found = np.empty((len(queries), count), np.int64)
    similarity = np.empty((len(queries), count), np.float32)
    for start in range(0, len(queries), _BLOCK):
        part = slice(start, start + _BLOCK)
        block = queries[part] @ padded.T
        block[:, known:] = -np.inf
        if same:
            rows = np.arange(len(block))
            block[rows, rows + start] = -np.inf
        found[part], similarity[part] = _largest(block, count)
    return found, similarity


def _largest(
    block: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ``count`` largest of each row.

    They are in the ``count`` groups of the largest maxima, and maxima are found many times
    faster than whole rows are partitioned.
    """
    rows, columns = block.shape
    width = columns // _GROUPS
    maxima = block.reshape(rows, _GROUPS, width).max(axis=1)
    groups = np.argpartition(-maxima, min(count, width) - 1, axis=1)[:, :count]
    members = groups[:, :, np.newaxis] + np.arange(_GROUPS) * width
    candidates = members.reshape(rows, -1)
    values = np.take_along_axis(block, candidates, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    return (
        np.take_along_axis(candidates, order, axis=1),
        np.take_along_axis(values, order, axis=1),
    )
