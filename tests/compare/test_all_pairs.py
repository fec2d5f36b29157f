"""All pairs of a study."""

import numpy as np
import pytest
from answer_tables import simulated

from cotejo.compare import accuracy_difference, compare_all, needed
from cotejo.evaluate import holm


def study(seeds: int = 3, images: int = 3000) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(6)
    ease = 2 * generator.standard_normal(images)
    means = {"good": 1.6, "as good": 1.6, "poor": 0.2}
    return {
        name: simulated(generator, mean, seeds, images, ease=ease) for name, mean in means.items()
    }


@pytest.mark.parametrize("seeds", [1, 3])
def test_every_pair_with_its_verdict(seeds):
    correct = study(seeds)
    found = compare_all(correct)
    pairs = [("good", "as good"), ("good", "poor"), ("as good", "poor")]
    assert [(one.first, one.second) for one in found] == pairs
    assert [one.verdict for one in found] == ["tie", "first", "first"]
    for one in found:
        assert one.difference == accuracy_difference(correct[one.first], correct[one.second])
        assert (one.needed is None) == (one.verdict != "tie")
    assert all(one.p_corrected >= one.difference.p_value for one in found)


def test_of_one_seed_and_of_two_alternatives_the_correction_is_plain():
    correct = study(seeds=1)
    found = compare_all(correct)
    assert [one.p_corrected for one in found] == holm([one.difference.p_value for one in found])
    # One tie is left: what it needs is asked at 5%.
    assert found[0].needed == needed(found[0].difference)
    correct = study(seeds=3)
    (pair,) = compare_all({name: correct[name] for name in ("good", "poor")})
    assert pair.p_corrected == pair.difference.p_value


def test_the_second_wins_where_it_is_better():
    correct = study()
    (found,) = compare_all({"poor": correct["poor"], "good": correct["good"]})
    assert (found.verdict, found.difference.estimate < 0) == ("second", True)


def test_ties_are_asked_for_what_the_correction_would():
    generator = np.random.default_rng(7)
    ease = 2 * generator.standard_normal(2000)
    found = compare_all(
        {str(k): simulated(generator, 1 + k / 40, 3, 2000, ease=ease) for k in range(4)}
    )
    ties = [one for one in found if one.verdict == "tie"]
    assert len(ties) > 1
    for one in ties:
        alone = needed(one.difference)
        if one.needed.seeds is not None:
            # More than there are, or it would not be a tie.
            assert one.needed.seeds > 3
            assert one.needed.seeds >= alone.seeds


def test_many_alternatives_help_each_other():
    """Three seeds a side stand a correction for many pairs, by what all spreads have in common."""
    generator = np.random.default_rng(11)
    ease = 2 * generator.standard_normal(3000)
    correct = {
        str(k): simulated(generator, 1 + 0.3 * (k == 0), 3, 3000, ease=ease) for k in range(10)
    }
    found = compare_all(correct)
    plain = holm([one.difference.p_value for one in found])
    assert [one.verdict for one in found[:9]] == ["first"] * 9
    assert [one.verdict for one in found[9:]] == ["tie"] * 36
    assert sum(p < 0.05 for p in plain) < 9


def test_none_and_one_have_no_pairs():
    assert compare_all({}) == []
    assert compare_all({"alone": [[True]]}) == []


def test_an_alternative_s_bad_answers_are_named():
    with pytest.raises(ValueError, match=r"`correct\['b'\]` must be \[seeds, images\]"):
        compare_all({"a": [[True]], "b": [True]})
