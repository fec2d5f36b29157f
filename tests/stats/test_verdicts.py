"""Verdicts in three directions: verdict, interval and level never disagree."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cotejo.stats import (
    Judged,
    claim_level,
    claim_outcome,
    error_each,
    scalar_difference,
)
from cotejo.stats.difference import difference_from

quick = settings(max_examples=200, deadline=None)


def of_interval(low, high, **changes):
    """A difference whose 95% interval is this one, of a known variance."""
    half = (high - low) / 2
    variance = (half / 1.959963984540054) ** 2
    difference = difference_from((low + high) / 2, (3, 3), 0.0, variance, "welch")
    return Judged(difference, difference, **changes)


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.1, 3.0, "supported"),
        (0.1, 0.9, "smaller"),
        (-3.0, -0.1, "refuted"),
        (-0.9, -0.1, "refuted"),
        (-0.9, 0.8, "equal"),
        (-0.9, 1.1, "unsettled"),
        (-1.1, 0.8, "unsettled"),
        (-3.0, 3.0, "unsettled"),
    ],
)
def test_where_the_interval_lies(low, high, outcome):
    assert of_interval(low, high, margin=1.0).outcome() == outcome


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (8.1, 9.5, "supported"),
        (8.1, 8.9, "supported"),
        (-2.5, 1.1, "refuted"),
        (7.2, 8.9, "equal"),
        (7.0, 9.5, "unsettled"),
    ],
)
def test_another_line_has_its_own_margin(low, high, outcome):
    assert of_interval(low, high, line=8.0, margin=1.0).outcome() == outcome


def test_without_a_margin_there_are_two_directions():
    assert of_interval(-0.01, 0.01).outcome() == "unsettled"
    assert of_interval(0.01, 0.02).outcome() == "supported"


differences = st.builds(
    lambda first, second, images: scalar_difference(first, second, images),
    st.lists(st.floats(-3, 3).map(lambda v: round(v, 2)), min_size=2, max_size=6),
    st.lists(st.floats(-3, 3).map(lambda v: round(v, 2)), min_size=2, max_size=6),
    st.floats(1e-4, 1),
)


@quick
@given(differences, st.floats(0.1, 1), st.floats(-2, 2), st.floats(0.1, 4), st.floats(1e-3, 0.05))
def test_verdict_interval_and_level_agree(own, share, line, margin, error):
    borrowed = difference_from(
        own.estimate,
        own.seeds,
        share * own.seed_variance,
        own.image_variance,
        "welch",
        degrees=own.degrees + 8,
    )
    tested = Judged(borrowed, own, line=line, margin=margin)
    assume(abs(tested.level - error) > 1e-6 and abs(tested.level - 0.05) > 1e-6)
    interval, outcome = tested.interval(error), tested.outcome(error)
    assert (outcome != "unsettled") == (tested.level < error)
    low, high = interval.low - line, interval.high - line
    assert (outcome == "supported") == (low > 0)
    assert (outcome == "refuted") == (high < 0)
    # What borrows strength never says more than the two alone do at 95%.
    assert interval.low <= own.low
    assert interval.high >= own.high
    # An interval narrower than the margin settles it, whatever the difference is.
    assert outcome != "unsettled" or high - low >= margin * (1 - 1e-9)


def test_runs_that_diverged_leave_the_interval_open():
    tested = of_interval(0.5, 3.0, margin=1.0)
    assert replace(tested, open_above=True).outcome() == "supported"
    assert replace(tested, open_below=True).outcome() == "unsettled"
    assert replace(tested, open_below=True).level == 1
    assert replace(tested, open_below=True).interval().low == -inf
    assert replace(of_interval(-0.5, 0.5, margin=1.0), open_above=True).outcome() == "unsettled"


def test_a_claim_of_several_comparisons_counts_once():
    clear, close = of_interval(2.0, 4.0, margin=1.0), of_interval(0.1, 2.1, margin=1.0)
    worse = of_interval(-4.0, -2.0, margin=1.0)
    assert claim_level([clear]) == clear.level
    # Two share the error.
    assert claim_level([clear, close]) == pytest.approx(2 * close.level)
    assert claim_level([close, worse]) == pytest.approx(2 * worse.level)
    assert claim_outcome([clear, clear]) == "supported"
    assert claim_outcome([clear, of_interval(-0.9, 0.8, margin=1.5)]) == "equal"
    assert claim_outcome([clear, worse]) == "refuted"
    assert claim_outcome([clear, of_interval(-2, 2, margin=1.0)]) == "unsettled"
    # At 5% it would be settled alone; with half of the error it is not.
    assert close.outcome(0.05) == "supported"
    assert claim_outcome([clear, of_interval(0.01, 2.0, margin=1.0)], 0.05) == "unsettled"


@quick
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.02, 0.6]), min_size=1, max_size=3), st.floats(0, 1))
def test_a_claim_is_settled_exactly_from_its_level_on(centres, width):
    parts = [of_interval(c - 0.2 - width, c + 0.2 + width, margin=1.0) for c in centres]
    level = claim_level(parts)
    for error in (0.001, 0.01, 0.05):
        assume(abs(level - error) > 1e-9)
        assert (claim_outcome(parts, error) != "unsettled") == (level < error)


def test_of_the_verdicts_few_are_wrong():
    """Claims on their line, and half of them far off: the share of wrong verdicts."""
    generator, wrong, studies = np.random.default_rng(1), [], 150
    for _ in range(studies):
        truths = [0.0] * 5 + [3.0] * 5
        tests = []
        for truth in truths:
            first, second = truth + generator.standard_normal(5), generator.standard_normal(5)
            difference = scalar_difference(first, second)
            tests.append(Judged(difference, difference, margin=1.0))
        error = error_each([tested.level for tested in tests])
        outcomes = [tested.outcome(error) for tested in tests]
        right = [{"equal"}] * 5 + [{"supported"}] * 5
        false = sum(o not in {*r, "unsettled"} for o, r in zip(outcomes, right, strict=True))
        wrong.append(false / max(sum(o != "unsettled" for o in outcomes), 1))
    assert np.mean(wrong) < 0.05
