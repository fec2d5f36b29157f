"""`classification_metrics` against scikit-learn, and by its properties."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from cotejo.evaluate import classification_metrics


def test_agrees_with_scikit_learn(random_predictions):
    labels, chances = random_predictions()
    predicted = chances.argmax(axis=1)
    metrics = classification_metrics(labels, chances)
    assert metrics["accuracy"] == pytest.approx(reference.accuracy_score(labels, predicted))
    assert metrics["loss"] == pytest.approx(reference.log_loss(labels, chances))
    assert metrics["macro_f1"] == pytest.approx(
        reference.f1_score(labels, predicted, average="macro")
    )
    report = reference.classification_report(labels, predicted, output_dict=True)
    for index, row in enumerate(metrics["per_class"]):
        expected = report[str(index)]
        assert row["precision"] == pytest.approx(expected["precision"])
        assert row["recall"] == pytest.approx(expected["recall"])
        assert row["f1"] == pytest.approx(expected["f1-score"])
        assert row["support"] == expected["support"]
        assert row["auc"] == pytest.approx(
            reference.roc_auc_score(labels == index, chances[:, index])
        )
    assert metrics["macro_precision"] == pytest.approx(report["macro avg"]["precision"])
    assert metrics["macro_recall"] == pytest.approx(report["macro avg"]["recall"])
    assert metrics["macro_auc"] == pytest.approx(
        reference.roc_auc_score(labels, chances, multi_class="ovr", average="macro")
    )
    assert metrics["top2_accuracy"] == pytest.approx(
        reference.top_k_accuracy_score(labels, chances, k=2)
    )
    # Brier's own sum: scikit-learn has it for several classes from 1.7 on.
    truth = np.eye(chances.shape[1])[labels]
    assert metrics["brier"] == pytest.approx(((chances - truth) ** 2).sum(axis=1).mean())


def test_is_plain_json(random_predictions):
    labels, chances = random_predictions()
    metrics = classification_metrics(labels.astype(np.int32), chances.astype(np.float32))
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_a_class_that_never_comes_is_no_part_of_the_averages():
    metrics = classification_metrics([0, 0], [[0.9, 0.1, 0.0], [0.8, 0.1, 0.1]])
    nothing = {"precision": 0, "recall": 0, "f1": 0, "auc": None, "support": 0}
    assert metrics["per_class"][2] == nothing
    assert (metrics["macro_precision"], metrics["macro_recall"], metrics["macro_f1"]) == (1, 1, 1)
    assert metrics["macro_auc"] is None  # nor have the others images of another class


def test_of_equal_probabilities_the_first_counts():
    metrics = classification_metrics([0, 1, 2], [[1 / 3] * 3] * 3)
    assert metrics["accuracy"] == pytest.approx(1 / 3)
    assert metrics["top2_accuracy"] == pytest.approx(2 / 3)
    assert metrics["macro_auc"] == 0.5


def test_the_brier_score_goes_from_0_to_2():
    assert classification_metrics([0], [[1.0, 0.0]])["brier"] == 0
    assert classification_metrics([1], [[1.0, 0.0]])["brier"] == 2


def test_a_sure_mistake_costs_a_finite_loss():
    assert classification_metrics([1], [[1.0, 0.0]])["loss"] == pytest.approx(-np.log(1e-7))


@pytest.mark.parametrize(
    ("labels", "chances", "message"),
    [
        ([0, 1], [[1.0, 0.0]], r"received \[2\] and \[1, 2\]"),
        ([], np.zeros((0, 3)), "at least one image"),
        ([0.0], [[1.0, 0.0]], "must be integers"),
        ([-1], [[1.0, 0.0]], "from -1 to -1"),
        ([0], [[np.nan, 0.0]], "must be finite"),
    ],
)
def test_refuses_what_does_not_agree(labels, chances, message):
    with pytest.raises(ValueError, match=message):
        classification_metrics(labels, chances)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), images=st.integers(1, 40), classes=st.integers(2, 6))
def test_properties(random_predictions, seed, images, classes):
    labels, chances = random_predictions(seed, images, classes)
    metrics = classification_metrics(labels, chances)
    confusion = np.array(metrics["confusion"])
    assert confusion.sum() == metrics["images"] == images
    assert np.trace(confusion) == round(metrics["accuracy"] * images)
    assert confusion.sum(axis=1).tolist() == [row["support"] for row in metrics["per_class"]]
    assert 0 <= metrics["macro_f1"] <= 1
    assert metrics["loss"] >= 0
    assert 0 <= metrics["brier"] <= 2
    if classes == 2:
        assert metrics["top2_accuracy"] is None
    else:
        assert metrics["accuracy"] <= metrics["top2_accuracy"] <= 1
    for name in ("precision", "recall", "f1"):
        tested = [row[name] for row in metrics["per_class"] if row["support"]]
        assert metrics[f"macro_{name}"] == pytest.approx(np.mean(tested))
    assert metrics["macro_auc"] is None or 0 <= metrics["macro_auc"] <= 1
    for row in metrics["per_class"]:
        assert min(row["precision"], row["recall"]) - 1e-12 <= row["f1"]
        assert row["f1"] <= max(row["precision"], row["recall"]) + 1e-12
    order = np.random.default_rng(seed).permutation(images)
    shuffled = classification_metrics(labels[order], chances[order])
    for name in ("loss", "brier", "macro_auc"):
        assert shuffled.pop(name) == pytest.approx(metrics.pop(name))
    for row, other in zip(metrics["per_class"], shuffled["per_class"], strict=True):
        assert row.pop("auc") == pytest.approx(other.pop("auc"))
    assert shuffled == metrics
