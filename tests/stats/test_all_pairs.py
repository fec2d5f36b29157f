"""All pairs of a study."""

import numpy as np
import pytest
from answer_tables import simulated

from cotejo.evaluate import holm
from cotejo.stats import accuracy_difference, compare_all, needed


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
    comparisons = compare_all(correct)
    pairs = [("good", "as good"), ("good", "poor"), ("as good", "poor")]
    assert [(pair.first, pair.second) for pair in comparisons] == pairs
    assert [pair.verdict for pair in comparisons] == ["tie", "first", "first"]
    for pair in comparisons:
        assert pair.difference == accuracy_difference(correct[pair.first], correct[pair.second])
        assert (pair.needed is None) == (pair.verdict != "tie")
    assert all(pair.p_corrected >= pair.difference.p_value for pair in comparisons)


def test_of_one_seed_and_of_two_alternatives_the_correction_is_plain():
    correct = study(seeds=1)
    comparisons = compare_all(correct)
    p_values = [pair.difference.p_value for pair in comparisons]
    assert [pair.p_corrected for pair in comparisons] == holm(p_values)
    # Only one tie is left, so it is asked for at 5%.
    assert comparisons[0].needed == needed(comparisons[0].difference)
    correct = study(seeds=3)
    (pair,) = compare_all({name: correct[name] for name in ("good", "poor")})
    assert pair.p_corrected == pair.difference.p_value


def test_the_second_wins_where_it_is_better():
    correct = study()
    (pair,) = compare_all({"poor": correct["poor"], "good": correct["good"]})
    assert (pair.verdict, pair.difference.estimate < 0) == ("second", True)


def test_ties_are_asked_for_what_the_correction_would():
    generator = np.random.default_rng(7)
    ease = 2 * generator.standard_normal(2000)
    comparisons = compare_all(
        {str(k): simulated(generator, 1 + k / 40, 3, 2000, ease=ease) for k in range(4)}
    )
    ties = [pair for pair in comparisons if pair.verdict == "tie"]
    assert len(ties) > 1
    for pair in ties:
        uncorrected = needed(pair.difference)
        if pair.needed.seeds is not None:
            # More than there are, or it would not be a tie.
            assert pair.needed.seeds > 3
            assert pair.needed.seeds >= uncorrected.seeds


def test_many_alternatives_help_each_other():
    """Three seeds per side survive a correction for many pairs, thanks to the prior."""
    generator = np.random.default_rng(11)
    ease = 2 * generator.standard_normal(3000)
    correct = {
        str(k): simulated(generator, 1 + 0.3 * (k == 0), 3, 3000, ease=ease) for k in range(10)
    }
    comparisons = compare_all(correct)
    plain = holm([pair.difference.p_value for pair in comparisons])
    assert [pair.verdict for pair in comparisons[:9]] == ["first"] * 9
    assert [pair.verdict for pair in comparisons[9:]] == ["tie"] * 36
    assert sum(p < 0.05 for p in plain) < 9


def test_none_and_one_have_no_pairs():
    assert compare_all({}) == []
    assert compare_all({"alone": [[True]]}) == []


def test_an_alternative_s_bad_answers_are_named():
    with pytest.raises(ValueError, match=r"`correct\['b'\]` must be \[seeds, images\]"):
        compare_all({"a": [[True]], "b": [True]})
