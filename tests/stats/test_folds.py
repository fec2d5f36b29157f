"""Cross-validation: against its formula, by properties, and where nothing varies."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from cotejo.stats import (
    Difference,
    Interval,
    Judged,
    accuracy_difference,
    fold_above,
    fold_difference,
    fold_mean,
    fold_values,
    needed,
    wilson_interval,
)
from cotejo.stats.difference import difference_from

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


def variance_parts(gaps: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """What the networks and the images add to the variance of a mean.

    Of gaps [seeds, images]. The images' part is without Bonett and Price's two images.
    """
    repetitions, images = gaps.shape
    luck = gaps.var(axis=0, ddof=1).mean() / repetitions if repetitions > 1 else 0.0
    between = gaps.mean(axis=0).var(ddof=1) - luck
    networks = (values.var(ddof=1) / values.shape[1] - between / images) / repetitions
    return max(networks, luck / images), between / images


@pytest.mark.parametrize(("seeds", "count"), [(1, 5), (3, 5), (2, 10)])
def test_a_difference_is_of_networks_and_images(seeds, count):
    (first, second), parts = simulated(seeds, count, [0.9, 0.7], images=24_000)
    a, b = fold_values(first, parts), fold_values(second, parts)
    difference = fold_difference(a, b)
    networks, images = variance_parts(first.astype(float) - second, a.values - b.values)
    assert difference.estimate == pytest.approx(first.mean() - second.mean())
    # Two images of 3,002 are Bonett and Price's.
    assert difference.image_variance == pytest.approx(images * (1 + 1 / (count - 2)), rel=0.01)
    assert difference.seed_variance == pytest.approx(networks, rel=0.03, abs=1e-7)
    assert difference.degrees == seeds * count - 1
    t, z = stats.t.ppf(0.975, seeds * count - 1), stats.norm.ppf(0.975)
    half = sqrt(t**2 * difference.seed_variance + z**2 * difference.image_variance)
    assert difference.low == pytest.approx(difference.estimate - half)
    assert difference.high == pytest.approx(difference.estimate + half)
    assert difference.seeds == (seeds, seeds)


def test_of_one_repetition_that_varies_as_its_images_do_it_is_a_normal_interval():
    (first, second), parts = simulated(1, 5, [0.9, 0.7])
    a, b = fold_values(first, parts), fold_values(second, parts)
    a.values[:] = b.values
    difference, plain = fold_difference(a, b, share=1e-9), accuracy_difference(first, second)
    assert difference.seed_variance == 0
    assert difference.image_variance == pytest.approx(plain.image_variance)


def test_networks_that_vary_make_the_interval_wider():
    (first, second), parts = simulated(2, 5, [0.9, 0.7], images=1000)
    lucky = np.where(parts < 2, parts == 0, first)
    steady, moved = (
        fold_difference(fold_values(table, parts), fold_values(second, parts))
        for table in (first, lucky)
    )
    assert moved.seed_variance > 2 * steady.seed_variance


@quick
@given(dealt(1))
def test_the_values_are_the_accuracies_of_the_parts(study):
    (correct,), parts = study
    folds = fold_values(correct, parts)
    for row, own, values in zip(correct, parts, folds.values, strict=True):
        expected = [row[own == part].mean() for part in range(len(values))]
        assert values == pytest.approx(expected)
    assert folds.images == correct.shape[1]
    assert folds.estimate == pytest.approx(correct.mean())


@quick
@given(dealt(1), st.data())
def test_balanced_values_are_those_of_the_classes_that_are_there(study, data):
    (correct,), parts = study
    labels = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=30, max_size=30)))
    labels = labels[: correct.shape[1]]
    folds = fold_values(correct[:1], parts[:1], labels)
    answers = np.where(correct[0], labels, "wrong")
    for part, value in enumerate(folds.values[0]):
        own = parts[0] == part
        recalls = [np.mean(answers[own & (labels == c)] == c) for c in np.unique(labels[own])]
        assert value == pytest.approx(np.mean(recalls))
    recalls = [np.mean(correct[0][labels == c]) for c in np.unique(labels)]
    assert folds.estimate == pytest.approx(np.mean(recalls))


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


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_mean_is_solved_for_like_wilson_s(seeds):
    (correct,), parts = simulated(seeds, 5, [0.8])
    folds = fold_values(correct, parts)
    interval = fold_mean(folds)
    networks, images = variance_parts(correct, folds.values)
    # What networks share is a third of the variance of single answers.
    luck = correct.var(axis=0, ddof=1).mean() / 120 if seeds > 1 else 0.0
    known = images + (images + luck) / 3
    p = folds.estimate
    assert images > p * (1 - p) / (120 * seeds)
    t = stats.t.ppf(0.975, 5 * seeds - 1)
    c = (t**2 * networks + stats.norm.ppf(0.975) ** 2 * known) / (p * (1 - p))
    for bound in (interval.low, interval.high):
        assert (p - bound) ** 2 == pytest.approx(c * bound * (1 - bound))


def always(first: bool, second: bool, seeds: int = 1, images: int = 60) -> Difference:
    parts = np.repeat(np.arange(images)[None] % 5, seeds, axis=0)
    sides = [np.full((seeds, images), right) for right in (first, second)]
    return fold_difference(*(fold_values(side, parts) for side in sides))


@pytest.mark.parametrize("second", [True, False])
def test_parts_that_never_vary_prove_no_more_than_their_images(second):
    difference = always(True, second)
    assert difference.estimate == (not second)
    # Bonett and Price's two images of 62, a third of their variance more, and for a lead of 1
    # the variance of a share of 60/62.
    variance = (62 - second * 60) / 62 - (not second) * (60 / 62) ** 2
    half = 1.959964 * sqrt(variance * 4 / 3 / 62)
    assert difference.estimate - difference.low == pytest.approx(half, rel=1e-4)
    assert 0 < difference.p_value <= 1
    more, fewer = always(True, second, seeds=3), always(True, second, images=20)
    # Repetitions that all agree say no more about further images than one does.
    assert difference.low == pytest.approx(more.low)
    assert difference.p_value <= fewer.p_value
    assert fewer.low < difference.low


def test_all_right():
    parts = np.arange(60)[None] % 5
    folds = fold_values(np.ones((1, 60), bool), parts)
    interval = fold_mean(folds)
    # Wilson's interval of 45 images: each counts for three quarters, with a share of a third.
    assert interval == Interval(1.0, pytest.approx(wilson_interval(1.0, 45).low), 1.0)
    three = fold_mean(fold_values(np.ones((3, 60), bool), np.repeat(parts, 3, axis=0)))
    assert three.low == pytest.approx(interval.low)
    assert fold_above(folds, 1.0).p_value == 1
    assert fold_above(folds, 0.7).p_value < 0.05 < fold_above(folds, 0.95).p_value


@pytest.mark.parametrize("share", [0.01, 1 / 3])
def test_of_one_repetition_the_mean_is_never_surer_than_wilson(share):
    # Each part has the same accuracy, which says nothing of how networks vary.
    parts = [[part for part in range(5) for _ in range(20)]]
    folds = fold_values([([True] * 17 + [False] * 3) * 5], parts)
    interval, wilson = fold_mean(folds, share=share), wilson_interval(0.85, 100)
    assert interval.low < wilson.low < wilson.high < interval.high


def test_a_class_of_one_image_is_no_certainty():
    labels = [0] * 11 + [1]
    sides = [fold_values([[True] * 11 + [last]], [[0, 1, 2] * 4], labels) for last in (1, 0)]
    difference = fold_difference(*sides)
    assert difference.estimate == pytest.approx(0.5)
    assert difference.low < 0 < fold_mean(sides[0]).low < 1


def test_each_class_has_its_own_part_of_the_images():
    (first, second), parts = simulated(3, 5, [0.9, 0.7], images=4800)
    labels = np.arange(4800) % 6 == 0
    first = first | labels
    a, b = (fold_values(table, parts, labels) for table in (first, second))
    plain = [
        variance_parts((first.astype(float) - second)[:, labels == c], a.values)[1]
        for c in (False, True)
    ]
    found = fold_difference(a, b).image_variance
    assert found == pytest.approx(sum(plain) / 4 * 4 / 3, rel=0.05)


def test_more_repetitions_make_the_networks_part_smaller():
    for seeds in (1, 2):
        difference = difference_from(
            0.05, (seeds, seeds), 9e-4, 1e-4, "folds", degrees=5.0 * seeds - 1, images=200
        )
        amount = needed(Judged(difference, difference, margin=0.1))
        assert amount.images is None
        for repetitions, enough in ((amount.seeds, True), (amount.seeds - 1, False)):
            networks = 9e-4 * seeds / repetitions
            t, z = stats.t.ppf(0.975, 5 * repetitions - 1), stats.norm.ppf(0.975)
            assert (sqrt(t**2 * networks + z**2 * 1e-4) < 0.05) == enough


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
    with pytest.raises(ValueError, match="must have the same repetitions, parts, images and"):
        fold_difference(folds, fold_values(right * 2, parts * 2))
    with pytest.raises(ValueError, match="images and classes"):
        fold_difference(folds, fold_values(right, parts, [0, 0, 1, 1]))
    for share in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="`share` must be above 0"):
            fold_mean(folds, share=share)
    with pytest.raises(ValueError, match=r"`value` must be in \[0, 1\]; received 1.5"):
        fold_above(folds, 1.5)
