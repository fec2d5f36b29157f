"""The nearest neighbours among many vectors, by matrix products: exact, and block by block.

Sorting all similarities would take far longer than computing them. So those of a sample tell first
how near the neighbours sought are at least, and of the rest only what is as near is looked at: some
150 of 60,000. Where only near neighbours are of use, a bound from outside leaves still less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.threads import mapped

__all__ = ["NONE", "nearest"]

NONE = -2.0
"""The similarity of a neighbour that there is none of; its position is 0."""

_ROWS, _COLUMNS = 768, 768
"""Queries and vectors of one matrix product; others take up to a quarter longer."""

_SAMPLE = 4_096
"""How many vectors tell how near neighbours are at least."""

_GROUPS = 32
"""The columns of a sample that make one group, whose largest similarity counts."""


def nearest(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    count: int,
    *,
    same: bool = False,
    least: float = -1.0,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the vectors with the highest cosine similarity to each query, the nearest first.

    Args:
        queries: ``[m, d]``, each of length 1.
        vectors: ``[n, d]``, each of length 1.
        count: how many to return for each query; at most ``n``, or ``n - 1`` with ``same``.
        same: query ``i`` and vector ``i`` are of the same image, which is not its own neighbour.
        least: only neighbours at least as similar are sought, in ``[-1, 1]``; it takes less time.

    Returns:
        Positions in ``vectors`` and their similarities, both ``[m, count]``. A query with fewer
        neighbours as similar as ``least`` has the similarity `NONE` for the others.

    Example:
        >>> vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
        >>> positions, similarity = nearest(vectors, vectors, 1, same=True)
        >>> positions[:, 0].tolist(), bool((similarity > 0.59).all())
        ([2, 2, 1], True)
        >>> near = nearest(vectors, vectors, 1, same=True, least=0.7)[1]
        >>> (near[:, 0] == NONE).tolist()
        [True, False, False]
    """
    total = len(vectors)
    count = min(count, total - 1 if same else total)
    # In an order of chance, so that the first vectors are a fair sample of all.
    order = np.random.default_rng(0).permutation(total)
    vectors = vectors[order]
    # Below any similarity there is, also after rounding.
    lowest = np.float32(least if least > -1 else NONE)

    def search(start: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        block = queries[start : start + _ROWS]
        rows, columns, similarity = _near(block, vectors, count + same, lowest)
        columns = order[columns]
        if same:
            other = columns != rows + start
            rows, columns, similarity = rows[other], columns[other], similarity[other]
        return _ranked(rows, columns, similarity, (len(block), count))

    found = list(mapped(search, range(0, len(queries), _ROWS)))
    positions, similarity = zip(*found, strict=True)
    return np.concatenate(positions), np.concatenate(similarity)


def _near(
    block: NDArray[np.float32], vectors: NDArray[np.float32], count: int, lowest: np.float32
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return which rows and columns are near, and how near: the nearest ``count``, and some more.

    A column has to be as near as ``lowest``.
    """
    sample = block @ vectors[:_SAMPLE].T
    bound = np.maximum(_bound(sample, count), lowest)[:, np.newaxis]
    parts = [_found(sample, sample >= bound, 0)]
    # Memory that is used again and again: getting it anew takes as long as the products.
    tile = np.empty((len(block), _COLUMNS), np.float32)
    near = np.empty(tile.shape, bool)
    for start in range(_SAMPLE, len(vectors), _COLUMNS):
        part = vectors[start : start + _COLUMNS]
        if len(part) == _COLUMNS:
            np.matmul(block, part.T, out=tile)
            parts.append(_found(tile, np.greater_equal(tile, bound, out=near), start))
        else:
            last = block @ part.T
            parts.append(_found(last, last >= bound, start))
    rows, columns, similarity = (np.concatenate(each) for each in zip(*parts, strict=True))
    return rows, columns, similarity


def _found(
    tile: NDArray[np.float32], near: NDArray[np.bool_], start: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return the rows and the columns of what is near in a tile, and how near it is."""
    # Many times faster than `np.nonzero` of both dimensions.
    found = np.flatnonzero(near)
    rows, columns = np.divmod(found, tile.shape[1])
    return rows, columns + start, tile.ravel()[found]


def _bound(tile: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return what at least ``count`` of each row are not below, and little more than these.

    It is the ``count``-th largest of the maxima of groups, which are found many times faster than
    the ``count`` largest.
    """
    rows, columns = tile.shape
    groups = columns // _GROUPS
    if groups < count:
        return np.full(rows, NONE, np.float32)
    maxima = tile[:, : groups * _GROUPS].reshape(rows, _GROUPS, groups).max(axis=1)
    return np.asarray(np.partition(maxima, groups - count, axis=1)[:, groups - count])


def _ranked(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    similarity: NDArray[np.float32],
    shape: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the columns of each row and their similarities, the most similar first."""
    order = np.argsort(4.0 * rows - similarity)  # by rows, then by similarity
    rows, columns, similarity = rows[order], columns[order], similarity[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(shape[0]))[rows]
    kept = rank < shape[1]
    places = rows[kept], rank[kept]
    positions, similarities = np.zeros(shape, np.int64), np.full(shape, NONE, np.float32)
    positions[places], similarities[places] = columns[kept], similarity[kept]
    return positions, similarities
