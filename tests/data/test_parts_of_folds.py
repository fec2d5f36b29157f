"""Cross-validation's parts: each image tested once, groups whole, classes in their share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotejo import load_dataset
from cotejo.data import Dataset, Split
from cotejo.data.folds import check_folds, fold_count, fold_parts, folds, groups_digest, in_folds
from cotejo.errors import DataError


def made(labels, groups=None, method="dealt"):
    """Return a data set, whose images are known by their only pixel, before it is in folds."""
    count, classes = len(labels), max(labels) + 1
    images = np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1)
    groups = None if groups is None else np.asarray(groups, np.int64)
    every = Split(images, np.asarray(labels, np.int32), groups=groups)
    cuts = np.split(np.arange(count), [count // 2, count * 3 // 4])
    train, valid, test = (every.take(cut) for cut in cuts)
    names = [f"class {number}" for number in range(classes)]
    return Dataset("made", train, valid, test, names, {"method": method}, "made")


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(8, 20), min_size=2, max_size=4),
    count=st.integers(3, 6),
    seed=st.integers(0, 9),
    chance=st.randoms(use_true_random=False),
)
def test_each_image_is_tested_and_validated_once_and_never_learned_from_then(
    counts, count, seed, chance
):
    labels = [label for label, size in enumerate(counts) for _ in range(size)]
    chance.shuffle(labels)
    dataset = in_folds(made(labels), count)
    tested, validated = [], []
    for fold in folds(dataset, seed):
        own = fold.dataset
        used = [split.images.ravel().tolist() for split in (own.train, own.valid, own.test)]
        assert sorted(np.concatenate(used)) == list(range(len(labels)))
        np.testing.assert_array_equal(dataset.test.images[fold.test], own.test.images)
        np.testing.assert_array_equal(dataset.valid.images[fold.valid], own.valid.images)
        np.testing.assert_array_equal(dataset.test.labels[fold.test], own.test.labels)
        tested += used[2]
        validated += used[1]
        # Each class keeps its share, to within an image or two.
        share = np.bincount(own.test.labels, minlength=len(counts)) * count
        assert (abs(share - np.array(counts)) <= 2 * count).all()
    assert sorted(tested) == sorted(validated) == list(range(len(labels)))


@settings(deadline=None)
@given(st.lists(st.integers(0, 11), min_size=40, max_size=60), st.integers(0, 5))
def test_a_group_stays_in_one_part(groups, seed):
    dataset = in_folds(made([number % 2 for number in range(len(groups))], groups), 4)
    parts = fold_parts(dataset, seed)
    for group in set(groups):
        assert len(set(parts[np.asarray(groups) == group])) == 1


def test_a_seed_chooses_the_parts():
    dataset = in_folds(made([0, 1] * 20), 5)
    parts = {seed: fold_parts(dataset, seed) for seed in (1, 2)}
    np.testing.assert_array_equal(parts[1], fold_parts(dataset, 1))
    assert (parts[1] != parts[2]).any()


def test_without_folds_there_is_one_of_the_data_as_it_is(digits):
    (fold,) = folds(digits, seed=3)
    assert fold_count(digits) == 1
    assert fold.dataset is digits
    assert (len(fold.valid), len(fold.test)) == (len(digits.valid), len(digits.test))


@pytest.mark.parametrize("method", ["notebook", "last", "given", "own"])
def test_data_with_test_images_of_its_own_is_refused(method):
    with pytest.raises(DataError, match=r"made brings its own test images.*Leave `folds` out"):
        in_folds(made([0, 1] * 20, method=method), 3)


def test_a_class_that_a_fold_would_not_learn_is_refused():
    groups = [*range(20), 20, 20, 20, 21, 21, 21]
    dataset = in_folds(made([0] * 20 + [1] * 6, groups), 5)
    with pytest.raises(DataError, match='no image of class "class 1"'):
        check_folds(dataset, 0)


def test_too_few_groups_for_the_parts_are_refused():
    dataset = in_folds(made([0, 1] * 12, [number // 6 for number in range(24)]), 20)
    with pytest.raises(DataError, match="24 images, or groups of them, are too few for 20 folds"):
        check_folds(dataset, 0)


def test_what_is_known_of_the_images_goes_with_them():
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3), dtype=np.uint8)
    images[1] = images[0]  # a copy
    dataset = in_folds(load_dataset((images, [0, 1] * 20)), 4)
    first = dataset.train.groups
    pixels = [image.tobytes() for image in dataset.train.images]
    copies = [row for row, image in enumerate(pixels) if image == images[0].tobytes()]
    assert len(copies) == 2
    assert first[copies[0]] == first[copies[1]]
    assert groups_digest(dataset.train) != groups_digest(replace(dataset.train, groups=None))
