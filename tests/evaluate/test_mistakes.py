"""`select_mistakes` and `confused_pairs`."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cotejo.evaluate import classification_metrics, confused_pairs, select_mistakes


def test_the_worst_come_first_by_the_probability_of_the_wrong_class():
    chances = [[0.1, 0.9], [0.4, 0.6], [0.9, 0.1], [0.05, 0.95], [0.7, 0.3]]
    assert select_mistakes([0, 0, 0, 0, 1], chances, worst=3, pairs=0).tolist() == [3, 0, 4]


def test_then_come_the_most_confused_pairs():
    labels = np.array([0, 0, 0, 1, 2])
    chances = np.array(
        [[0.4, 0.6, 0], [0.3, 0.7, 0], [0.2, 0.8, 0], [0, 0.1, 0.9], [0.45, 0, 0.55]]
    )
    positions = select_mistakes(labels, chances, worst=1, pairs=1, per_pair=2)
    assert positions.dtype == np.int32
    assert positions.tolist() == [3, 2, 1]  # the worst of all, then the two worst of 0 taken for 1


def test_no_mistakes_leave_nothing():
    assert select_mistakes([0, 1], [[1.0, 0.0], [0.0, 1.0]]).shape == (0,)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    worst=st.integers(0, 20),
    pairs=st.integers(0, 4),
    per_pair=st.integers(0, 5),
)
def test_properties(random_predictions, seed, worst, pairs, per_pair):
    labels, chances = random_predictions(seed, 80, 4)
    predicted = chances.argmax(axis=1)
    positions = select_mistakes(labels, chances, worst, pairs, per_pair)
    assert len(set(positions.tolist())) == len(positions) <= worst + pairs * per_pair
    assert (predicted[positions] != labels[positions]).all()
    wrong = np.flatnonzero(predicted != labels)
    surest = np.sort(chances[wrong, predicted[wrong]])[::-1][:worst]
    head = positions[: len(surest)]
    np.testing.assert_array_equal(chances[head, predicted[head]], surest)
    confusion = classification_metrics(labels, chances)["confusion"]
    for true, wrongly, count in confused_pairs(confusion)[:pairs]:
        of_pair = (labels[positions] == true) & (predicted[positions] == wrongly)
        assert of_pair.sum() >= min(count, per_pair)


def test_confused_pairs_account_for_every_mistake(random_predictions):
    confusion = np.array(classification_metrics(*random_predictions())["confusion"])
    pairs = confused_pairs(confusion)
    counts = [count for *_, count in pairs]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == confusion.sum() - np.trace(confusion)
    assert all(confusion[true, predicted] == count for true, predicted, count in pairs)
