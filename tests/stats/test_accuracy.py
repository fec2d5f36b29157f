"""The interval of a mean accuracy: against Wilson's, by properties, and where nothing varies."""

import numpy as np
import pytest
from answer_tables import simulated, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from cotejo.stats import mean_accuracy, wilson_interval
from cotejo.stats.answers import summarize_answers

quick = settings(max_examples=60, deadline=None)


@quick
@given(tables(), st.floats(0.05, 0.99), st.randoms())
def test_it_is_a_bounded_interval_around_the_mean(correct, confidence, random):
    interval = mean_accuracy(correct, confidence)
    assert interval.estimate == pytest.approx(correct.mean())
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    wider = mean_accuracy(correct, (1 + confidence) / 2)
    assert wider.low <= interval.low
    assert interval.high <= wider.high
    seeds = random.sample(range(len(correct)), len(correct))
    images = random.sample(range(correct.shape[1]), correct.shape[1])
    shuffled = mean_accuracy(correct[seeds][:, images], confidence)
    assert (shuffled.low, shuffled.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


@quick
@given(tables(), st.floats(0.5, 0.99))
def test_mistakes_are_mirrored(correct, confidence):
    interval, mistakes = mean_accuracy(correct, confidence), mean_accuracy(~correct, confidence)
    assert mistakes.low == pytest.approx(1 - interval.high, abs=1e-9)
    assert mistakes.high == pytest.approx(1 - interval.low, abs=1e-9)


@quick
@given(tables(most_seeds=1))
def test_of_one_seed_it_is_wilson_s(correct):
    interval = mean_accuracy(correct)
    expected = wilson_interval(correct.mean(), correct.shape[1])
    assert interval.low == pytest.approx(expected.low, abs=1e-9)
    assert interval.high == pytest.approx(expected.high, abs=1e-9)


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 1), (3, 50)])
def test_always_right_or_always_wrong(shape, value):
    interval = mean_accuracy(np.full(shape, value))
    expected = wilson_interval(float(value), shape[1])
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_seeds_that_agree_are_one_seed():
    correct = np.arange(1000) < 700
    interval, expected = mean_accuracy([correct] * 3), wilson_interval(0.7, 1000)
    assert interval.low == pytest.approx(expected.low, abs=2e-5)
    assert interval.high == pytest.approx(expected.high, abs=2e-5)


def test_where_the_seeds_are_all_the_chance_there_is_it_is_a_t_interval():
    # Every image alike: a seed gets all right or none.
    generator = np.random.default_rng(1)
    rates = np.array([0.48, 0.50, 0.52])
    correct = generator.random((3, 200_000)) < rates[:, None]
    means = correct.mean(axis=1)
    half = t.ppf(0.975, 2) * means.std(ddof=1) / np.sqrt(3)
    interval = mean_accuracy(correct)
    assert (interval.high - interval.low) / 2 == pytest.approx(half, rel=0.02)


def test_the_parts_are_those_of_a_two_way_analysis_of_variance():
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    correct = simulated(np.random.default_rng(2), 1.0, 4, 60, deviation=0.5)
    seeds, images = np.indices(correct.shape)
    table = pd.DataFrame(
        {"y": correct.ravel().astype(float), "seed": seeds.ravel(), "image": images.ravel()}
    )
    squares = anova_lm(ols("y ~ C(seed) + C(image)", table).fit())["mean_sq"]
    answers = summarize_answers(correct)
    assert answers.residual == pytest.approx(squares["Residual"])
    assert 4 * answers.image_means.var(ddof=1) == pytest.approx(squares["C(image)"])
    assert 60 * answers.spread == pytest.approx(squares["C(seed)"])
    assert 60 * answers.luck == pytest.approx(squares["Residual"])


@pytest.mark.parametrize(
    "correct", [[True, False], [], [[]], np.ones((2, 2, 2), bool), np.ones((0, 3), bool)]
)
def test_another_shape_is_refused(correct):
    with pytest.raises(ValueError, match=r"`correct` must be \[seeds, images\]"):
        mean_accuracy(correct)


def test_what_is_neither_right_nor_wrong_is_refused():
    with pytest.raises(ValueError, match="`correct` must be true or false"):
        mean_accuracy([[0.5, 1.0]])
    with pytest.raises(ValueError, match="`confidence`"):
        mean_accuracy([[True, False]], confidence=95)
