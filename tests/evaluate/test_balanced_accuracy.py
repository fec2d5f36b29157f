"""Balanced accuracy against scikit-learn, and the coverage of its interval."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from cotejo.evaluate import (
    balanced_accuracy,
    classification_metrics,
    confusion_counts,
    score_intervals,
)
from cotejo.evaluate.intervals import proportion_interval


def predictions(seed, classes=4, images=120):
    random = np.random.default_rng(seed)
    shares = np.array([0.7, 0.2, 0.08, 0.02])[:classes]
    labels = random.choice(classes, images, p=shares / shares.sum())
    return labels, random.dirichlet(np.ones(classes), images)


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
@pytest.mark.parametrize("seed", range(6))
def test_it_is_that_of_scikit_learn(seed):
    labels, chances = predictions(seed)
    known = balanced_accuracy(confusion_counts(labels, chances))
    assert known.estimate == pytest.approx(balanced_accuracy_score(labels, chances.argmax(1)))
    assert 0 <= known.low <= known.estimate <= known.high <= 1
    metrics = classification_metrics(labels, chances)
    assert metrics["balanced_accuracy"] == known.estimate
    assert metrics["balanced_accuracy"] == pytest.approx(metrics["macro_recall"])
    intervals = score_intervals(labels, chances)["intervals"]
    assert intervals["balanced_accuracy"] == [known.low, known.high]


def test_the_counts_are_those_of_scikit_learn():
    labels, chances = predictions(1)
    expected = confusion_matrix(labels, chances.argmax(1), labels=np.arange(4))
    assert confusion_counts(labels, chances).tolist() == expected.tolist()


def test_a_class_without_images_is_left_out():
    known = balanced_accuracy([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    assert known.estimate == pytest.approx(0.85)


def test_of_one_class_the_interval_is_wilson_s():
    known = balanced_accuracy([[7, 3], [0, 0]])
    assert [known.low, known.high] == pytest.approx(proportion_interval(7, 10))


def test_classes_of_the_same_size_give_the_accuracy():
    known = balanced_accuracy([[7, 3], [1, 9]])
    assert known.estimate == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("images", "recalls"),
    [
        ((200, 10), (0.95, 0.9)),
        ((1000, 20), (0.98, 0.95)),
        ((500, 100, 10, 10), (0.95, 0.9, 0.8, 0.9)),
        ((500, 5), (0.97, 0.8)),
        ((100,) * 10, (0.8,) * 10),
        ((5,) * 30, (0.9,) * 30),
        ((20,) * 100, (0.22,) * 100),
    ],
    ids=str,
)
def test_the_interval_holds_in_19_of_20_samples(images, recalls):
    random = np.random.default_rng(0)
    hits = random.binomial(images, recalls, size=(1500, len(images)))
    true, covered = np.mean(recalls), 0
    for row in hits:
        confusion = np.diag(row)
        for label, count in enumerate(images):
            confusion[label, (label + 1) % len(images)] += count - row[label]
        known = balanced_accuracy(confusion)
        covered += known.low <= true <= known.high
    assert 0.93 <= covered / 1500 <= 0.975
