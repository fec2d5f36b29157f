"""The share of the trials' differences that one setting explains."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway

from cotejo.stats import explained_share


@given(st.lists(st.tuples(st.floats(1e-5, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_it_is_a_share_within_its_interval(trials):
    values, reached = zip(*trials, strict=True)
    share = explained_share(values, reached, log=True)
    if share is not None:
        assert 0 <= share.low <= share.estimate <= share.high <= 1


def test_a_setting_that_does_nothing_explains_nothing_on_average_and_is_rarely_above_zero():
    random = np.random.default_rng(3)
    shares = [
        explained_share(random.uniform(0, 1, 20).tolist(), random.normal(size=20).tolist())
        for _ in range(400)
    ]
    above = fmean(share.low > 0 for share in shares)
    assert above <= 0.045
    assert fmean(share.estimate for share in shares) < 0.06


def test_the_interval_covers_the_true_share():
    # Of y = x + noise with equal spreads, half is explained. Ranks make it a little less.
    random = np.random.default_rng(4)
    covered = []
    for _ in range(300):
        x = random.normal(size=20)
        share = explained_share(x.tolist(), (x + random.normal(size=20)).tolist())
        covered.append(share.low <= 0.5 <= share.high)
    assert fmean(covered) >= 0.9


def test_choices_agree_with_the_analysis_of_variance():
    random = np.random.default_rng(5)
    choices = ["a", "b", "c"] * 7
    reached = random.permutation(21) / 21
    share = explained_share(choices, reached.tolist())
    from scipy.stats import norm, rankdata

    scores = norm.ppf((rankdata(reached) - 0.5) / 21)
    groups = [scores[[each == choice for each in choices]] for choice in "abc"]
    statistic = f_oneway(*groups).statistic
    plain = 2 * statistic / (2 * statistic + 18)
    assert share.estimate == pytest.approx(max(1 - (1 - plain) * 20 / 18, 0))
    # The lower end is above 0 where the test of 2.5% says so.
    assert (share.low > 0) == (f_oneway(*groups).pvalue < 0.025)


@pytest.mark.parametrize(
    ("values", "reached"),
    [([1, 2, 3], [0.1, 0.2, 0.3]), ([5] * 9, range(9)), (range(9), [0.5] * 9), ([], [])],
)
def test_too_few_or_equal_trials_explain_nothing_that_is_known(values, reached):
    assert explained_share(list(values), list(reached)) is None
