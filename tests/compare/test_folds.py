"""Cross-validation: against the published formula, by properties, and where nothing varies."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from cotejo.compare import (
    FoldValues,
    Needed,
    compare_folds,
    fold_above,
    fold_difference,
    fold_mean,
    fold_values,
    needed,
    wilson_interval,
)
from cotejo.evaluate import holm

quick = settings(max_examples=60, deadline=None)


@st.composite
def dealt(draw, tables: int = 2):
    """Answers [seeds, images] of several alternatives, and the parts of the images."""
    seeds, count = draw(st.integers(1, 3)), draw(st.integers(3, 6))
    images = draw(st.integers(count, 30))
    deal = np.random.default_rng(draw(st.integers(0, 99)))
    parts = np.stack([deal.permutation(np.arange(images) % count) for _ in range(seeds)])
    return [draw(arrays(np.bool_, (seeds, images))) for _ in range(tables)], parts


def simulated(seeds: int, count: int, accuracies: list[float], images: int = 120):
    """Answers whose images are easy or hard, alike for every alternative."""
    generator = np.random.default_rng(3)
    ease = generator.normal(size=images)
    parts = np.stack([generator.permutation(np.arange(images) % count) for _ in range(seeds)])
    noise = [generator.normal(size=(seeds, images)) for _ in accuracies]
    scores = [(ease + own) / sqrt(2) for own in noise]
    return [stats.norm.ppf(p) > s for p, s in zip(accuracies, scores, strict=True)], parts


def published(values: np.ndarray, margin: float = 0.0):
    """The corrected resampled t test of one alternative's lead in each part: interval and p."""
    count = values.shape[1]
    deviation = sqrt((1 / values.size + 1 / (count - 2)) * values.var(ddof=1))
    low, high = stats.t.interval(0.95, values.size - 1, values.mean(), deviation)
    p = 2 * stats.t.sf(abs(values.mean() - margin) / deviation, values.size - 1)
    return low, high, p


@pytest.mark.parametrize(("seeds", "count"), [(1, 5), (3, 5), (2, 10)])
def test_a_difference_is_the_corrected_resampled_t_test(seeds, count):
    (first, second), parts = simulated(seeds, count, [0.85, 0.7])
    a, b = fold_values(first, parts), fold_values(second, parts)
    difference = fold_difference(a, b)
    low, high, p = published(a.values - b.values)
    assert difference.estimate == pytest.approx(first.mean() - second.mean())
    assert (difference.low, difference.high) == pytest.approx((low, high))
    assert difference.p_value == pytest.approx(p)
    against = published(a.values - b.values, 0.05)[2]
    assert difference.p_value_against(0.05) == pytest.approx(against)
    assert difference.degrees == seeds * count - 1
    assert difference.seeds == (seeds, seeds)


@quick
@given(dealt(1))
def test_the_values_are_the_accuracies_of_the_parts(study):
    (correct,), parts = study
    folds = fold_values(correct, parts)
    for row, own, values in zip(correct, parts, folds.values, strict=True):
        expected = [row[own == part].mean() for part in range(len(values))]
        assert values == pytest.approx(expected)
    assert folds.seed_values == pytest.approx(correct.mean(axis=1))
    assert folds.estimate == pytest.approx(correct.mean())


@quick
@given(dealt(1), st.data())
def test_balanced_values_are_those_of_the_classes_that_are_there(study, data):
    (correct,), parts = study
    labels = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=30, max_size=30)))
    labels = labels[: correct.shape[1]]
    folds = fold_values(correct, parts, labels)
    answers = np.where(correct[0], labels, "wrong")
    for part, value in enumerate(folds.values[0]):
        own = parts[0] == part
        recalls = [np.mean(answers[own & (labels == c)] == c) for c in np.unique(labels[own])]
        assert value == pytest.approx(np.mean(recalls))
    recalls = [np.mean(correct[0][labels == c]) for c in np.unique(labels)]
    assert folds.seed_values[0] == pytest.approx(np.mean(recalls))


def test_a_part_without_a_class():
    labels = np.array([0, 0, 0, 0, 0, 1])
    folds = fold_values([[True, False, True, True, True, False]], [[0, 0, 1, 1, 2, 2]], labels)
    # Only the last part has an image of the second class.
    assert folds.values.tolist() == [[0.5, 1.0, 0.5]]
    assert folds.estimate == pytest.approx(balanced_accuracy_score(labels, [0, 1, 0, 0, 0, 0]))


