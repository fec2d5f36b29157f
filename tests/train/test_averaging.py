"""The moving average of the weights: what it averages, and when the network has it."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, set_seed
from cotejo.config import Settings
from cotejo.models import build_model
from cotejo.train import predict_logits, train
from cotejo.train.averaging import ExponentialAverage, share
from cotejo.train.learner import steps_per_execution
from cotejo.train.stages import stages


def trained(dataset, **changes):
    given = {"model": "airbench", "width": 8, "optimizer": "muon", "batch_size": 50, "epochs": 3}
    settings = Settings.from_flat(given | changes).resolved()
    set_seed(3)
    network = build_model(settings.model, dataset.image_shape, dataset.num_classes, width=8)
    return network, train(network, dataset, settings, seed=3)


@pytest.fixture
def linear(digits):
    """A network of one layer, and an average of its weights."""
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    average = ExponentialAverage(network, window=20)
    learner = keras.Model()
    learner.network = network
    average.set_model(learner)
    network.set_weights([np.zeros((1, 1))])
    average.on_train_begin()
    return network, average


def step_to(network, average, value, batch):
    network.set_weights([np.full((1, 1), value)])
    average.on_train_batch_end(batch)


def test_the_average_lags_and_the_network_goes_on_from_its_own(linear):
    network, average = linear
    average.on_epoch_begin(0)
    for batch in range(400):
        step_to(network, average, float(batch), batch)
    average.on_epoch_end(0)
    # The exponential average of a ramp lags behind it by the window.
    assert network.get_weights()[0].item() == pytest.approx(399 - 19, abs=0.1)
    average.on_epoch_begin(1)
    assert network.get_weights()[0].item() == 399


def test_steps_taken_at_once_count_each(linear):
    network, average = linear
    average.on_epoch_begin(0)
    for batch in range(7, 400, 8):
        step_to(network, average, 1.0, batch)
    average.on_epoch_end(0)
    assert network.get_weights()[0].item() == pytest.approx(1, abs=1e-3)
    assert share(8, done=10**6, window=20) == pytest.approx(1 - 0.95**8)


def test_the_start_is_soon_forgotten():
    left = 1.0
    for done in range(200):
        left *= 1 - share(1, done, window=1000)
    assert left < 1e-6


def test_an_epoch_of_few_steps_is_averaged_too(digits):
    """Its weights are seen within, and not at its end alone, when the next epoch moves on."""
    averaged, _ = trained(digits, average="ema", epochs=1)
    plain, _ = trained(digits, epochs=1)
    moved = [
        np.abs(one - other).max() / np.abs(other).max()
        for one, other in zip(averaged.get_weights(), plain.get_weights(), strict=True)
        if np.abs(other).max() > 0
    ]
    assert np.median(moved) > 0.01


@pytest.mark.skipif(keras.config.backend() == "torch", reason="there an execution is one step")
@pytest.mark.parametrize(
    ("images", "hard", "average", "expected"),
    [
        (1050, 0, "ema", 1),
        (40_000, 0, "ema", 32),
        (4000, 1, "ema", 2),  # 80 steps, of hard images 40
        (4000, 1, "none", 20),
    ],
)
def test_an_average_sees_the_weights_sixteen_times_an_epoch(images, hard, average, expected):
    plan = stages(Settings(batch_size=50, epochs=3, hard_epochs=hard), images)
    assert steps_per_execution(plan, average) == expected


def test_what_is_validated_and_kept_is_the_average(digits):
    network, training = trained(digits, average="ema", small_epochs=1, hard_epochs=1)
    plain, alone = trained(digits, small_epochs=1, hard_epochs=1)
    # The training itself is the same; only the resulting weights differ.
    assert [row["train_loss"] for row in training.history] == [
        row["train_loss"] for row in alone.history
    ]
    assert any(
        not np.array_equal(averaged, own)
        for averaged, own in zip(network.get_weights(), plain.get_weights(), strict=True)
    )
    logits = predict_logits(network, digits.valid.images)
    accuracy = float((logits.argmax(axis=1) == digits.valid.labels).mean())
    assert training.history[-1]["valid_accuracy"] == accuracy > 0.5
