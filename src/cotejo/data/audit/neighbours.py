"""The nearest neighbours among many vectors, by matrix products: exact, and block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.threads import mapped

__all__ = ["nearest"]

_BLOCK = 256
_GROUPS = 32


def nearest(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    count: int,
    *,
    same: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the vectors with the highest cosine similarity to each query, the nearest first.

    Args:
        queries: ``[m, d]``, each of length 1.
        vectors: ``[n, d]``, each of length 1.
        count: how many to return for each query; at most ``n``, or ``n - 1`` with ``same``.
        same: query ``i`` and vector ``i`` are of the same image, which is not its own neighbour.

    Returns:
        Positions in ``vectors`` and their similarities, both ``[m, count]``.

    Example:
        >>> vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
        >>> positions, similarity = nearest(vectors, vectors, 1, same=True)
        >>> positions[:, 0].tolist(), bool((similarity > 0.59).all())
        ([2, 2, 1], True)
    """
    total = len(vectors)
    count = min(count, total - 1 if same else total)
    # Padded with zeros, so that all groups have the same size; the zeros are never chosen.
    columns = -(-total // _GROUPS) * _GROUPS
    padded = np.zeros((columns, vectors.shape[1]), np.float32)
    padded[:total] = vectors

    def search(start: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        block = queries[start : start + _BLOCK] @ padded.T
        block[:, total:] = -np.inf
        if same:
            rows = np.arange(len(block))
            block[rows, rows + start] = -np.inf
        return _largest(block, count)

    found = list(mapped(search, range(0, len(queries), _BLOCK)))
    positions, similarity = zip(*found, strict=True)
    return np.concatenate(positions), np.concatenate(similarity)


def _largest(
    block: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the positions and the values of the ``count`` largest of each row.

    They are in the ``count`` groups with the largest maxima. Computing the maxima of groups is many
    times faster than partitioning whole rows.
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
