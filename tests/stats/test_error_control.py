"""The error of each of many comparisons: by the definitions, and against statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from cotejo.stats import adjusted_levels, error_each

quick = settings(max_examples=100, deadline=None)
levels = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@quick
@given(levels)
def test_adjusted_levels_are_those_of_statsmodels(values):
    for kind, method in (("share", "fdr_bh"), ("family", "bonferroni")):
        expected = multipletests(values, method=method)[1]
        assert adjusted_levels(values, kind) == pytest.approx(expected)


@quick
@given(levels)
def test_those_at_the_level_are_those_that_are_settled(values):
    for kind in ("share", "family"):
        error = error_each(values, kind)
        settled = [adjusted <= 0.05 for adjusted in adjusted_levels(values, kind)]
        # Rounding may decide where a level is exactly the error.
        near = [abs(value - error) < 1e-12 for value in values]
        found = [value <= error for value in values]
        assert all(a == b or n for a, b, n in zip(found, settled, near, strict=True))
        assert 0.05 / len(values) <= error * (1 + 1e-12) <= 0.05 * (1 + 1e-9)


def test_the_family_is_stricter_and_one_alone_is_as_it_is():
    assert error_each([0.04]) == error_each([0.04], "family") == 0.05
    assert error_each([]) == 0.05
    assert adjusted_levels([]) == []
    several = [0.001, 0.01, 0.03, 0.6]
    assert error_each(several, "family") < error_each(several)


def test_out_of_range():
    with pytest.raises(ValueError, match=r"`levels` must be in \[0, 1\]"):
        adjusted_levels([1.5])
