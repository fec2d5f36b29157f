"""The nearest neighbours are those that sorting all similarities gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotejo.data.audit import neighbours
from cotejo.data.audit.neighbours import NONE, nearest

COUNT = 10


def unit_vectors(count: int, seed: int, clusters: int = 5) -> np.ndarray:
    """Return vectors of length 1 in clusters, some of them more than once."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(clusters, 16))
    vectors = centres[np.sort(generator.integers(clusters, size=count))]
    vectors = vectors + generator.normal(size=vectors.shape)
    vectors[count // 2 : count // 2 + 20] = vectors[0]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def sorted_similarities(queries: np.ndarray, vectors: np.ndarray, same: bool) -> np.ndarray:
    """Return the highest similarities, plainly."""
    similarity = queries @ vectors.T
    if same:
        np.fill_diagonal(similarity, NONE)
    count = min(COUNT, len(vectors) - same)
    return -np.sort(-similarity, axis=1)[:, :count]


@pytest.mark.parametrize("same", [True, False])
@settings(max_examples=10)
@given(count=st.sampled_from((2, 9, 31, 400, 1500)), seed=st.integers(0, 999))
def test_they_are_the_nearest(same: bool, count: int, seed: int) -> None:
    vectors = unit_vectors(count, seed)
    queries = vectors if same else unit_vectors(300, seed + 1)
    expected = sorted_similarities(queries, vectors, same)
    with pytest.MonkeyPatch.context() as patch:  # tiles that few vectors fill
        for name, small in (("_ROWS", 64), ("_COLUMNS", 100), ("_SAMPLE", 500)):
            patch.setattr(neighbours, name, small)
        positions, similarity = nearest(queries, vectors, COUNT, same=same)
        near = nearest(queries, vectors, COUNT, same=same, least=0.5)[1]
    np.testing.assert_allclose(similarity, expected, atol=1e-5)
    found = np.einsum("id,ijd->ij", queries, vectors[positions])
    np.testing.assert_allclose(found, similarity, atol=1e-5)
    if same:
        assert (positions != np.arange(count)[:, np.newaxis]).all()
    assert all(len(set(row)) == len(row) for row in positions.tolist())
    sure = np.abs(expected - 0.5) > 1e-5
    np.testing.assert_allclose(
        near[sure], np.where(expected >= 0.5, expected, NONE)[sure], atol=1e-5
    )
