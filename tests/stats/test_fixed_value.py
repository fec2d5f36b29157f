"""A figure against a value fixed beforehand: interval and p tell the same."""

from math import inf

import numpy as np
import pytest
from answer_tables import tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from cotejo.stats import Spread, accuracy_above, mean_accuracy, scalar_above

quick = settings(max_examples=60, deadline=None)
VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=8).filter(lambda v: np.std(v) > 1e-3)


@quick
@given(VALUES, st.floats(-100, 100))
def test_of_scalars_it_is_the_one_sample_t_test(values, value):
    difference, reference = scalar_above(values, value), stats.ttest_1samp(values, value)
    interval = reference.confidence_interval()
    assert difference.p_value == pytest.approx(reference.pvalue, abs=1e-6)
    assert difference.low + value == pytest.approx(interval.low, abs=1e-6)
    assert difference.high + value == pytest.approx(interval.high, abs=1e-6)


@quick
@given(tables(), st.floats(0, 1), st.floats(0.01, 0.99), st.booleans())
def test_of_answers_interval_and_p_tell_the_same(correct, value, margin, borrowed):
    assume(len(correct) > 1)
    spread = Spread(0.001, 9.0) if borrowed else None
    difference = accuracy_above(correct, value, spread)
    assert -value <= difference.low <= difference.estimate <= difference.high <= 1 - value
    assert difference.estimate == pytest.approx(correct.mean() - value, abs=1e-12)
    assert 0 <= difference.p_value <= 1
    assume(abs(difference.p_value - 0.05) > 1e-6 and min(value, 1 - value) > 1e-6)
    assert (difference.p_value > 0.05) == (difference.low <= 0 <= difference.high)
    # So they do at any other margin, and at any other confidence.
    level, end = difference.level(margin - value), margin - value
    assume(1e-6 < level < 1 - 1e-6)
    just, more = difference.interval(1 - level * 1.001), difference.interval(1 - level * 0.999)
    assert (just.low <= end <= just.high, more.low <= end <= more.high) == (False, True)


@quick
@given(tables(), st.floats(0, 1))
def test_the_interval_is_that_of_the_accuracy(correct, value):
    assume(len(correct) > 1)
    difference, alone = accuracy_above(correct, value), mean_accuracy(correct)
    assert difference.low + value == pytest.approx(alone.low, abs=1e-9)
    assert difference.high + value == pytest.approx(alone.high, abs=1e-9)


def test_always_right():
    right = np.ones((3, 40), bool)
    assert accuracy_above(right, 1.0).p_value == 1
    assert accuracy_above(right, 0.0).p_value == 0
    assert accuracy_above(~right, 1.0).p_value == 0
    # Wilson's 95% interval of 40 of 40 begins at 0.912.
    assert accuracy_above(right, 0.913).p_value > 0.05 > accuracy_above(right, 0.911).p_value


def test_one_value_settles_nothing():
    for difference in (scalar_above([3.0], 1.0), accuracy_above([[True, False]], 0.1)):
        assert (difference.method, difference.p_value) == ("single", 1)
        assert (difference.low, difference.high) == (-inf, inf)


def test_out_of_range():
    with pytest.raises(ValueError, match=r"`value` must be in \[0, 1\]; received 1.5"):
        accuracy_above([[True]], 1.5)
    with pytest.raises(ValueError, match=r"`correct` must be \[seeds, images\]"):
        accuracy_above([True], 0.5)
    with pytest.raises(ValueError, match="`values` must be finite numbers"):
        scalar_above([], 0.0)
    with pytest.raises(ValueError, match="`value` must be finite"):
        scalar_above([1.0, 2.0], inf)
