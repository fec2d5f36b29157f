"""Alternatives that share their seeds: against scipy, and narrower where seeds move together."""

import numpy as np
import pytest
from answer_tables import simulated
from scipy.stats import ttest_rel

from cotejo.stats import (
    Spread,
    accuracy_difference,
    paired_accuracy_difference,
    paired_scalar_difference,
    scalar_difference,
)


def test_of_scalars_it_is_the_paired_t_test():
    generator = np.random.default_rng(1)
    shared = generator.standard_normal(5)
    first, second = (shared + 0.3 * generator.standard_normal(5) for _ in range(2))
    expected = ttest_rel(first, second)
    difference = paired_scalar_difference(first, second)
    interval = expected.confidence_interval()
    assert difference.p_value == pytest.approx(expected.pvalue)
    assert (difference.low, difference.high) == pytest.approx((interval.low, interval.high))
    assert difference.seed_variance < scalar_difference(first, second).seed_variance


def test_answers_of_endless_images_are_scalars():
    generator = np.random.default_rng(2)
    rates = 0.7 + 0.02 * generator.standard_normal((4, 1))
    first, second = (generator.random((4, 200_000)) < rate for rate in (rates, rates - 0.01))
    difference = paired_accuracy_difference(first, second)
    scalar = paired_scalar_difference(first.mean(axis=1), second.mean(axis=1))
    assert difference.estimate == pytest.approx(scalar.estimate)
    assert difference.seed_variance == pytest.approx(scalar.seed_variance)
    assert difference.degrees == 3
    assert difference.seed_variance < accuracy_difference(first, second).seed_variance / 4


def test_images_and_luck_count_once():
    generator, images = np.random.default_rng(3), 2000
    ease = 2 * generator.standard_normal(images)
    first, second = (simulated(generator, 1.0, 4, images, 0.0, ease) for _ in range(2))
    paired, plain = paired_accuracy_difference(first, second), accuracy_difference(first, second)
    assert paired.image_variance == pytest.approx(plain.image_variance, rel=0.5)
    assert paired_accuracy_difference(second, first).reversed().low == pytest.approx(paired.low)


def test_a_moderated_spread_takes_the_place_of_their_own():
    first, second = [61.0, 64.0, 62.0], [70.0, 72.0, 71.5]
    difference = paired_scalar_difference(first, second, spread=Spread(0.3, 8.0))
    assert difference.seed_variance == pytest.approx(0.1)
    assert difference.degrees == 8
    assert paired_scalar_difference([1.0, 2.0], [2.0, 3.0]).method == "single"


def test_other_seeds_are_refused():
    with pytest.raises(ValueError, match="of the same two or more seeds; received 2 and 3"):
        paired_scalar_difference([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="of the same two or more seeds and the same images"):
        paired_accuracy_difference([[True, False]], [[True, False]])
