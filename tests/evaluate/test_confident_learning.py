"""Wrong labels that were planted are suspected, by cleanlab's confident learning."""

from __future__ import annotations

import numpy as np
import pytest
from cleanlab.filter import find_label_issues

from cotejo.evaluate import suspected_labels


def predictions(seed: int = 0, images: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Return true labels of three classes and a good model's probabilities."""
    generator = np.random.default_rng(seed)
    labels = np.arange(images) % 3
    support = generator.dirichlet([1, 1, 12], images)
    chances = np.empty((images, 3))
    for shift in range(3):
        chances[np.arange(images), (labels + shift) % 3] = support[:, 2 - shift]
    return labels, chances


def test_planted_errors_are_suspected_first() -> None:
    labels, chances = predictions()
    sure = np.flatnonzero(chances[np.arange(600), labels] > 0.95)[:12]
    given = labels.copy()
    given[sure] = (given[sure] + 1) % 3
    positions, confidence = suspected_labels(given, chances)
    assert set(sure) <= set(positions)
    assert set(positions[:12]) == set(sure)
    assert (np.diff(confidence) >= 0).all()
    assert confidence == pytest.approx(chances[positions, given[positions]])


def test_it_is_cleanlabs() -> None:
    labels, chances = predictions(seed=3)
    given = np.where(np.arange(600) % 40 == 0, (labels + 2) % 3, labels)
    positions, _ = suspected_labels(given, chances)
    theirs = find_label_issues(given, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
    assert positions.tolist() == theirs.tolist()


def test_a_class_without_images_is_left_out() -> None:
    labels, chances = predictions()
    wider = np.insert(chances * 0.99, 1, 0.01, axis=1)
    given = np.where(labels == 0, 0, labels + 1)
    given[5] = 0
    assert 5 in suspected_labels(given, wider)[0]


def test_one_class_has_nothing_to_suspect() -> None:
    positions, confidence = suspected_labels([1, 1, 1], np.full((3, 2), 0.5))
    assert len(positions) == len(confidence) == 0


def test_what_does_not_agree_is_refused() -> None:
    with pytest.raises(ValueError, match="labels"):
        suspected_labels([0, 1], np.full((3, 2), 0.5))