@quick
@given(dealt())
def test_the_reverse_is_the_other_way_round(study):
    (first, second), parts = study
    a, b = fold_values(first, parts), fold_values(second, parts)
    difference, reverse = fold_difference(a, b), fold_difference(b, a).reversed()
    for name in ("estimate", "low", "high", "p_value", "seed_variance", "image_variance"):
        assert getattr(reverse, name) == pytest.approx(getattr(difference, name), abs=1e-12)


@quick
@given(dealt(), st.randoms())
def test_the_order_of_repetitions_parts_and_images_is_nothing(study, random):
    (first, second), parts = study
    seeds = random.sample(range(len(parts)), len(parts))
    images = random.sample(range(parts.shape[1]), parts.shape[1])
    count = int(parts.max()) + 1
    names = np.array(random.sample(range(count), count))
    shuffled = [table[seeds][:, images] for table in (first, second)]
    other = names[parts][seeds][:, images]
    plain = fold_difference(fold_values(first, parts), fold_values(second, parts))
    again = fold_difference(*(fold_values(table, other) for table in shuffled))
    for name in ("estimate", "low", "high", "p_value"):
        assert getattr(again, name) == pytest.approx(getattr(plain, name), abs=1e-12)
    mean, mean_again = (
        fold_mean(fold_values(first, parts)),
        fold_mean(fold_values(shuffled[0], other)),
    )
    assert (mean_again.low, mean_again.high) == pytest.approx((mean.low, mean.high))


@quick
@given(dealt(), st.floats(-0.99, 0.99), st.floats(0.05, 0.98))
def test_a_difference_s_interval_and_p_tell_the_same(study, margin, confidence):
    (first, second), parts = study
    difference = fold_difference(fold_values(first, parts), fold_values(second, parts))
    assert -1 <= difference.low <= difference.estimate <= difference.high <= 1
    assert difference.low < difference.high
    narrow, wide = difference.interval(confidence), difference.interval((1 + confidence) / 2)
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    for value, p in ((margin, difference.p_value_against(margin)), (0.0, difference.p_value)):
        assert 0 < p <= 1
        assume(abs(p - 0.05) > 1e-6)
        assert (p > 0.05) == (difference.low <= value <= difference.high)


@quick
@given(dealt(1), st.floats(0.01, 0.99))
def test_a_mean_s_interval_and_p_tell_the_same(study, value):
    (correct,), parts = study
    folds = fold_values(correct, parts)
    interval, above = fold_mean(folds), fold_above(folds, value)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1
    assert interval.low < interval.high
    assert above.estimate == pytest.approx(interval.estimate - value)
    assert (above.low, above.high) == pytest.approx((interval.low - value, interval.high - value))
    assert 0 < above.p_value <= 1
    assume(abs(above.p_value - 0.05) > 1e-6)
    assert (above.p_value > 0.05) == (above.low <= 0 <= above.high)


def test_a_mean_is_solved_for_like_wilson_s():
    (correct,), parts = simulated(2, 5, [0.9])
    folds = fold_values(correct, parts)
    interval = fold_mean(folds)
    variance = (1 / 10 + 1 / 3) * folds.values.var(ddof=1)
    p = folds.estimate
    c = stats.t.ppf(0.975, 9) ** 2 * variance / (p * (1 - p))
    assert c > stats.t.ppf(0.975, 9) ** 2 / 120
    for bound in (interval.low, interval.high):
        assert (p - bound) ** 2 == pytest.approx(c * bound * (1 - bound))


def constant(difference: float, seeds: int = 1, images: int = 60) -> tuple[FoldValues, ...]:
    return tuple(
        FoldValues(np.full((seeds, 5), value), np.full(seeds, value), images)
        for value in (0.5 + difference, 0.5)
    )


@pytest.mark.parametrize("estimate", [0.0, 0.1, 0.5])
def test_parts_that_never_vary_prove_no_more_than_their_images(estimate):
    difference = fold_difference(*constant(estimate))
    # Two images of 62 of which one speaks for each side: sqrt(2) / 62, times the t quantile.
    assert difference.high - difference.estimate == pytest.approx(2.7764 * sqrt(2) / 62, rel=1e-4)
    assert 0 < difference.p_value <= 1
    more = fold_difference(*constant(estimate, seeds=3))
    assert more.high - more.low < difference.high - difference.low
    assert more.p_value <= difference.p_value
    fewer = fold_difference(*constant(estimate, images=20))
    assert fewer.high - fewer.low > difference.high - difference.low


