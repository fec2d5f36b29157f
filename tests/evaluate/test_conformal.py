"""Conformal sets: the coverage that is asked for, over many draws, and MAPIE's very sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin

from cotejo.evaluate.conformal import (
    candidate_sets,
    least_probabilities,
    least_probability,
    set_quality,
    true_probabilities,
)

COVERAGES = (0.5, 0.8, 0.9, 0.95, 0.99)


class Known(ClassifierMixin, BaseEstimator):
    """A classifier for libraries: it has been fitted, and its inputs are the probabilities."""

    def __init__(self, classes=2):
        self.classes = classes

    def fit(self, chances, labels):
        self.classes_ = np.arange(self.classes)
        return self

    def predict(self, chances):
        return chances.argmax(axis=1)

    def predict_proba(self, chances):
        return chances


def sets_of(valid, test, coverage, *, by_class=False):
    labels, chances = valid
    of_true = true_probabilities(labels, chances)
    classes = chances.shape[1]
    least = least_probabilities(of_true, labels, classes, coverage, by_class=by_class)
    return candidate_sets(test.astype(np.float32), least)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("seed", range(3))
def test_the_sets_are_those_of_mapie(random_predictions, coverage, seed):
    mapie = pytest.importorskip("mapie.classification", reason="MAPIE is not installed")
    labels, chances = random_predictions(seed, images=800)
    labels, chances = labels.astype(np.int64), chances.astype(np.float32)
    known = mapie.SplitConformalClassifier(
        Known(chances.shape[1]).fit(chances, labels),
        confidence_level=coverage,
        conformity_score="lac",
        prefit=True,
    )
    known.conformalize(chances[:400], labels[:400])
    _, theirs = known.predict_set(chances[400:])
    ours = sets_of((labels[:400], chances[:400]), chances[400:], coverage)
    theirs = theirs[..., 0].copy()
    # What is theirs may be empty; ours has the likeliest class in any case.
    theirs[np.arange(len(theirs)), chances[400:].argmax(axis=1)] = True
    np.testing.assert_array_equal(ours, theirs)


@settings(max_examples=60)
@given(
    st.integers(1, 400),
    st.sampled_from(COVERAGES),
    st.integers(0, 2**31 - 1),
    st.floats(0.1, 5.0),
)
def test_the_true_class_of_one_more_image_is_in_its_set_as_often_as_asked(
    images, coverage, seed, sharpness
):
    """Exactly: of n + 1 images in any order, how often the one left out is in its set."""
    random = np.random.default_rng(seed)
    of_true = random.random(images + 1) ** sharpness
    held = [
        of_true[left] >= least_probability(np.delete(of_true, left), coverage)
        for left in range(images + 1)
    ]
    assert np.mean(held) >= coverage - 1e-12
    # Without ties it is no more than one image's share above that.
    if least_probability(of_true, coverage) > 0:
        assert np.mean(held) <= coverage + 1 / (images + 1) + 1e-12


@settings(max_examples=40)
@given(st.integers(0, 2**31 - 1), st.sampled_from(COVERAGES), st.integers(1, 3))
def test_ties_only_widen_the_sets(seed, coverage, digits):
    random = np.random.default_rng(seed)
    of_true = random.random(41).round(digits)
    held = [
        of_true[left] >= least_probability(np.delete(of_true, left), coverage) for left in range(41)
    ]
    assert np.mean(held) >= coverage - 1e-12


@settings(max_examples=30)
@given(st.integers(0, 2**31 - 1))
def test_more_coverage_never_takes_a_class_away(seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 4, 60)
    chances = random.dirichlet(np.ones(4), 60)
    smaller = np.zeros((60, 4), bool)
    for coverage in COVERAGES:
        sets = sets_of((labels, chances), chances, coverage)
        assert (sets >= smaller).all()
        assert sets.any(axis=1).all()
        assert sets[np.arange(60), chances.astype(np.float32).argmax(axis=1)].all()
        smaller = sets


@settings(max_examples=30)
@given(st.integers(0, 2**31 - 1))
def test_the_order_of_images_and_classes_changes_nothing(seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, 50)
    chances = random.dirichlet(np.ones(3), 50)
    images, classes = random.permutation(50), random.permutation(3)
    place = np.argsort(classes)
    for by_class in (False, True):
        sets = sets_of((labels, chances), chances, 0.8, by_class=by_class)
        valid = place[labels[images]], chances[images][:, classes]
        again = sets_of(valid, chances[:, classes], 0.8, by_class=by_class)
        sure = np.diff(np.sort(chances, axis=1)[:, -2:])[:, 0] > 1e-6
        np.testing.assert_array_equal(again[:, place][sure], sets[sure])


def test_rare_classes_have_the_coverage_too_where_it_is_asked_for_by_class():
    """Nineteen images in twenty are of one class, and a network that leans to it."""
    random = np.random.default_rng(0)

    def drawn(images):
        labels = (random.random(images) < 0.05).astype(int)
        logit = random.normal(np.where(labels, 0.0, -3.0), 1.0)
        of_rare = 1 / (1 + np.exp(-logit))
        return labels, np.stack([1 - of_rare, of_rare], axis=1).astype(np.float32)

    valid, (labels, chances) = drawn(20_000), drawn(40_000)
    together = set_quality(labels, sets_of(valid, chances, 0.95))
    apart = set_quality(labels, sets_of(valid, chances, 0.95, by_class=True))
    assert together.coverage.estimate > 0.94
    assert together.by_class[1].high < 0.9
    for share in apart.by_class:
        assert share.high > 0.94
    assert apart.mean_size > together.mean_size


def test_too_few_images_rule_nothing_out():
    labels, chances = np.zeros(18, int), np.tile([0.9, 0.1], (18, 1))
    assert sets_of((labels, chances), np.array([[1.0, 0.0]]), 0.95).all()
    none = np.zeros(0, np.float32)
    assert least_probability(none, 0.95) == 0
    np.testing.assert_array_equal(least_probabilities(none, np.zeros(0, int), 3, 0.9), 0)


@pytest.mark.parametrize("coverage", [0.0, 1.0, -1, 2, float("nan")])
def test_a_coverage_out_of_range_is_refused(coverage):
    with pytest.raises(ValueError, match="`coverage` must be between 0 and 1"):
        least_probability(np.ones(30), coverage)


def test_classes_without_images_have_no_coverage():
    sets = np.array([[True, True, False], [False, True, True], [False, False, True]])
    quality = set_quality([0, 1, 1], sets)
    assert quality.coverage.estimate == pytest.approx(2 / 3)
    assert quality.by_class[2] is None
    assert quality.by_class[1].estimate == 0.5
    assert quality.sizes == (0, 1, 2, 0)
    assert (quality.mean_size, quality.singles) == (pytest.approx(5 / 3), pytest.approx(1 / 3))
