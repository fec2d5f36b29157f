"""Curves of two classes against scikit-learn, the coverage of their bands, and the threshold."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from cotejo.evaluate.thresholds import (
    average_precision,
    band_width,
    curve,
    precision_band,
    roc_band,
    youden_threshold,
)


def sample(seed, positives=40, negatives=70, digits=2):
    """Scores of which some are equal, so that ties are looked at too."""
    random = np.random.default_rng(seed)
    inside = random.permutation(np.repeat([True, False], [positives, negatives]))
    values = norm.cdf(random.normal(0, 1, len(inside)) + inside)
    return inside, values.round(digits)


@pytest.mark.parametrize("seed", range(5))
def test_the_roc_curve_is_scikit_learn_s(seed):
    inside, values = sample(seed)
    known = curve(inside, values)
    false, true, thresholds = roc_curve(inside, values, drop_intermediate=False)
    np.testing.assert_allclose(known.false_positive_rate, false)
    np.testing.assert_allclose(known.sensitivity, true)
    np.testing.assert_allclose(known.thresholds, thresholds)
    area = np.trapezoid(known.sensitivity, known.false_positive_rate)
    assert area == pytest.approx(roc_auc_score(inside, values))


@pytest.mark.parametrize("seed", range(5))
def test_precision_and_recall_are_scikit_learn_s(seed):
    inside, values = sample(seed)
    known = curve(inside, values)
    precision, recall, thresholds = precision_recall_curve(inside, values)
    np.testing.assert_allclose(known.precision[::-1], precision)
    np.testing.assert_allclose(known.sensitivity[::-1], recall)
    np.testing.assert_allclose(known.thresholds[1:][::-1], thresholds)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_scikit_learn_s_and_its_interval_repeats(seed):
    inside, values = sample(seed)
    known = average_precision(inside, values, seed=3)
    assert known.estimate == pytest.approx(average_precision_score(inside, values))
    assert known.low < known.estimate < known.high
    assert average_precision(inside, values, seed=3) == known
    assert average_precision(inside, values, seed=4) != known


def test_the_order_of_the_images_changes_nothing():
    inside, values = sample(7)
    order = np.random.default_rng(0).permutation(len(inside))
    first, second = curve(inside, values), curve(inside[order], values[order])
    np.testing.assert_array_equal(first.true_positives, second.true_positives)
    np.testing.assert_array_equal(first.false_positives, second.false_positives)
    assert average_precision(inside, values) == average_precision(inside[order], values[order])


def test_a_perfect_and_a_blind_network():
    inside = np.repeat([True, False], [5, 15])
    perfect = average_precision(inside, inside.astype(float))
    assert (perfect.low, perfect.estimate, perfect.high) == (1, 1, 1)
    blind = average_precision(inside, np.full(20, 0.3))
    assert blind.estimate == pytest.approx(0.25)
    assert curve(inside, np.full(20, 0.3)).sensitivity.tolist() == [0, 1]


def test_images_of_one_class_have_no_curve():
    with pytest.raises(ValueError, match="both classes"):
        curve(np.ones(3, bool), np.arange(3.0))


def test_bands_hold_the_curve_and_are_narrower_with_more_images():
    few, many = (curve(*sample(1, count, count, digits=6)) for count in (50, 500))
    places = np.linspace(0.01, 0.99, 99)
    widths = []
    for known in (few, many):
        band = roc_band(known, known.false_positive_rate)
        assert (band.low <= known.sensitivity).all()
        assert (known.sensitivity <= band.high).all()
        reached = known.sensitivity > 0
        band = precision_band(known, known.sensitivity[reached])
        assert (band.low <= known.precision[reached] + 1e-12).all()
        assert (known.precision[reached] <= band.high + 1e-12).all()
        band = roc_band(known, places)
        widths.append((band.high - band.low).mean())
        assert ((band.low >= 0) & (band.high <= 1)).all()
        # A higher false positive rate allows no lower sensitivity.
        assert (np.diff(band.low) >= 0).all()
        assert (np.diff(band.high) >= 0).all()
    assert widths[1] < widths[0] / 2
    assert band_width(400) == pytest.approx(band_width(100) / 2)


@pytest.mark.parametrize(("positives", "negatives"), [(50, 50), (20, 200)])
def test_bands_hold_the_true_curves_in_at_least_95_percent_of_samples(positives, negatives):
    rates = np.linspace(0.005, 0.995, 199)
    sensitivity = norm.sf(norm.isf(rates) - 1)
    alarms = norm.sf(norm.isf(rates) + 1)
    precision = rates * positives / (rates * positives + alarms * negatives)
    held = 0
    for seed in range(200):
        known = curve(*sample(seed, positives, negatives, digits=9))
        roc, other = roc_band(known, rates), precision_band(known, rates)
        held += (
            (roc.low <= sensitivity).all()
            and (sensitivity <= roc.high).all()
            and (other.low <= precision).all()
            and (precision <= other.high).all()
        )
    assert held / 200 >= 0.95


def test_the_interval_of_average_precision_holds_in_about_95_percent_of_samples():
    places = (np.arange(20_000) + 0.5) / 20_000
    alarms = norm.sf(norm.isf(places) + 1)
    true = np.mean(places * 150 / (places * 150 + alarms * 300))
    intervals = [average_precision(*sample(seed, 150, 300, digits=9)) for seed in range(200)]
    assert 0.9 <= np.mean([known.low <= true <= known.high for known in intervals]) <= 0.99


@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_has_a_higher_youden_index(seed):
    inside, values = sample(seed)
    false, true, _ = roc_curve(inside, values, drop_intermediate=False)
    answers = values >= youden_threshold(curve(inside, values))
    index = answers[inside].mean() - answers[~inside].mean()
    assert index == pytest.approx((true - false).max())


def test_of_equally_good_thresholds_the_one_nearest_to_one_half_is_taken():
    inside = np.array([True, True, False, False])
    assert youden_threshold(curve(inside, np.array([0.9, 0.9, 0.1, 0.1]))) == pytest.approx(0.5)
    # Nothing is learned: every threshold that takes all for one class is as good.
    assert youden_threshold(curve(inside, np.full(4, 0.7))) in (0.35, 0.85)
