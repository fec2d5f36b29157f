"""Differences: against scipy and statsmodels, by properties, and where nothing varies."""

from dataclasses import asdict
from math import inf

import numpy as np
import pytest
from answer_tables import bonett_and_price, simulated, tables, two_tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from statsmodels.stats.contingency_tables import mcnemar

from cotejo.stats import accuracy_difference, scalar_above, scalar_difference
from cotejo.stats.seeds_and_images import two_sided_p

quick = settings(max_examples=60, deadline=None)
values = st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=1, max_size=5)


@quick
@given(two_tables())
def test_the_reverse_is_the_other_way_round(pair):
    difference, reverse = accuracy_difference(*pair), accuracy_difference(*pair[::-1]).reversed()
    assert reverse.seeds == difference.seeds
    for name, value in asdict(difference).items():
        if isinstance(value, float):
            assert getattr(reverse, name) == pytest.approx(value, abs=1e-12)


@quick
@given(two_tables(), st.randoms())
def test_the_order_of_seeds_and_of_images_is_nothing(pair, random):
    first, second = pair
    images = random.sample(range(first.shape[1]), first.shape[1])
    seeds = [random.sample(range(len(side)), len(side)) for side in pair]
    difference = accuracy_difference(first, second)
    shuffled = accuracy_difference(first[seeds[0]][:, images], second[seeds[1]][:, images])
    for name in ("estimate", "low", "high", "p_value", "seed_variance", "image_variance"):
        assert getattr(shuffled, name) == pytest.approx(getattr(difference, name), abs=1e-9)


@quick
@given(two_tables(), st.floats(0.05, 0.98), st.floats(-1, 1))
def test_bounds(pair, confidence, margin):
    difference = accuracy_difference(*pair)
    assert difference.estimate == pytest.approx(pair[0].mean() - pair[1].mean(), abs=1e-12)
    assert -1 <= difference.low <= difference.estimate <= difference.high <= 1
    narrow, wide = difference.interval(confidence), difference.interval((1 + confidence) / 2)
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    assert (difference.interval().low, difference.interval().high) == (
        difference.low,
        difference.high,
    )
    assert 0 <= difference.p_value_against(margin) <= 1
    assert difference.seed_variance >= 0
    assert difference.image_variance > 0


@pytest.mark.parametrize("margin", [5e-324, 1e-310, 1e-290])
def test_a_margin_next_to_nothing_is_none(margin):
    difference = accuracy_difference(np.eye(2, 4, dtype=bool), np.eye(2, 4, dtype=bool))
    assert difference.p_value_against(margin) == pytest.approx(1)
    assert two_sided_p(margin, 0.5, 2, 0.25) == pytest.approx(1)


@quick
@given(two_tables(), st.floats(-0.99, 0.99))
def test_interval_and_p_tell_the_same(pair, margin):
    difference = accuracy_difference(*pair)
    assume(difference.method == "seeds-and-images" or margin != 0)
    p = difference.p_value_against(margin)
    assume(abs(p - 0.05) > 1e-6)
    assert (p > 0.05) == (difference.low <= margin <= difference.high)


@quick
@given(two_tables(most_seeds=1))
def test_of_one_seed_a_side_it_is_mcnemar_s_and_bonett_and_price_s(pair):
    first, second = pair[0][0], pair[1][0]
    table = [
        [(first & second).sum(), (first & ~second).sum()],
        [(~first & second).sum(), (~first & ~second).sum()],
    ]
    difference = accuracy_difference(*pair)
    assert difference.p_value == pytest.approx(mcnemar(table, exact=True).pvalue)
    assert (difference.low, difference.high) == pytest.approx(
        bonett_and_price(first, second), abs=1e-7
    )
    assert (difference.method, difference.seeds, difference.seed_variance) == ("mcnemar", (1, 1), 0)


@quick
@given(tables())
def test_the_same_answers_are_no_difference(correct):
    difference = accuracy_difference(correct, correct)
    assert difference.estimate == 0
    assert difference.p_value == 1
    assert not difference.excludes_zero
    assert difference.low < 0 < difference.high


def test_always_right_against_always_wrong():
    right, wrong = np.ones((3, 500), bool), np.zeros((3, 500), bool)
    difference = accuracy_difference(right, wrong)
    assert difference.estimate == 1
    assert 0.9 < difference.low <= difference.high == 1
    assert difference.p_value < 1e-12


def test_one_image_settles_nothing():
    assert accuracy_difference([[True]], [[False]]).p_value == 1
    difference = accuracy_difference([[True]] * 3, [[False]] * 3)
    assert difference.low < 1
    assert difference.p_value > 1e-3


