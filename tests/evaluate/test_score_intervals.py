"""`score_intervals`: against statsmodels, DeLong as he wrote it, and the bootstrap."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cotejo.evaluate import classification_metrics, score_intervals
from cotejo.evaluate.roc import areas_under_curves

_MACRO = ("macro_precision", "macro_recall", "macro_f1", "macro_auc")


def _inside(bounds, value):
    return bounds is None or bounds[0] - 1e-12 <= value <= bounds[1] + 1e-12


def _width(bounds):
    return bounds[1] - bounds[0]


def test_shares_of_images_have_wilsons(random_predictions):
    labels, chances = random_predictions()
    predicted = chances.argmax(axis=1)
    scores = score_intervals(labels, chances)
    right = predicted == labels
    assert scores["intervals"]["accuracy"] == pytest.approx(
        proportion_confint(right.sum(), len(labels), method="wilson")
    )
    for label, row in enumerate(scores["per_class"]):
        hits = (right & (labels == label)).sum()
        seen, named = (labels == label).sum(), (predicted == label).sum()
        expected = proportion_confint(hits, seen, method="wilson")
        assert row["recall_interval"] == pytest.approx(expected)
        expected = proportion_confint(hits, named, method="wilson")
        assert row["precision_interval"] == pytest.approx(expected)


def test_the_variance_of_an_area_is_delongs(random_predictions):
    labels, chances = random_predictions(images=120, classes=4)
    # Rounded, so that some probabilities are equal, which count half.
    chances = chances.round(2)
    areas = areas_under_curves(labels, chances)
    for label in range(4):
        inside, outside = chances[labels == label, label], chances[labels != label, label]
        wins = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
        of_inside, of_outside = wins.mean(axis=1), wins.mean(axis=0)
        variance = of_inside.var(ddof=1) / len(inside) + of_outside.var(ddof=1) / len(outside)
        assert areas.estimates[label] == pytest.approx(wins.mean())
        assert (areas.influences[:, label] ** 2).sum() == pytest.approx(variance)


def test_macro_averages_vary_as_the_bootstrap_says(random_predictions):
    labels, chances = random_predictions(images=1500, classes=5)
    intervals = score_intervals(labels, chances)["intervals"]
    generator = np.random.default_rng(0)
    resampled = []
    for _ in range(150):
        chosen = generator.integers(0, len(labels), len(labels))
        again = classification_metrics(labels[chosen], chances[chosen])
        resampled.append([again[name] for name in _MACRO])
    expected = 2 * 1.96 * np.std(resampled, axis=0, ddof=1)
    np.testing.assert_allclose([_width(intervals[name]) for name in _MACRO], expected, rtol=0.2)


def test_what_the_images_do_not_tell_is_none():
    scores = score_intervals([0, 0, 1], [[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.3, 0.7, 0.0]])
    rows = scores["per_class"]
    assert rows[2] == dict.fromkeys(
        ("precision_interval", "recall_interval", "f1_interval", "auc_interval")
    )
    assert rows[1]["auc_interval"] is None  # one image of the class
    assert scores["intervals"]["macro_auc"] is None
    assert score_intervals([0], [[1.0, 0.0]])["intervals"]["loss"] is None


def test_no_mistake_is_no_certainty():
    labels = np.arange(40) % 4
    scores = score_intervals(labels, np.eye(4)[labels])
    for name in ("accuracy", *_MACRO):
        assert scores["intervals"][name][0] == pytest.approx(40 / (40 + 1.96**2), abs=1e-3)
        assert scores["intervals"][name][1] == 1
    assert scores["per_class"][0]["auc_interval"][0] < 0.8  # ten images of the class


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), images=st.integers(1, 60), classes=st.integers(2, 6))
def test_properties(random_predictions, seed, images, classes):
    labels, chances = random_predictions(seed, images, classes)
    measured, scores = classification_metrics(labels, chances), score_intervals(labels, chances)
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores
    for name, bounds in scores["intervals"].items():
        assert _inside(bounds, measured[name])
        assert bounds is None or 0 <= bounds[0] <= bounds[1]
        if bounds is not None and name not in ("loss", "brier"):
            assert bounds[1] <= 1
    for row, of_class in zip(scores["per_class"], measured["per_class"], strict=True):
        for name in ("precision", "recall", "f1", "auc"):
            assert _inside(row[f"{name}_interval"], of_class[name])
    order = np.random.default_rng(seed).permutation(images)
    shuffled = score_intervals(labels[order], chances[order])["intervals"]
    for name, bounds in scores["intervals"].items():
        assert shuffled[name] == (bounds and pytest.approx(bounds))
