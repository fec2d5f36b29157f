"""Intervals over images, against scipy, by properties, and by their coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from cotejo.compare import paired_difference, wilson_interval


@given(images=st.integers(1, 20_000), data=st.data())
def test_wilson_agrees_with_scipy(images, data):
    right = data.draw(st.integers(0, images))
    expected = binomtest(right, images).proportion_ci(method="wilson")
    found = wilson_interval(right / images, images)
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_wilson_refuses_what_is_no_accuracy():
    with pytest.raises(ValueError, match=r"`accuracy` must be in \[0, 1\]; received 70"):
        wilson_interval(70, 100)
    with pytest.raises(ValueError, match="`images` must be at least 1"):
        wilson_interval(0.5, 0)
    with pytest.raises(ValueError, match="`confidence`"):
        wilson_interval(0.5, 10, confidence=95)


def test_paired_difference_is_bonett_and_price_s():
    # 26 right by the first only, 10 by the second only, of 100 images.
    first = [1] * 26 + [0] * 10 + [1] * 64
    second = [0] * 26 + [1] * 10 + [1] * 64
    only_first, only_second = 27 / 102, 11 / 102
    half = 1.959964 * np.sqrt((only_first + only_second - (only_first - only_second) ** 2) / 102)
    found = paired_difference(first, second)
    assert found.estimate == pytest.approx(0.16)
    assert found.low == pytest.approx(only_first - only_second - half, abs=1e-6)
    assert found.high == pytest.approx(only_first - only_second + half, abs=1e-6)
    assert found.excludes_zero


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=50), st.randoms())
def test_paired_difference_properties(pairs, random):
    first, second = np.array(pairs, float).T
    found, reverse = paired_difference(first, second), paired_difference(second, first)
    assert -1 <= found.low <= found.high <= 1
    assert (reverse.low, reverse.high) == pytest.approx((-found.high, -found.low))
    order = random.sample(range(len(pairs)), len(pairs))
    shuffled = paired_difference(first[order], second[order])
    assert (shuffled.low, shuffled.high) == pytest.approx((found.low, found.high))


def test_the_same_answers_settle_nothing():
    found = paired_difference(np.ones(1000), np.ones(1000))
    assert found.estimate == 0
    assert not found.excludes_zero
    assert found.high < 0.01


def test_paired_difference_refuses_other_images():
    with pytest.raises(ValueError, match=r"received \[2\] and \[3\]"):
        paired_difference([1, 0], [1, 0, 1])


def test_paired_difference_covers_the_truth():
    generator = np.random.default_rng(1)
    hard = generator.random((600, 400))
    first = hard < 0.70
    second = np.where(generator.random(hard.shape) < 0.8, hard, generator.random(hard.shape)) < 0.66
    found = [paired_difference(*pair) for pair in zip(first, second, strict=True)]
    covered = np.mean([one.low <= 0.04 <= one.high for one in found])
    assert 0.92 <= covered <= 0.98
