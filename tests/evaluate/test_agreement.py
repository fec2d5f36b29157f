"""`agreement` and `distinctive_images`."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, jaccard_score

from cotejo.evaluate import agreement, distinctive_images


def _answers(seed=0, images=200, seeds=(1, 3, 2)):
    generator = np.random.default_rng(seed)
    difficulty = generator.random(images)
    return {
        name: generator.random((count, images)) > difficulty
        for name, count in zip("abcdefg", seeds, strict=False)
    }


def test_one_seed_each_is_scikit_learn_s():
    answers = _answers(seeds=(1, 1))
    (pair,) = agreement(answers).pairs
    first, second = answers["a"][0], answers["b"][0]
    assert pair.agreement == pytest.approx((first == second).mean())
    assert pair.low < pair.agreement < pair.high
    assert pair.kappa == pytest.approx(cohen_kappa_score(first, second))
    assert pair.error_overlap == pytest.approx(jaccard_score(~first, ~second))
    assert pair.first_rescued == pytest.approx(second[~first].mean())
    assert pair.second_rescued == pytest.approx(first[~second].mean())


def test_several_seeds_are_averaged_over_their_pairs():
    answers = _answers()
    together = agreement(answers)
    pair = together.between("c", "b")
    agreed = [(b == c).mean() for b in answers["b"] for c in answers["c"]]
    assert pair.agreement == pytest.approx(np.mean(agreed))
    own = together.between("b", "b")
    agreed = [(b == other).mean() for b, other in combinations(answers["b"], 2)]
    assert own.agreement == pytest.approx(np.mean(agreed))
    assert together.between("a", "a") is None


def test_what_all_networks_get_wrong():
    answers = {
        "a": np.array([[1, 1, 0, 0], [1, 0, 1, 0]], bool),
        "b": np.array([[1, 0, 0, 0]], bool),
    }
    together = agreement(answers)
    assert (together.networks, together.all_wrong, together.all_right) == (3, 1, 1)
    assert together.expected_all_wrong == pytest.approx(4 * 0.5 * 0.5 * 0.75)
    # With one network of each: one of the two `a` gets the second image right, and the third.
    assert together.oracle == pytest.approx((1 + 0.5 + 0.5 + 0) / 4)


def test_what_stands_out_comes_with_the_largest_difference_first():
    answers = {
        "a": np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 0, 0]], bool),
        "b": np.array([[0, 0, 0, 1]], bool),
        "c": np.array([[0, 0, 0, 1], [0, 0, 0, 1]], bool),
    }
    assert distinctive_images(answers, "a", right=True).tolist() == [1, 0]
    assert distinctive_images(answers, "a", right=False).tolist() == [3]
    assert distinctive_images({"a": answers["a"]}, "a", right=True).size == 0


def test_no_mistake_has_no_kappa():
    (pair,) = agreement({"a": np.ones((1, 3), bool), "b": np.ones((1, 3), bool)}).pairs
    assert pair.agreement == 1
    assert pair.kappa is pair.error_overlap is pair.first_rescued is None


@pytest.mark.parametrize("shapes", [{}, {"a": (1, 0)}, {"a": (0, 3)}, {"a": (1, 3), "b": (1, 4)}])
def test_refuses_what_does_not_agree(shapes):
    with pytest.raises(ValueError, match="one or more"):
        agreement({name: np.ones(shape, bool) for name, shape in shapes.items()})


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    images=st.integers(1, 50),
    seeds=st.lists(st.integers(1, 3), min_size=1, max_size=4),
)
def test_properties(seed, images, seeds):
    answers = _answers(seed, images, seeds)
    together = agreement(answers)
    shuffle = np.random.default_rng(seed).permutation(images)
    shuffled = agreement({name: right[:, shuffle] for name, right in answers.items()})
    assert (shuffled.all_wrong, shuffled.all_right) == (together.all_wrong, together.all_right)
    best = max(right.mean() for right in answers.values())
    assert best - 1e-12 <= together.oracle <= 1 - together.all_wrong / images + 1e-12
    for pair in together.pairs:
        assert -1e-12 <= pair.low <= pair.agreement + 1e-12
        assert pair.agreement <= pair.high + 1e-12 <= 1 + 1e-9
        assert pair.kappa is None or pair.kappa <= 1 + 1e-12
    backwards = agreement(dict(reversed(answers.items())))
    for pair in together.pairs:
        other = backwards.between(pair.first, pair.second)
        assert other.agreement == pytest.approx(pair.agreement)
        assert (other.first, other.second) == (pair.first, pair.second)
        assert other.first_rescued == (
            pair.first_rescued and pytest.approx(pair.first_rescued, abs=1e-12)
        )
