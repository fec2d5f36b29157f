"""What a comparison borrows from the other alternatives, and which are paired by seed."""

from __future__ import annotations

import numpy as np
import pytest
from fabricate import Made, fabricate_study

from cotejo.facts import gather
from cotejo.report.judging import Figure, Judging
from cotejo.stats import accuracy_difference, scalar_difference

pytestmark = pytest.mark.usefixtures("undrawn")

THREE = (1, 2, 3)
BASE, OTHER = (0.70, 0.74, 0.72), (0.73, 0.77, 0.76)


@pytest.fixture
def judging(tmp_path):
    """Make the differences of a fabricated study."""

    def make(*alternatives, seeds=THREE):
        return Judging(gather(fabricate_study(tmp_path / "study", alternatives, seeds=seeds)))

    return make


def named(judging, *names):
    known = {each.name: each for each in judging.facts.trained}
    return [known[name] for name in names]


def seconds(judging):
    facts = judging.facts

    def values(alternative):
        return [facts.whole_seconds(run) for run in alternative.finished]

    return Figure("seconds", values, facts.own, relative=True)


def test_what_continues_another_is_compared_seed_by_seed(judging):
    judging = judging(
        Made("base", BASE),
        Made("tuned", OTHER, changes={"start_from": "base"}),
        Made("apart", OTHER, changes={"batch_size": 32}),
    )
    base, tuned, apart = named(judging, "base", "tuned", "apart")
    assert judging.shared == {frozenset(("base", "tuned")): [1, 2, 3]}
    paired, plain = (judging.accuracy(each, base, "test") for each in (tuned, apart))
    assert paired.own.estimate == pytest.approx(plain.own.estimate)
    assert paired.own.degrees == 2
    gaps = np.subtract(*(each.answers["test"].mean(axis=1) for each in (tuned, base)))
    assert paired.own.seed_variance == pytest.approx(gaps.var(ddof=1) / 3)
    assert paired.own.seed_variance < plain.own.seed_variance


def test_two_shared_seeds_are_too_few_to_pair(judging):
    judging = judging(
        Made("base", BASE), Made("tuned", OTHER, changes={"start_from": "base"}), seeds=(1, 2)
    )
    assert judging.shared == {}


def test_accuracies_and_seconds_borrow_strength(judging):
    made = [
        Made(name, (mean, mean + 0.01, mean + 0.02), seconds=(pace, 1.1 * pace, 1.05 * pace))
        for name, mean, pace in (("a", 0.60, 2.0), ("b", 0.65, 4.0), ("c", 0.70, 8.0))
    ]
    narrow = Made("d", (0.720, 0.721, 0.7205), seconds=(6.0, 6.6, 6.3))
    judging = judging(*made, narrow)
    assert judging.borrows
    a, d = named(judging, "a", "d")
    judged = judging.accuracy(d, a, "test")
    assert judged.own == accuracy_difference(d.answers["test"], a.answers["test"])
    # Three values that happen to lie close together are not taken for certain.
    assert judged.difference.degrees > judged.own.degrees
    of_time = judging.scalar(a, d, seconds(judging))
    assert of_time.own == scalar_difference(
        *(list(seconds(judging).values(side)) for side in (a, d))
    )
    # As a share of the mean, all vary alike, so that each keeps its own and is surer of it.
    assert of_time.difference.seed_variance == pytest.approx(of_time.own.seed_variance)
    assert of_time.difference.degrees == 8


def test_with_two_alternatives_nothing_is_borrowed(judging):
    judging = judging(Made("a", BASE), Made("b", OTHER))
    a, b = named(judging, "a", "b")
    judged = judging.accuracy(b, a, "test")
    assert not judging.borrows
    assert judged.difference.seed_variance == pytest.approx(judged.own.seed_variance)