def test_all_right():
    parts = np.arange(60)[None] % 5
    folds = fold_values(np.ones((1, 60), bool), parts)
    interval = fold_mean(folds)
    assert (interval.estimate, interval.high) == (1, 1)
    # Wilson's interval with the t quantile instead of the normal one.
    assert interval.low == pytest.approx(60 / (60 + stats.t.ppf(0.975, 4) ** 2))
    three = fold_mean(fold_values(np.ones((3, 60), bool), np.repeat(parts, 3, axis=0)))
    assert interval.low < three.low < 1
    assert fold_above(folds, 1.0).p_value == 1
    assert fold_above(folds, 0.7).p_value < 0.05 < fold_above(folds, 0.95).p_value


def test_of_equal_parts_the_mean_is_never_surer_than_wilson():
    folds = constant(0.3)[0]
    interval, wilson = fold_mean(folds), wilson_interval(0.8, 60)
    assert interval.low < wilson.low < wilson.high < interval.high


def test_more_repetitions_are_needed_up_to_what_the_images_allow():
    (first, second), parts = simulated(2, 5, [0.84, 0.78])
    a, b = fold_values(first, parts), fold_values(second, parts)
    # Many test images per training image: no number of repetitions is enough.
    assert needed(fold_difference(a, b)) == Needed(None, None)
    difference = fold_difference(a, b, share=0.01)
    assert difference.p_value > 0.05
    amount = needed(difference)
    assert amount.images is None
    assert amount.seeds > 2
    variance = (a.values - b.values).var(ddof=1)
    for seeds, enough in ((amount.seeds, True), (amount.seeds - 1, False)):
        quantiles = stats.t.ppf([0.975, 0.8], 5 * seeds - 1).sum()
        shortest = quantiles * sqrt((1 / (5 * seeds) + 0.01) * variance)
        assert (shortest <= abs(difference.estimate)) == enough


def test_a_fixed_value_needs_repetitions_too():
    (correct,), parts = simulated(2, 5, [0.8])
    folds = fold_values(correct, parts)
    above = fold_above(folds, 0.76, share=0.001)
    parted = above.seed_variance / above.image_variance
    assert parted == pytest.approx(1 / 10 / 0.001)
    assert needed(above).images is None


def test_every_pair_is_corrected_by_holm():
    tables, parts = simulated(3, 5, [0.95, 0.93, 0.5])
    correct = dict(zip(("good", "as good", "poor"), tables, strict=True))
    comparisons = compare_folds(correct, dict.fromkeys(correct, parts))
    pairs = [("good", "as good"), ("good", "poor"), ("as good", "poor")]
    assert [(pair.first, pair.second) for pair in comparisons] == pairs
    assert [pair.verdict for pair in comparisons] == ["tie", "first", "first"]
    p_values = [pair.difference.p_value for pair in comparisons]
    assert [pair.p_corrected for pair in comparisons] == holm(p_values)
    for pair in comparisons:
        sides = [fold_values(correct[name], parts) for name in (pair.first, pair.second)]
        assert pair.difference == fold_difference(*sides)
        assert (pair.needed is None) == (pair.verdict != "tie")


def test_none_and_one_have_no_pairs():
    assert compare_folds({}, {}) == []
    parts = [[0, 1, 2]]
    assert compare_folds({"alone": [[True, True, False]]}, {"alone": parts}) == []


def test_out_of_range():
    right, parts = [[True] * 4], [[0, 1, 2, 2]]
    folds = fold_values(right, parts)
    with pytest.raises(ValueError, match=r"`correct` must be \[seeds, images\]"):
        fold_values([True], parts)
    with pytest.raises(ValueError, match=r"`parts` must be whole numbers of the shape"):
        fold_values(right, [[0, 1, 2]])
    with pytest.raises(ValueError, match=r"`parts` must be whole numbers of the shape"):
        fold_values(right, [[0.0, 1.0, 2.0, 2.0]])
    for bad in ([[0, 1, 1, 0]], [[0, 1, 3, 3]], [[-1, 0, 1, 2]]):
        with pytest.raises(ValueError, match="`parts` must have each part from 0 on"):
            fold_values(right, bad)
    with pytest.raises(ValueError, match=r"`labels` must be \[images\], 4 of them"):
        fold_values(right, parts, [0, 1])
    with pytest.raises(ValueError, match="must have the same repetitions, parts and images"):
        fold_difference(folds, fold_values(right * 2, parts * 2))
    for share in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="`share` must be above 0"):
            fold_mean(folds, share=share)
    with pytest.raises(ValueError, match=r"`value` must be in \[0, 1\]; received 1.5"):
        fold_above(folds, 1.5)
    with pytest.raises(ValueError, match="must be of the same alternatives"):
        compare_folds({"a": right}, {"b": parts})
    with pytest.raises(ValueError, match=r"`parts\['b'\]` must be the same as `parts\['a'\]`"):
        compare_folds({"a": right, "b": right}, {"a": parts, "b": [[2, 1, 0, 0]]})