def test_with_endless_images_it_is_welch_s():
    generator = np.random.default_rng(3)
    rates = [np.array([[0.60], [0.63], [0.66]]), np.array([[0.5], [0.56], [0.55], [0.52]])]
    first, second = (generator.random((len(rate), 400_000)) < rate for rate in rates)
    expected = ttest_ind(first.mean(axis=1), second.mean(axis=1), equal_var=False)
    difference = accuracy_difference(first, second)
    assert difference.degrees == pytest.approx(expected.df, rel=0.01)
    assert difference.p_value == pytest.approx(expected.pvalue, rel=0.05)
    low, high = expected.confidence_interval()
    assert (difference.low, difference.high) == pytest.approx((low, high), abs=0.0015)


def test_with_seeds_that_agree_it_is_bonett_and_price_s():
    generator = np.random.default_rng(4)
    first, second = (simulated(generator, mean, 1, 2000) for mean in (1.2, 1.0))
    difference = accuracy_difference(np.repeat(first, 3, axis=0), np.repeat(second, 3, axis=0))
    low, high = bonett_and_price(first[0], second[0])
    assert difference.seed_variance == pytest.approx(0, abs=1e-20)
    assert difference.high - difference.low == pytest.approx(high - low, rel=0.01)


def test_one_seed_borrows_the_other_side_s_variance():
    generator = np.random.default_rng(5)
    single, several = simulated(generator, 1, 1, 4000), simulated(generator, 1, 3, 4000, 0.3)
    difference = accuracy_difference(single, several)
    assert difference.method == "seeds-and-images"
    assert difference.degrees == 2
    assert difference.seed_variance > 0
    reverse = accuracy_difference(several, single)
    assert reverse.seed_variance == difference.seed_variance


def test_other_images_and_other_shapes_are_refused():
    with pytest.raises(ValueError, match="`first` and `second` must be of the same images"):
        accuracy_difference([[True, False]], [[True]])
    with pytest.raises(ValueError, match=r"`first` must be \[seeds, images\].*received \[2\]"):
        accuracy_difference([True, False], [[True, False]])
    with pytest.raises(ValueError, match="`second` must be true or false"):
        accuracy_difference([[True, False]], [[0.2, 0.8]])
    with pytest.raises(ValueError, match="`confidence`"):
        accuracy_difference([[True, False]], [[True, True]]).interval(1.0)


@quick
@given(values, values)
def test_of_a_scalar_it_is_welch_s_test(first, second):
    assume(len(first) > 1 and len(second) > 1)
    # scipy warns, rightly, of values too near each other for their variance to mean anything.
    assume(np.std(first) > 0.01 and np.std(second) > 0.01)
    expected = ttest_ind(first, second, equal_var=False)
    difference = scalar_difference(first, second)
    assert difference.p_value == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
    low, high = expected.confidence_interval()
    assert (difference.low, difference.high) == pytest.approx((low, high), abs=1e-9)
    assert difference.method == "welch"
    assert difference.reversed() == scalar_difference(second, first)


def test_a_scalar_of_one_seed_a_side_settles_nothing():
    difference = scalar_difference([60.0], [75.0])
    assert (difference.estimate, difference.low, difference.high) == (-15, -inf, inf)
    assert (difference.p_value, difference.method) == (1, "single")
    assert difference.p_value_against(-3) == 1
    assert not difference.excludes_zero
    assert difference.reversed().estimate == 15


def test_scalars_that_never_vary_settle_nothing():
    """Seconds of 60, 60 and 61, 61 are rounded: how much they vary is not known."""
    difference = scalar_difference([60, 60], [61, 61])
    assert (difference.estimate, difference.low, difference.high) == (-1, -inf, inf)
    assert (difference.p_value, difference.method) == (1, "single")
    assert difference.p_value_against(-5) == 1
    assert scalar_above([60, 60], 61).p_value == 1
    assert scalar_difference([60, 60], [61, 61], image_variance=0.01).p_value < 0.05


def test_images_widen_a_scalar_s_interval():
    first, second = [0.08, 0.10, 0.09], [0.05, 0.06, 0.06]
    alone, both = scalar_difference(first, second), scalar_difference(first, second, 1e-4)
    assert both.high - both.low > alone.high - alone.low
    assert both.p_value > alone.p_value


@pytest.mark.parametrize("bad", [[], [np.nan], [[1.0]], [inf, 1.0]])
def test_scalars_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="`second` must be finite numbers"):
        scalar_difference([1.0], bad)
    with pytest.raises(ValueError, match="`image_variance` must be 0 or more"):
        scalar_difference([1.0], [2.0], image_variance=-1)
