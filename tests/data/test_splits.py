"""Properties of the stratified split, and of the one that keeps groups whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.data import nested_subset, stratified_split
from cotejo.data.splits import grouped_split
from cotejo.errors import DataError

# Of each class so many that every part gets one: five parts, the smallest of a hundredth.
LABELS = st.lists(st.integers(70, 90), max_size=3).map(
    lambda counts: [label for label, count in enumerate(counts) for _ in range(count)]
)
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


@given(st.integers(1, 8), st.integers(1, 4))
def test_a_class_that_can_t_be_in_every_part_is_refused(count, parts):
    labels = [0] * 40 + [1] * count
    fractions = [1 / parts] * parts
    if count >= parts:
        split = stratified_split(labels, fractions, 0)
        assert all({0, 1} == set(np.asarray(labels)[part]) for part in split)
    else:
        with pytest.raises(DataError, match=f"class 1 has {count} images, too few"):
            stratified_split(labels, fractions, 0)


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


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=80),
    st.floats(0.01, 1),
    st.floats(0.01, 1),
    st.integers(0, 99),
)
def test_a_larger_share_holds_a_smaller_one(labels, one, other, seed):
    small, large = sorted((one, other))
    few, many = nested_subset(labels, small, seed), nested_subset(labels, large, seed)
    assert set(few) <= set(many)
    assert list(many) == sorted(set(many))
    kept = np.asarray(labels)[few]
    for label in set(labels):
        count = labels.count(label)
        assert (
            abs((kept == label).sum() - small * count) <= 0.5 + 1e-9 or (kept == label).sum() == 1
        )


def test_the_whole_share_is_every_image_in_order():
    assert list(nested_subset([1, 0, 1, 2], 1, seed=3)) == [0, 1, 2, 3]


@pytest.mark.parametrize("fraction", [0, -0.1, 1.5])
def test_a_share_out_of_range_is_refused(fraction):
    with pytest.raises(ValueError, match="fraction"):
        nested_subset([0, 1], fraction, seed=0)


# Images of three classes in groups, which may be of several classes.
GROUPED = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 15)), min_size=1, max_size=80)


@given(GROUPED, SHARES, st.integers(0, 2**32))
def test_a_grouped_split_is_a_partition_and_no_group_lies_on_two_sides(images, fractions, seed):
    labels, groups = np.array(images).T
    parts = grouped_split(labels, groups, fractions, seed)
    assert len(parts) == len(fractions)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(images)))
    assert all(np.all(np.diff(part) > 0) for part in parts)
    sides = [set(groups[part].tolist()) for part in parts]
    assert sum(map(len, sides)) == len(set(groups.tolist()))


@given(GROUPED, SHARES, st.integers(0, 2**32))
def test_a_grouped_split_misses_its_shares_by_less_than_a_group(images, fractions, seed):
    labels, groups = np.array(images).T
    groups += 100 * labels  # each of a single class
    largest = np.unique(groups, return_counts=True)[1].max()
    for part, fraction in zip(
        grouped_split(labels, groups, fractions, seed), fractions, strict=True
    ):
        for label in np.unique(labels):
            share = fraction * np.count_nonzero(labels == label)
            assert abs(np.count_nonzero(labels[part] == label) - share) < largest + 1e-9


@given(GROUPED, SHARES, st.integers(0, 2**32))
def test_a_grouped_split_depends_on_the_seed_alone(images, fractions, seed):
    labels, groups = np.array(images).T
    first = grouped_split(labels, groups, fractions, seed)
    # What the groups are called says nothing but their order.
    again = grouped_split(labels, 7 * groups + 3, fractions, seed)
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_another_seed_makes_another_grouped_split():
    labels, groups = np.arange(60) % 3, np.arange(60) // 2
    first, other = (grouped_split(labels, groups, (0.5, 0.5), seed) for seed in (0, 1))
    assert not np.array_equal(first[0], other[0])
