"""The prior of a study's spreads, and how each alternative's spread is shrunk towards it."""

from math import inf

import numpy as np
import pytest
from answer_tables import simulated
from scipy.special import polygamma

from cotejo.stats import accuracy_difference, spread_prior
from cotejo.stats.answers import Answers, summarize_answers
from cotejo.stats.shrinkage import SpreadPrior, _inverse_trigamma, spread_prior_of_answers


def answers(seed_means) -> Answers:
    return Answers(np.zeros(1000), np.array(seed_means), 0.0)


def spreads_like(deviations, seeds=3, seed=1) -> list[Answers]:
    generator = np.random.default_rng(seed)
    return [answers(0.7 + deviation * generator.standard_normal(seeds)) for deviation in deviations]


def test_similar_spreads_are_pooled():
    means = [[0.70, 0.71, 0.72], [0.60, 0.61, 0.62], [0.50, 0.515, 0.53], [0.4, 0.41, 0.42]]
    prior = spread_prior_of_answers([answers(of_seeds) for of_seeds in means])
    pooled = np.mean([np.var(of_seeds, ddof=1) for of_seeds in means])
    assert prior.degrees == inf
    assert prior.shrink(1.0, 2.0) == pytest.approx((pooled, 8))


def test_different_spreads_are_shrunk_a_little():
    prior = spread_prior_of_answers(spreads_like([0.001] * 20 + [0.03] * 20))
    assert 0 < prior.degrees < 5
    small, degrees = prior.shrink(0.001**2, 2.0)
    assert 0.001**2 < small < prior.variance
    assert degrees == pytest.approx(2 + prior.degrees)


def test_the_prior_of_the_true_variances_is_recovered():
    generator = np.random.default_rng(2)
    variances = 1e-4 * 8 / generator.chisquare(8, 3000)
    prior = spread_prior_of_answers(spreads_like(np.sqrt(variances), seeds=5))
    assert prior.degrees == pytest.approx(8, rel=0.25)
    assert prior.variance == pytest.approx(1e-4, rel=0.05)


def test_no_spread_has_more_degrees_of_freedom_than_all_together():
    assert SpreadPrior(1e-4, 50.0, 10.0).shrink(2e-4, 2.0)[1] == 10


def test_too_few_alternatives_give_no_prior():
    assert spread_prior_of_answers(spreads_like([0.01, 0.01])) is None
    assert spread_prior_of_answers([answers([0.7])] * 5) is None
    assert spread_prior_of_answers(spreads_like([0.01, 0.01, 0.01])) is not None


def test_seeds_of_equal_accuracy_are_no_error():
    prior = spread_prior_of_answers([answers([0.7, 0.7, 0.7])] * 4)
    assert prior.variance > 0
    some_vary = [*[answers([0.7] * 3)] * 2, *spreads_like([0.01] * 3)]
    assert spread_prior_of_answers(some_vary).degrees < inf


def test_a_difference_with_the_prior():
    generator = np.random.default_rng(3)
    correct = [simulated(generator, 1, seeds, 2000, deviation=0.1) for seeds in (3, 3, 2, 3, 1)]
    prior = spread_prior(correct)
    assert prior == spread_prior_of_answers([summarize_answers(table) for table in correct])
    for second in (correct[1], correct[2], correct[4]):
        own = accuracy_difference(correct[0], second)
        shrunk = accuracy_difference(correct[0], second, prior)
        assert shrunk.estimate == own.estimate
        assert shrunk.image_variance == own.image_variance
        assert shrunk.seed_variance != own.seed_variance
        assert accuracy_difference(second, correct[0], prior).p_value == pytest.approx(
            shrunk.p_value
        )


@pytest.mark.parametrize("value", [1e-3, 0.1, 1.0, 50.0])
def test_the_inverse_of_the_trigamma_function(value):
    assert polygamma(1, _inverse_trigamma(value)) == pytest.approx(value, rel=1e-6)
