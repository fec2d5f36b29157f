"""The interval of an accuracy over images, against scipy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from cotejo.stats import wilson_interval


@settings(deadline=None)
@given(images=st.integers(1, 20_000), data=st.data())
def test_wilson_agrees_with_scipy(images, data):
    right = data.draw(st.integers(0, images))
    expected = binomtest(right, images).proportion_ci(method="wilson")
    interval = wilson_interval(right / images, images)
    assert interval.low == pytest.approx(expected.low, abs=1e-12)
    assert interval.high == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


def test_wilson_refuses_what_is_no_accuracy():
    with pytest.raises(ValueError, match=r"`accuracy` must be in \[0, 1\]; received 70"):
        wilson_interval(70, 100)
    with pytest.raises(ValueError, match="`images` must be at least 1"):
        wilson_interval(0.5, 0)
