"""Several looks together are wrong no more often than one, and take nothing back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.special import ndtr

from cotejo.stats import ERROR, share_of_look, standings
from cotejo.stats.looks import LOOKS

LEVELS = some.one_of(some.none(), some.floats(0, 1))


def test_the_shares_of_all_looks_add_up_to_no_more_than_one():
    shares = [share_of_look(number) for number in range(1, 60)]
    assert shares[:LOOKS] == [0.3] * 3
    assert sum(shares) <= 1 + 1e-12
    assert all(share > 0 for share in shares)


@given(some.integers(1, 6).flatmap(lambda n: some.lists(some.lists(LEVELS, min_size=n, max_size=n),
                                                        min_size=1, max_size=5)))  # fmt: skip
def test_what_is_settled_stays_as_it_is(levels):
    # A claim that could not be tested at first would count later, and take a share of the error.
    levels = [[1.0 if level is None else level for level in row] for row in levels]
    before = standings(levels[:1])
    for number in range(2, len(levels) + 1):
        after = standings(levels[:number])
        for old, new in zip(before, after, strict=True):
            assert old.settled is None or new == old
        before = after


@given(some.lists(LEVELS, min_size=1, max_size=8), some.sampled_from(["share", "family"]))
def test_a_settled_claim_has_an_interval_that_settles_it(levels, kind):
    for level, standing in zip(levels, standings([levels], kind), strict=True):
        assert (standing.level is None) == (level is None)
        assert 0 < standing.error <= ERROR
        if standing.settled:
            assert level is not None
            assert level <= standing.error * (1 + 1e-9)
            assert standing.level <= ERROR * (1 + 1e-9)
        elif level is not None:
            assert level > standing.error * (1 - 1e-9)


def test_an_early_look_may_settle_a_claim_once_others_are_settled():
    # Alone among four claims the first has too little; with three others settled it has enough.
    first = [0.008, 0.5, 0.5, 0.5]
    second = [0.5, 0.001, 0.001, 0.001]
    assert standings([first])[0].settled is None
    standing = standings([first, second])[0]
    assert (standing.settled, standing.look) == (2, 1)


@pytest.mark.parametrize("levels", [[], [[0.1], [0.1, 0.2]]])
def test_what_does_not_fit_together_is_refused(levels):
    with pytest.raises(ValueError, match="levels"):
        standings(levels)


def test_looks_are_counted_from_one():
    with pytest.raises(ValueError, match="number"):
        share_of_look(0)


def test_looking_three_times_is_no_more_often_wrong_than_promised():
    """The mean of normal values is looked at as they come; the truth is exactly on the line."""
    generator, studies, claims = np.random.default_rng(1), 500, 10
    wrong, peeking = [], []
    for _ in range(studies):
        # Half of the claims are on their line, the others lie three standard errors above it.
        truth = np.where(np.arange(claims) < claims // 2, 0.0, 0.9)
        values = truth[:, None] + generator.standard_normal((claims, 12))
        levels = []
        for seeds in (3, 6, 12):
            z = values[:, :seeds].mean(axis=1) * np.sqrt(seeds)
            levels.append((2 * ndtr(-np.abs(z))).tolist())
        settled = [standing.settled is not None for standing in standings(levels)]
        wrong.append(sum(settled[: claims // 2]) / max(sum(settled), 1))
        peeking.append(any(level < 0.05 for row in levels for level in row[:1]))
    assert np.mean(wrong) < 0.05
    assert np.mean(peeking) > 0.08
