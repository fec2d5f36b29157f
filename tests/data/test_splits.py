"""Properties of the stratified split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.data import stratified_split

LABELS = st.lists(st.integers(0, 6), max_size=200)
SHARES = st.lists(st.integers(1, 20), min_size=1, max_size=5).map(
    lambda parts: [part / sum(parts) for part in parts]
)


@given(LABELS, SHARES, st.integers(0, 2**32))
def test_parts_are_disjoint_and_complete(labels, fractions, seed):
    parts = stratified_split(labels, fractions, seed)
    assert len(parts) == len(fractions)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))


@given(LABELS, SHARES, st.integers(0, 2**32))
def test_each_class_is_within_one_of_its_share(labels, fractions, seed):
    labels = np.array(labels, dtype=int)
    for part, fraction in zip(stratified_split(labels, fractions, seed), fractions, strict=True):
        for label in np.unique(labels):
            share = fraction * np.count_nonzero(labels == label)
            assert abs(np.count_nonzero(labels[part] == label) - share) <= 1 + 1e-9


@given(LABELS, SHARES, st.integers(0, 2**32))
def test_repeats(labels, fractions, seed):
    first = stratified_split(labels, fractions, seed)
    again = stratified_split(labels, fractions, seed)
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_seeds_differ():
    labels = np.arange(100) % 4
    first, second = (stratified_split(labels, (0.5, 0.5), seed)[0] for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_is_the_same_everywhere():
    train, test = stratified_split([0, 1] * 5, (0.6, 0.4), seed=0)
    assert (train.tolist(), test.tolist()) == ([3, 4, 5, 6, 8, 9], [0, 1, 2, 7])


@pytest.mark.parametrize("fractions", [(), (0.5, 0.4), (1.5, -0.5), (1.0, 0.0), (float("nan"),)])
def test_refuses_fractions(fractions):
    with pytest.raises(ValueError, match="`fractions` must be"):
        stratified_split([0, 1], fractions, 0)


def test_refuses_labels_that_are_no_vector():
    with pytest.raises(ValueError, match="`labels` must be a vector"):
        stratified_split([[0, 1]], (0.5, 0.5), 0)
