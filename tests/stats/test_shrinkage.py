"""Spreads that borrow strength: drawn towards each other, and not spoiled by one wide one."""

from math import inf

import numpy as np
import pytest
from answer_tables import simulated
from scipy.special import digamma, polygamma
from scipy.stats import f

from cotejo.stats import Spread, accuracy_difference, moderated_spreads, own_spread
from cotejo.stats.answers import summarize_answers
from cotejo.stats.shrinkage import _inverse_trigamma, spread_prior


def spreads_like(deviations, seeds=3, seed=1):
    generator = np.random.default_rng(seed)
    return [own_spread(deviation * generator.standard_normal(seeds)) for deviation in deviations]


def test_it_is_smyth_s_estimate_where_none_is_pulled_in():
    """Of four variances, by the formulas of Smyth (2004), section 6.2."""
    variances, degrees = np.array([0.02, 0.5, 1.0, 9.0]), 3.0
    logs = np.log(variances) - digamma(degrees / 2) + np.log(degrees / 2)
    prior = spread_prior([Spread(variance, degrees) for variance in variances])
    # trigamma(d0 / 2) = mean((e - mean(e))^2 n / (n - 1)) - trigamma(d / 2)
    excess = logs.var(ddof=1) - polygamma(1, degrees / 2)
    assert polygamma(1, prior.degrees / 2) == pytest.approx(excess, rel=1e-3)
    # s0^2 = exp(mean(e) + digamma(d0 / 2) - log(d0 / 2))
    half = prior.degrees / 2
    assert np.log(prior.variance) == pytest.approx(logs.mean() + digamma(half) - np.log(half))
    # The posterior variance: (d0 s0^2 + d s^2) / (d0 + d).
    drawn = moderated_spreads([Spread(variance, degrees) for variance in variances])
    mean = (prior.degrees * prior.variance + degrees * 0.02) / (prior.degrees + degrees)
    assert drawn[0].variance == pytest.approx(mean)
    assert drawn[0].degrees == pytest.approx(prior.degrees + degrees)


def test_similar_spreads_are_pooled():
    spreads = [Spread(variance, 2.0) for variance in (1.0, 1.1, 0.9, 1.05)]
    assert spread_prior(spreads).degrees == inf
    for spread in moderated_spreads(spreads):
        assert spread.variance == pytest.approx(1.01, abs=0.03)
        assert spread.degrees == 8


def test_different_spreads_are_shrunk_a_little():
    prior = spread_prior(spreads_like([0.001] * 20 + [0.03] * 20))
    assert 0 < prior.degrees < 5
    narrow = Spread(prior.variance / 4, 2.0)
    (drawn, *_) = moderated_spreads([narrow, *spreads_like([0.001] * 20 + [0.03] * 20)])
    assert narrow.variance < drawn.variance < prior.variance


@pytest.mark.parametrize("degrees", [4, 8, 30])
def test_the_prior_of_the_true_variances_is_recovered(degrees):
    generator = np.random.default_rng(2)
    # The ratio of an estimate to the prior's variance is an F value.
    ratios = f.rvs(4, degrees, size=3000, random_state=generator)
    prior = spread_prior([Spread(1e-4 * ratio, 4.0) for ratio in ratios])
    assert prior.degrees == pytest.approx(degrees, rel=0.35)
    assert prior.variance == pytest.approx(1e-4, rel=0.05)


def test_one_wide_alternative_does_not_decide_for_all():
    """One of 14 that varies seven times as much, as in Phipson et al. (2016)."""
    generator = np.random.default_rng(3)
    kept, of_wide, narrow = [], [], []
    for _ in range(60):
        variances = np.array([0.09] * 13 + [4.0]) * generator.chisquare(2, 14) / 2
        drawn = moderated_spreads([Spread(variance, 2.0) for variance in variances])
        kept.append(np.median([spread.degrees for spread in drawn[:13]]))
        narrow.append(np.mean([spread.variance for spread in drawn[:13]]))
        of_wide.append(drawn[-1].variance / variances[-1])
    # Without robustness, it was 1.4 and 2 of their own.
    assert np.median(kept) > 6
    assert np.median(narrow) == pytest.approx(0.09, rel=0.3)
    # The wide one keeps most of its own.
    assert np.median(of_wide) > 0.4


def test_no_spread_has_more_degrees_of_freedom_than_all_together():
    drawn = moderated_spreads([Spread(1.0, 2.0), Spread(1.1, 2.0), Spread(0.9, 2.0)])
    assert all(spread.degrees <= 6 for spread in drawn)


def test_a_single_seed_gets_the_spread_of_the_others():
    drawn = moderated_spreads([Spread(1.0, 2.0), Spread(0.0, 0.0), *spreads_like([1.0] * 4)])
    assert drawn[1].variance == pytest.approx(np.median([s.variance for s in drawn]), rel=0.5)
    assert drawn[1].degrees > 0


def test_too_few_alternatives_borrow_nothing():
    for spreads in ([Spread(1.0, 2.0)] * 2, [Spread(0.0, 0.0)] * 5, [], [Spread(0.0, 2.0)] * 4):
        assert moderated_spreads(spreads) == spreads


def test_seeds_of_equal_accuracy_are_no_error():
    drawn = moderated_spreads([Spread(0.0, 2.0), *spreads_like([0.01] * 4)], smallest=1e-8)
    assert 0 < drawn[0].variance < 1e-3


def test_a_difference_with_moderated_spreads():
    generator = np.random.default_rng(3)
    correct = [simulated(generator, 1, seeds, 2000, deviation=0.1) for seeds in (3, 3, 2, 3, 1)]
    drawn = moderated_spreads([summarize_answers(table).own_spread for table in correct])
    for second in (1, 2, 4):
        own = accuracy_difference(correct[0], correct[second])
        shrunk = accuracy_difference(correct[0], correct[second], (drawn[0], drawn[second]))
        assert shrunk.estimate == own.estimate
        assert shrunk.seed_variance != own.seed_variance
        turned = accuracy_difference(correct[second], correct[0], (drawn[second], drawn[0]))
        assert turned.p_value == pytest.approx(shrunk.p_value)


@pytest.mark.parametrize("value", [1e-3, 0.1, 1.0, 50.0])
def test_the_inverse_of_the_trigamma_function(value):
    assert polygamma(1, _inverse_trigamma(value)) == pytest.approx(value, rel=1e-6)
