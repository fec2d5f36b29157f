"""The difference of accuracies on different images has the interval that statsmodels gives it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.stats import independent_difference

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts)
def test_it_is_newcombes(first, second):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    (right, images), (other, others) = first, second
    ours = independent_difference(right / images, images, other / others, others)
    low, high = proportion.confint_proportions_2indep(
        right, images, other, others, method="newcomb", compare="diff"
    )
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)
    assert -1 <= ours.low <= ours.estimate <= ours.high <= 1
    back = independent_difference(other / others, others, right / images, images)
    assert (-back.high, -back.low) == pytest.approx((ours.low, ours.high))
