"""Training: repeatable, stops early with the best weights, refuses what can't be trained."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax as reference_softmax

from cotejo.backend import keras, ops, set_seed, use_precision
from cotejo.config import Settings
from cotejo.config.views import VIEWS
from cotejo.data.dataset import Dataset, Split
from cotejo.errors import TrainingError
from cotejo.models import build_model
from cotejo.train import compile_learner, predict_logits, softmax, train
from cotejo.train.order import alternating, training_order
from cotejo.train.predict import view


def trained(dataset: Dataset, seed: int = 1, **changes):
    settings = Settings.from_flat(changes).resolved()
    set_seed(seed)
    network = build_model(
        settings.model, dataset.image_shape, dataset.num_classes, **settings.options
    )
    return network, train(network, dataset, settings, seed)


@pytest.fixture(scope="module")
def once(digits):
    """A network that was trained for an epoch, and its training; nobody changes it."""
    return trained(digits, epochs=1)


def test_two_runs_with_one_seed_give_the_same_numbers(digits):
    changes = {"epochs": 2, "dropout": 0.3, "batch_norm": True, "augment": "notebook"}
    first, once = trained(digits, **changes)
    second, again = trained(digits, **changes)
    _, other = trained(digits, seed=2, **changes)
    for row, same in zip(once.history, again.history, strict=True):
        assert {**row, "seconds": 0} == {**same, "seconds": 0}
    for weight, same in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)
    assert once.history[0]["train_loss"] != other.history[0]["train_loss"]


def is_of(network, row, digits):
    """Check that a row of the history has what the network gives."""
    logits = predict_logits(network, digits.valid.images)
    probabilities = reference_softmax(logits.astype("float64"), axis=1)
    chosen = probabilities[np.arange(len(logits)), digits.valid.labels]
    assert row["valid_accuracy"] == pytest.approx((logits.argmax(1) == digits.valid.labels).mean())
    assert row["valid_loss"] == pytest.approx(-np.log(chosen).mean(), rel=1e-5)


def test_the_history_is_what_the_network_gives(digits, once):
    network, training = once
    is_of(network, training.history[-1], digits)
    assert (training.best_epoch, training.stopped_early) == (1, False)


def test_early_stopping_brings_the_best_weights_back(digits):
    # With such a high rate, the loss rises again after the first epochs.
    network, training = trained(
        digits, model="mlp", epochs=12, early_stopping=2, learning_rate=0.02, batch_size=32
    )
    losses = [row["valid_loss"] for row in training.history]
    best = int(np.argmin(losses))
    assert training.best_epoch == best + 1
    if training.stopped_early:
        assert len(losses) == best + 3
    is_of(network, training.history[best], digits)


def test_the_best_weights_come_back_also_where_every_epoch_is_trained(digits):
    network, training = trained(
        digits, model="mlp", epochs=3, early_stopping=50, learning_rate=0.05
    )
    best = training.history[training.best_epoch - 1]
    assert best["valid_loss"] == min(row["valid_loss"] for row in training.history)
    is_of(network, best, digits)
    assert not training.stopped_early


def test_a_loss_that_is_no_number_ends_the_training(digits):
    with pytest.raises(TrainingError, match="stopped being a number in epoch"):
        trained(digits, model="mlp", optimizer="sgd", learning_rate=100.0, epochs=3)


def test_a_batch_larger_than_the_data_is_refused(digits):
    with pytest.raises(TrainingError, match="Lower `batch_size`"):
        trained(digits, batch_size=5000)


def test_label_smoothing_raises_the_training_loss_alone(digits, once):
    _, plain = once
    network, smoothed = trained(digits, epochs=1, label_smoothing=0.2)
    assert smoothed.history[-1]["train_loss"] > plain.history[-1]["train_loss"]
    is_of(network, smoothed.history[-1], digits)


def test_bfloat16_trains_with_float32_weights(digits):
    settings = Settings(model="mlp", epochs=1, precision="bfloat16").resolved()
    with use_precision("bfloat16"):
        network = build_model("mlp", digits.image_shape, 10)
    assert keras.config.dtype_policy().name == "float32"
    training = train(network, digits, settings, 1)
    assert network.layers[3].compute_dtype == "bfloat16"
    assert {str(weight.dtype) for weight in network.weights} == {"float32"}
    assert training.history[0]["valid_accuracy"] > 0.15


def test_the_learner_gathers_its_images(digits):
    settings = Settings().resolved()
    network = build_model("cnn3", digits.image_shape, 10)
    learner = compile_learner(network, digits, settings, seed=0)
    chosen = np.array([5, 0, 7], "int32")
    logits = ops.convert_to_numpy(learner(chosen))
    expected = predict_logits(network, digits.train.images[chosen])
    np.testing.assert_allclose(logits, expected, atol=1e-5)


def test_the_order_shows_each_image_once_an_epoch():
    order = training_order(103, 10, 3, seed=4).reshape(3, -1)
    for epoch in order:
        assert len(set(epoch)) == 100
    assert not np.array_equal(order[0], order[1])
    np.testing.assert_array_equal(order, training_order(103, 10, 3, seed=4).reshape(3, -1))


def test_predictions_do_not_depend_on_the_batch(digits):
    network = build_model("cnn3", digits.image_shape, 10)
    images = digits.test.images[:23]
    whole = predict_logits(network, images, batch_size=50)
    parts = predict_logits(network, images, batch_size=10)
    np.testing.assert_allclose(whole, parts, atol=1e-5)


def test_softmax_agrees_with_scipy():
    logits = np.random.default_rng(0).normal(0, 50, (20, 7))
    np.testing.assert_allclose(softmax(logits), reference_softmax(logits, axis=1), atol=1e-7)


def test_training_learns_on_the_real_images(cifar10):
    few = Dataset(
        name="cifar10",
        train=Split(cifar10.train.images[:4000], cifar10.train.labels[:4000]),
        valid=Split(cifar10.valid.images[:1000], cifar10.valid.labels[:1000]),
        test=Split(cifar10.test.images[:1000], cifar10.test.labels[:1000]),
        class_names=cifar10.class_names,
        split=cifar10.split,
        source=cifar10.source,
    )
    _, training = trained(few, epochs=3, initializer="he", augment="flip-crop")
    assert training.history[-1]["valid_accuracy"] > 0.3


def test_alternating_shows_each_image_both_ways_in_two_epochs():
    order = training_order(20, 5, 4, seed=3)
    numbers = alternating(order, 20, 0, 4, seed=3)
    np.testing.assert_array_equal(numbers % 20, order)
    ways = [{int(n) % 20: int(n) >= 20 for n in epoch.ravel()} for epoch in np.split(numbers, 4)]
    assert ways[0] == ways[2]
    assert all(ways[0][image] != ways[1][image] for image in range(20))
    assert 3 <= sum(ways[0].values()) <= 17


def test_an_index_beyond_the_images_is_a_mirrored_image(digits):
    settings = Settings(augment="alternating-flip-crop").resolved()
    inputs = keras.Input(digits.image_shape)
    network = keras.Model(inputs, keras.layers.Rescaling(1.0)(inputs))
    learner = compile_learner(network, digits, settings, seed=1)
    count = len(digits.train)
    plain, mirrored = (
        ops.convert_to_numpy(learner(np.array([number], "int32"))) for number in (7, 7 + count)
    )
    np.testing.assert_array_equal(plain[:, :, ::-1], mirrored)
    assert not np.array_equal(plain, mirrored)


def loss_and_outputs(learner, digits, count=16):
    numbers = np.arange(count, dtype="int32")
    labels = digits.train.labels[numbers]
    outputs = learner(numbers, training=True)
    loss = learner.compute_loss(numbers, labels, outputs, None, training=True)
    return labels, outputs, float(ops.convert_to_numpy(loss))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("part", ["mixup", "cutmix"])
def test_mixed_images_are_learned_with_mixed_labels(digits, part, smoothing):
    settings = Settings(augment=[{part: 1}], label_smoothing=smoothing).resolved()
    network = build_model("cnn3", digits.image_shape, 10)
    learner = compile_learner(network, digits, settings, seed=1)
    labels, outputs, loss = loss_and_outputs(learner, digits)
    logits, weights = (ops.convert_to_numpy(each) for each in outputs)
    weights = weights[:, None]
    own = np.eye(10)[labels]
    soft = weights * own + (1 - weights) * np.roll(own, 1, axis=0)
    log_chances = np.log(reference_softmax(logits.astype("float64"), axis=1))
    smoothed = soft * (1 - smoothing) + smoothing / 10
    assert loss == pytest.approx(-(smoothed * log_chances).sum(1).mean(), rel=1e-4)


def test_without_mixing_the_learner_gives_logits_alone(digits):
    network = build_model("cnn3", digits.image_shape, 10)
    learner = compile_learner(network, digits, Settings(augment="flip").resolved(), seed=1)
    labels, logits, loss = loss_and_outputs(learner, digits)
    chances = reference_softmax(ops.convert_to_numpy(logits).astype("float64"), axis=1)
    assert loss == pytest.approx(-np.log(chances[np.arange(16), labels]).mean(), rel=1e-4)


@pytest.mark.parametrize(
    "augment",
    [
        ["flip", {"rotate": 10}, {"mixup": 0.2}],
        ["alternating-flip", {"crop": 2}, "trivial-augment", {"mixup": 0.4}, {"cutmix": 1}],
    ],
    ids=str,
)
def test_a_composed_augmentation_trains_repeatably_through_all_stages(digits, augment):
    changes = {
        "augment": augment, "epochs": 3, "small_epochs": 1, "hard_epochs": 1, "model": "airbench",
        "width": 8, "batch_size": 200, "label_smoothing": 0.1,
    }  # fmt: skip
    first, training = trained(digits, **changes)
    if "trivial-augment" in augment:  # one with everything in it will do
        second, _ = trained(digits, **changes)
        for one, two in zip(first.get_weights(), second.get_weights(), strict=True):
            np.testing.assert_array_equal(one, two)
    assert len(training.history) == 3
    assert 0 <= training.history[-1]["train_accuracy"] <= 1


def test_a_list_trains_as_its_short_form(digits):
    changes = {"model": "mlp", "epochs": 1}
    first, _ = trained(digits, augment="notebook", **changes)
    second, _ = trained(digits, augment=[{"shift": 0.1}, "flip", {"rotate": 15}], **changes)
    for one, two in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("tta", sorted(VIEWS))
def test_views_average_the_least_sure_quarter_and_leave_the_rest(digits, once, tta):
    network, _ = once
    images = digits.valid.images[:40]
    plain, seen = predict_logits(network, images), predict_logits(network, images, tta=tta)
    ranked = np.sort(plain, axis=1)
    unsure = np.argsort(ranked[:, -1] - ranked[:, -2], kind="stable")[:10]
    rest = np.setdiff1d(np.arange(40), unsure)
    np.testing.assert_array_equal(plain[rest], seen[rest])
    expected = sum(
        weight * predict_logits(network, view(images[unsure], shift, mirrored))
        for (shift, mirrored), weight in VIEWS[tta].items()
    )
    np.testing.assert_allclose(seen[unsure], expected, atol=1e-4)
    assert sum(VIEWS[tta].values()) == 1
