"""Training with a backbone: the head first, from features computed once; then all of it."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.data.dataset import Dataset, Split
from cotejo.models.backbone import has_frozen_backbone, with_head
from cotejo.models.backbone import split as split_backbone
from cotejo.train import predict_logits, train
from cotejo.train.features import features_of


def part(count, seed):
    """Return bright and dark images, which a random backbone can tell apart."""
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % 2).astype(np.int32)
    images = random.integers(0, 156, (count, 12, 12, 3)) + 100 * labels[:, None, None, None]
    return Split(images.astype(np.uint8), labels)


@pytest.fixture(scope="module")
def tiny():
    names = ["dark", "bright"]
    return Dataset("tiny", part(60, 1), part(30, 2), part(20, 3), names, {"method": "own"}, "made")


def network(frozen=True):
    set_seed(4)
    inputs = keras.Input((12, 12, 3))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(6, 3, activation="relu", name="convolution")(x)
    x = keras.layers.BatchNormalization(name="normalisation")(x)
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    features = keras.layers.GlobalAveragePooling2D()(x)
    return with_head(inputs, features, 2, name="tiny", frozen=frozen)


def trained(dataset, frozen=True, **changes):
    model = network(frozen)
    settings = Settings.from_flat({"batch_size": 10, "epochs": 4, **changes}).resolved()
    return model, train(model, dataset, settings, seed=1)


def weights_of(model, name):
    return [np.array(weight) for weight in model.get_layer(name).get_weights()]


def same(first, second):
    return all((one == other).all() for one, other in zip(first, second, strict=True))


def test_a_frozen_backbone_does_not_move_and_its_head_learns(tiny):
    before = network()
    model, training = trained(tiny, learning_rate=0.05)
    assert [row["epoch"] for row in training.history] == [1, 2, 3, 4]
    assert same(weights_of(model, "convolution"), weights_of(before, "convolution"))
    assert same(weights_of(model, "normalisation"), weights_of(before, "normalisation"))
    assert has_frozen_backbone(model)
    assert training.history[-1]["valid_accuracy"] > 0.9


def test_the_history_is_what_the_whole_network_gives(tiny):
    model, training = trained(tiny, learning_rate=0.05)
    logits = predict_logits(model, tiny.valid.images)
    accuracy = (logits.argmax(1) == tiny.valid.labels).mean()
    assert training.history[-1]["valid_accuracy"] == pytest.approx(accuracy)


def test_the_backbone_learns_from_unfreeze_on_but_for_its_normalisation(tiny):
    before = network()
    model, training = trained(
        tiny, learning_rate=0.05, unfreeze=2, unfreeze_rate=0.2, augment="notebook"
    )
    rates = [row["learning_rate"] for row in training.history]
    assert rates == pytest.approx([0.05, 0.05, 0.01, 0.01])
    assert [row["epoch"] for row in training.history] == [1, 2, 3, 4]
    assert not same(weights_of(model, "convolution"), weights_of(before, "convolution"))
    assert same(weights_of(model, "normalisation"), weights_of(before, "normalisation"))
    assert not has_frozen_backbone(model)


def test_the_backbone_can_learn_from_the_start(tiny):
    before = network()
    model, training = trained(tiny, epochs=1, learning_rate=0.05, unfreeze=0)
    assert training.history[0]["learning_rate"] == pytest.approx(0.005)
    assert not same(weights_of(model, "convolution"), weights_of(before, "convolution"))
    mean, _ = weights_of(model, "standardised")
    assert mean.any()


def test_nothing_is_frozen_of_random_weights(tiny):
    before = network()
    model, training = trained(tiny, frozen=False, epochs=1, learning_rate=0.05)
    assert training.history[0]["learning_rate"] == pytest.approx(0.05)
    assert not same(weights_of(model, "normalisation"), weights_of(before, "normalisation"))


def test_two_runs_with_one_seed_give_the_same_numbers(tiny):
    changes = {"unfreeze": 2, "augment": "notebook", "schedule": "one-cycle"}
    first, once = trained(tiny, **changes)
    second, again = trained(tiny, **changes)
    for row, twin in zip(once.history, again.history, strict=True):
        assert {**row, "seconds": 0} == {**twin, "seconds": 0}
    assert same(first.get_weights(), second.get_weights())


def test_features_are_computed_once_and_only_of_the_images_learned_from(tiny):
    backbone, _ = split_backbone(network())
    settings = Settings(train_fraction=0.5).resolved()
    told = []
    features = features_of(backbone, tiny, settings, 1, lambda *step: told.append(step))
    assert features.train.images.shape == (30, 8)
    assert features.valid.images.shape == (30, 8)
    assert told == [(1, 30, 60), (1, 60, 60)]
    expected = predict_logits(backbone, tiny.valid.images)
    np.testing.assert_array_equal(features.valid.images, expected)


def test_the_head_alone_does_not_stop_a_training_that_goes_on_to_the_backbone(tiny):
    # With such a rate the head's loss rises; it must not end before the backbone learns.
    changes = {"optimizer": "sgd", "learning_rate": 20.0, "unfreeze_rate": 1e-6}
    model, training = trained(tiny, epochs=9, unfreeze=6, early_stopping=1, **changes)
    assert len(training.history) > 6
    losses = [row["valid_loss"] for row in training.history]
    assert training.best_epoch == int(np.argmin(losses)) + 1
    logits = predict_logits(model, tiny.valid.images)
    accuracy = (logits.argmax(1) == tiny.valid.labels).mean()
    best = training.history[training.best_epoch - 1]["valid_accuracy"]
    assert accuracy == pytest.approx(best)


def test_the_average_of_the_weights_is_kept_in_both_parts(tiny):
    model, training = trained(tiny, unfreeze=2, average="ema", learning_rate=0.05)
    logits = predict_logits(model, tiny.valid.images)
    accuracy = (logits.argmax(1) == tiny.valid.labels).mean()
    assert training.history[-1]["valid_accuracy"] == pytest.approx(accuracy)


def test_a_training_that_is_late_ends_after_its_head(tiny):
    import time

    settings = Settings(batch_size=10, epochs=4, unfreeze=2).resolved()
    model = network()
    training = train(model, tiny, settings, seed=1, deadline=time.perf_counter())
    assert len(training.history) == 1
    assert has_frozen_backbone(model)
