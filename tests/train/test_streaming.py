"""Images that are fed step by step train the same network as those kept on the device."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cotejo.config import Settings
from cotejo.data import Split
from cotejo.errors import ConfigError
from cotejo.models import build_model
from cotejo.train import fresh_backend, train
from cotejo.train.learner import device_images
from cotejo.train.streaming import fits

SETTINGS = [
    {"model": "cnn3", "epochs": 2, "augment": "alternating-flip-crop"},
    {
        "model": "cnn7",
        "width": 8,
        "epochs": 3,
        "small_epochs": 1,
        "hard_epochs": 1,
        "train_fraction": 0.5,
    },
    {"model": "cnn3", "epochs": 1, "augment": ["flip", {"mixup": 0.2}]},
]


def trained(dataset, **settings):
    device_images.cache_clear()  # what did not fit before may fit now
    with fresh_backend(1):
        asked = Settings.from_flat(settings).resolved()
        network = build_model(
            asked.model, dataset.image_shape, dataset.num_classes, **asked.options
        )
        training = train(network, dataset, asked, seed=1)
        return network.get_weights(), [row["train_loss"] for row in training.history]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_streamed_images_train_the_same_network(digits, monkeypatch, settings):
    small = replace(digits, train=Split(digits.train.images[:256], digits.train.labels[:256]))
    monkeypatch.setenv("COTEJO_IMAGES_MB", "1000")
    weights, losses = trained(small, **settings)
    monkeypatch.setenv("COTEJO_IMAGES_MB", "0")
    streamed, streamed_losses = trained(small, **settings)
    assert losses == streamed_losses
    for kept, fed in zip(weights, streamed, strict=True):
        np.testing.assert_array_equal(kept, fed)


def test_what_fits_is_asked_of_the_machine_or_of_the_user(digits, monkeypatch):
    assert fits(digits.train)
    monkeypatch.setenv("COTEJO_IMAGES_MB", "2")
    assert not fits(digits.train)  # 3.3 MB
    assert fits(digits.train, 0.75)
    monkeypatch.setenv("COTEJO_IMAGES_MB", "much")
    with pytest.raises(ConfigError, match="COTEJO_IMAGES_MB must be a whole number"):
        fits(digits.train)
