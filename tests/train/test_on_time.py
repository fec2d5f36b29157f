"""A training that is given a time ends on it, by the real clock."""

from __future__ import annotations

import time

from cotejo.backend import set_seed
from cotejo.config import Settings
from cotejo.models import build_model
from cotejo.train import train


def test_a_training_ends_on_time_with_its_rate_down(digits):
    settings = Settings(
        model="cnn3", optimizer="sgd", schedule="linear", epochs=10_000, batch_size=32
    ).resolved()
    set_seed(1)
    network = build_model("cnn3", digits.image_shape, digits.num_classes)
    started = time.perf_counter()
    training = train(network, digits, settings, 1, deadline=started + 10)
    assert len(training.history) < 10_000
    rates = [row["learning_rate"] for row in training.history]
    # Cut off without the clock, the rate would hardly have moved.
    assert rates[-1] < 0.4 * rates[0]
