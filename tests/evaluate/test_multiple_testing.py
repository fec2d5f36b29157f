"""Holm's correction, against statsmodels."""

import gc
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from cotejo.evaluate import holm

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None)
@given(p_values, st.randoms())
def test_holm_s_correction(raw, random):
    corrected = holm(raw)
    with patch.object(gc, "collect"):  # statsmodels collects garbage at each call
        expected = list(multipletests(raw, method="holm")[1])
    assert corrected == pytest.approx(expected)
    assert all(before <= after <= 1 for before, after in zip(raw, corrected, strict=True))
    ordered = [after for _, after in sorted(zip(raw, corrected, strict=True))]
    assert ordered == sorted(ordered)
    order = random.sample(range(len(raw)), len(raw))
    assert holm([raw[i] for i in order]) == pytest.approx([corrected[i] for i in order])


def test_holm_s_correction_of_none_and_of_what_is_none():
    assert holm([]) == []
    assert holm([0.03]) == [0.03]
    with pytest.raises(ValueError, match=r"`p_values` must be in \[0, 1\]"):
        holm([0.5, 1.5])
    with pytest.raises(ValueError, match="`p_values`"):
        holm([float("nan")])
