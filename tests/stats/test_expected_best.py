"""The expected best of n trials: against all subsets, against simulation, and its properties."""

from __future__ import annotations

from itertools import combinations, pairwise
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.stats import expected_best

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(VALUES)
def test_it_is_the_mean_of_the_best_over_all_subsets(values):
    for size, point in enumerate(expected_best(values), 1):
        bests = [max(chosen) for chosen in combinations(values, size)]
        assert point.estimate == pytest.approx(fmean(bests), abs=1e-9)


@given(VALUES, st.randoms())
def test_more_trials_are_never_worth_less_and_their_order_does_not_count(values, random):
    curve = expected_best(values)
    estimates = [point.estimate for point in curve]
    assert all(b >= a - 1e-12 for a, b in pairwise(estimates))
    assert estimates[0] == pytest.approx(fmean(values))
    assert estimates[-1] == pytest.approx(max(values))
    assert all(point.low <= point.estimate <= point.high for point in curve)
    random.shuffle(values)
    assert expected_best(values) == curve


def test_on_average_it_is_the_best_of_so_many_fresh_trials():
    random = np.random.default_rng(1)
    trials, studies = 12, 1500
    seen = np.array(
        [
            [point.estimate for point in expected_best(random.beta(8, 2, trials))]
            for _ in range(studies)
        ]
    )
    for size in (1, 3, 6, 12):
        true = random.beta(8, 2, (200_000, size)).max(axis=1).mean()
        error = seen[:, size - 1].std() / studies**0.5
        assert abs(seen[:, size - 1].mean() - true) < 4 * error


def test_the_interval_covers_about_what_it_says_up_to_half_of_the_trials():
    random = np.random.default_rng(2)
    trials, studies, size = 20, 300, 5
    true = random.beta(20, 2, (200_000, size)).max(axis=1).mean()
    curves = (expected_best(random.beta(20, 2, trials)) for _ in range(studies))
    covered = [curve[size - 1].low <= true <= curve[size - 1].high for curve in curves]
    assert 0.85 <= fmean(covered) <= 0.99


def test_it_needs_a_value():
    with pytest.raises(ValueError, match="`values`"):
        expected_best([])
