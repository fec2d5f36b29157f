"""What the spreads of a study's alternatives have in common."""

from math import inf

import numpy as np
import pytest
from answer_tables import simulated
from scipy.special import polygamma

from cotejo.compare import accuracy_difference, spread_of_study
from cotejo.compare.answers import Answers, take_apart
from cotejo.compare.shared import Shared, _inverse_trigamma, shared_spread


def answers(seed_means) -> Answers:
    return Answers(np.zeros(1000), np.array(seed_means), 0.0)


def spreads_like(deviations, seeds=3, seed=1) -> list[Answers]:
    generator = np.random.default_rng(seed)
    return [answers(0.7 + one * generator.standard_normal(seeds)) for one in deviations]


def test_alike_they_are_pooled():
    means = [[0.70, 0.71, 0.72], [0.60, 0.61, 0.62], [0.50, 0.515, 0.53], [0.4, 0.41, 0.42]]
    known = [answers(one) for one in means]
    shared = shared_spread(known)
    pooled = np.mean([np.var(one, ddof=1) for one in means])
    assert shared.degrees == inf
    assert shared.drawn(1.0, 2.0) == pytest.approx((pooled, 8))


def test_unlike_they_are_drawn_together_a_little():
    shared = shared_spread(spreads_like([0.001] * 20 + [0.03] * 20))
    assert 0 < shared.degrees < 5
    small, degrees = shared.drawn(0.001**2, 2.0)
    assert 0.001**2 < small < shared.variance
    assert degrees == pytest.approx(2 + shared.degrees)


def test_the_degrees_of_freedom_are_about_those_that_spreads_were_drawn_with():
    generator = np.random.default_rng(2)
    variances = 1e-4 * 8 / generator.chisquare(8, 3000)
    shared = shared_spread(spreads_like(np.sqrt(variances), seeds=5))
    assert shared.degrees == pytest.approx(8, rel=0.25)
    assert shared.variance == pytest.approx(1e-4, rel=0.05)


def test_none_has_more_degrees_of_freedom_than_all_have():
    assert Shared(1e-4, 50.0, 10.0).drawn(2e-4, 2.0)[1] == 10


def test_of_too_few_there_is_none():
    assert shared_spread(spreads_like([0.01, 0.01])) is None
    assert shared_spread([answers([0.7])] * 5) is None
    assert shared_spread(spreads_like([0.01, 0.01, 0.01])) is not None


def test_seeds_that_agree_by_rounding_are_no_error():
    shared = shared_spread([answers([0.7, 0.7, 0.7])] * 4)
    assert shared.variance > 0
    assert shared_spread([*[answers([0.7] * 3)] * 2, *spreads_like([0.01] * 3)]).degrees < inf


def test_a_difference_drawn_to_it():
    generator = np.random.default_rng(3)
    correct = [simulated(generator, 1, seeds, 2000, deviation=0.1) for seeds in (3, 3, 2, 3, 1)]
    shared = spread_of_study(correct)
    assert shared == shared_spread([take_apart(one) for one in correct])
    for second in (correct[1], correct[2], correct[4]):
        own = accuracy_difference(correct[0], second)
        drawn = accuracy_difference(correct[0], second, shared)
        assert drawn.estimate == own.estimate
        assert drawn.image_variance == own.image_variance
        assert drawn.seed_variance != own.seed_variance
        assert accuracy_difference(second, correct[0], shared).p_value == pytest.approx(
            drawn.p_value
        )


@pytest.mark.parametrize("value", [1e-3, 0.1, 1.0, 50.0])
def test_the_inverse_of_the_trigamma_function(value):
    assert polygamma(1, _inverse_trigamma(value)) == pytest.approx(value, rel=1e-6)
