"""The difference of two balanced accuracies: its value, its symmetry, and its coverage."""

import numpy as np
import pytest
from sklearn.metrics import recall_score

from cotejo.stats import accuracy_difference, balanced_difference

LABELS = np.repeat([0, 1, 2], [80, 30, 10])


def answers(random, seeds, recalls=(0.9, 0.7, 0.6)):
    return random.random((seeds, len(LABELS))) < np.array(recalls)[LABELS]


@pytest.mark.parametrize("seeds", [(1, 1), (3, 3), (1, 4), (2, 5)])
def test_it_is_the_difference_of_the_means_and_the_reverse_the_other_way_round(seeds):
    random = np.random.default_rng(3)
    first, second = (answers(random, count) for count in seeds)
    means = [
        np.mean(
            [
                recall_score(LABELS, np.where(row, LABELS, -1), labels=[0, 1, 2], average="macro")
                for row in side
            ]
        )
        for side in (first, second)
    ]
    difference = balanced_difference(first, second, LABELS)
    assert difference.estimate == pytest.approx(means[0] - means[1])
    assert difference.low < difference.estimate < difference.high
    reverse = balanced_difference(second, first, LABELS).reversed()
    assert (reverse.low, reverse.high) == pytest.approx((difference.low, difference.high))


def test_of_classes_of_the_same_size_it_is_the_difference_of_the_accuracies():
    random = np.random.default_rng(4)
    labels = np.repeat([0, 1], 50)
    first, second = (random.random((3, 100)) < share for share in (0.8, 0.7))
    balanced = balanced_difference(first, second, labels)
    plain = accuracy_difference(first, second)
    assert balanced.estimate == pytest.approx(plain.estimate)
    assert balanced.high - balanced.low == pytest.approx(plain.high - plain.low, rel=0.3)


@pytest.mark.parametrize("seeds", [1, 3])
def test_its_interval_leaves_out_0_in_few_samples_without_a_difference(seeds):
    random = np.random.default_rng(5)
    rejected = sum(
        balanced_difference(answers(random, seeds), answers(random, seeds), LABELS).excludes_zero
        for _ in range(400)
    )
    assert rejected / 400 <= 0.07


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="labels"):
        balanced_difference([[True, False]], [[True, False]], [0, 1, 1])
