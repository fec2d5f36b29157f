"""The next run goes where it takes most off the variances, for what it costs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from cotejo.stats import Side, allot

SIDES = some.dictionaries(
    some.sampled_from("abcdefgh"),
    some.builds(
        Side,
        seeds=some.integers(1, 20),
        need=some.one_of(some.none(), some.floats(0, 10)),
        seconds=some.floats(0.1, 1000),
    ),
    min_size=1,
)


@given(SIDES, some.integers(0, 50))
def test_a_budget_of_runs_is_used_up_and_not_exceeded(sides, budget):
    after = allot(sides, budget, in_seconds=False)
    added = {name: after[name] - side.seeds for name, side in sides.items()}
    wanted = [name for name, side in sides.items() if side.need is not None]
    assert sum(added.values()) == (budget if wanted else 0)
    assert all(count >= 0 and (count == 0 or name in wanted) for name, count in added.items())


@given(SIDES, some.floats(0, 5000))
def test_a_budget_of_seconds_is_not_exceeded(sides, budget):
    after = allot(sides, budget, in_seconds=True)
    used = sum((after[name] - side.seeds) * side.seconds for name, side in sides.items())
    assert used <= budget * (1 + 1e-9)
    assert all(
        budget - used < side.seconds + 1e-6 for side in sides.values() if side.need is not None
    )


def test_the_rule_for_each_run():
    # 2/(3·4) beats 1/(3·4) until it is 2/(4·5) = 0.1 against 0.083, and so on.
    sides = {"reference": Side(3, 2.0, 1.0), "other": Side(3, 1.0, 1.0)}
    assert allot(sides, 1, in_seconds=False)["reference"] == 4
    assert allot(sides, 3, in_seconds=False) == {"reference": 5, "other": 4}


def test_what_takes_longer_gets_fewer():
    sides = {"fast": Side(3, 1.0, 10.0), "slow": Side(3, 1.0, 100.0)}
    assert allot(sides, 5, in_seconds=False) == {"fast": 8, "slow": 3}


def test_what_no_open_claim_is_about_gets_none():
    sides = {"settled": Side(3, None, 1.0), "open": Side(3, 0.0, 1.0)}
    assert allot(sides, 4, in_seconds=False) == {"settled": 3, "open": 7}


def test_without_any_variance_the_seeds_are_evened_out():
    sides = {"many": Side(5, 0.0, 1.0), "few": Side(3, 0.0, 9.0)}
    assert allot(sides, 3, in_seconds=False) == {"many": 6, "few": 5}


def test_a_run_that_continues_another_takes_it_along():
    sides = {"parent": Side(3, None, 5.0), "child": Side(3, 1.0, 1.0, parent="parent")}
    assert allot(sides, 4, in_seconds=False) == {"parent": 5, "child": 5}
    assert allot(sides, 1, in_seconds=False) == {"parent": 3, "child": 3}
    assert allot(sides, 13.0, in_seconds=True) == {"parent": 5, "child": 5}
