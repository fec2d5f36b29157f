"""`calibration`: against its definitions, scikit-learn's log loss, and by its properties."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from cotejo.evaluate import calibration, classification_metrics, split_metrics
from cotejo.evaluate.calibration import (
    calibration_error,
    fit_temperature,
    reliability,
    tempered,
)


def _sharpened(chances, power):
    sharper = chances**power
    return sharper / sharper.sum(axis=1, keepdims=True)


def _calibrated(seed, images=4000, classes=5):
    """Return labels drawn from the probabilities that are returned with them."""
    generator = np.random.default_rng(seed)
    logits = 1.5 * generator.normal(size=(images, classes))
    # The highest logit plus Gumbel noise is a draw from the softmax.
    labels = (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)
    return labels, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_the_error_is_the_sum_over_the_bins():
    labels = np.array([0, 0, 0, 1])
    chances = np.array([[0.55, 0.45], [0.56, 0.44], [0.96, 0.04], [0.98, 0.02]])
    rows = reliability(labels, chances)
    filled = [row for row in rows if row["images"]]
    assert [row["images"] for row in filled] == [2, 2]
    assert [row["accuracy"] for row in filled] == [1, 0.5]
    assert calibration_error(rows) == pytest.approx((2 * 0.445 + 2 * 0.47) / 4)
    empty = [row for row in rows if not row["images"]]
    assert all(row["accuracy"] is row["confidence"] is None for row in empty)


def test_an_edge_belongs_to_the_bin_below_it():
    rows = reliability(np.array([0, 0]), np.array([[0.5, 0.5], [1.0, 0.0]]), bins=2)
    assert [row["images"] for row in rows] == [1, 1]


def test_a_temperature_is_found_again():
    labels, chances = _calibrated(0)
    assert fit_temperature(labels, _sharpened(chances, 3)) == pytest.approx(3, rel=0.06)
    assert fit_temperature(labels, chances) == pytest.approx(1, rel=0.06)


def test_it_is_fitted_on_the_validation_images_alone():
    labels, chances = _calibrated(0)
    others, other_chances = _calibrated(1)
    sharp = _sharpened(chances, 3)
    same = calibration(labels, sharp, labels, sharp)
    other = calibration(labels, sharp, others, other_chances)
    assert same["temperature"] == other["temperature"]
    assert same["ece_scaled"] < 0.03 < same["ece"]
    assert other["ece"] < 0.03 < other["ece_scaled"]
    scaled = tempered(sharp, same["temperature"])
    assert same["loss_scaled"] == pytest.approx(reference.log_loss(labels, scaled))
    truth = np.eye(scaled.shape[1])[labels]
    assert same["brier_scaled"] == pytest.approx(((scaled - truth) ** 2).sum(axis=1).mean())


def test_certainties_stay_finite():
    chances = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    result = calibration([0, 1, 1], chances, [0, 1, 1], chances)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["temperature"] == pytest.approx(20, rel=1e-3)
    assert calibration([0], [[1.0, 0.0]], [0], [[1.0, 0.0]])["ece"] == 0


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    images=st.integers(1, 60),
    classes=st.integers(2, 6),
    temperature=st.floats(0.1, 10),
)
def test_properties(random_predictions, seed, images, classes, temperature):
    labels, chances = random_predictions(seed, images, classes)
    np.testing.assert_allclose(tempered(chances, 1), chances, atol=1e-12)
    scaled = tempered(chances, temperature)
    np.testing.assert_allclose(scaled.sum(axis=1), 1)
    np.testing.assert_array_equal(scaled.argmax(axis=1), chances.argmax(axis=1))
    np.testing.assert_allclose(tempered(scaled, 1 / temperature), chances, atol=1e-9)
    rows = reliability(labels, chances)
    assert sum(row["images"] for row in rows) == images
    for row in rows:
        assert row["images"] == 0 or row["low"] - 1e-12 <= row["confidence"] <= row["high"] + 1e-12
    error = calibration_error(rows)
    assert 0 <= error <= 1
    # One bin compares only the means; more bins can't give a smaller error.
    mean = abs(chances.max(axis=1).mean() - (chances.argmax(axis=1) == labels).mean())
    assert error >= mean - 1e-12
    order = np.random.default_rng(seed).permutation(images)
    assert calibration_error(reliability(labels[order], chances[order])) == pytest.approx(error)
    best = fit_temperature(labels, chances)
    assert 0.05 <= best <= 20
    loss = classification_metrics(labels, tempered(chances, best))["loss"]
    assert loss <= classification_metrics(labels, chances)["loss"] + 1e-4


def test_the_entries_of_metrics_json_are_complete(random_predictions):
    valid_labels, valid_chances = random_predictions(1)
    labels, chances = random_predictions(2)
    result = split_metrics(
        {
            "valid_labels": valid_labels,
            "valid_probabilities": valid_chances.astype(np.float32),
            "test_labels": labels,
            "test_probabilities": chances.astype(np.float32),
        }
    )
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert set(result["valid"]) == {
        "accuracy", "balanced_accuracy", "loss", "macro_f1", "images"
    }  # fmt: skip
    test = result["test"]
    for name, (low, high) in test["intervals"].items():
        assert low <= test[name] <= high
    for row in test["per_class"]:
        assert row["auc_interval"][0] <= row["auc"] <= row["auc_interval"][1]
    assert len(test["calibration"]["reliability"]) == test["calibration"]["bins"] == 15
