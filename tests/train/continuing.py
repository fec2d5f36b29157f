"""Interrupted equals uninterrupted: `test_resuming.py` runs these checks on each engine."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

import numpy as np

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.config.sources import Source, Sources
from cotejo.data import load
from cotejo.data.dataset import Split
from cotejo.models.backbone import with_head
from cotejo.study.run import build_network
from cotejo.train import fresh_backend
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.loop import training_steps
from cotejo.train.work import alone
from tiny import TINY

MIXED = {
    "model": "mlp",
    "augment": "mixup",
    "class_weight": "balanced",
    "label_smoothing": 0.1,
    "train_fraction": 0.5,
    "optimizer": "adamw",
    "schedule": "cosine",
    "weight_decay": 0.01,
}
AVERAGED = {
    "model": "cnn",
    "convolutions": 1,
    "batch_norm": True,
    "dropout": 0.3,
    "augment": "notebook",
    "average": "ema",
    "optimizer": "sgd",
    "schedule": "one-cycle",
}
FEATURES = {
    "plain": TINY,
    "mixed": {**MIXED, **TINY, "batch_size": 5},
    "averaged": {**AVERAGED, "epochs": 3},
    "averaged, two steps at once": {**TINY, "average": "ema", "batch_size": 5, "epochs": 2},
    "staged": {
        "model": "airbench",
        "width": 4,
        "epochs": 5,
        "optimizer": "muon",
        "schedule": "linear",
        "augment": "alternating-flip-crop-cutout",
        "label_smoothing": 0.2,
        "small_epochs": 1,
        "hard_epochs": 2,
        "average": "ema",
        "early_stopping": 5,
    },
    "frozen": {"unfreeze": 2, "learning_rate": 0.05, "augment": "notebook", "early_stopping": 3},
    "patient": {
        "model": "mlp",
        "dropout": 0.2,
        "epochs": 12,
        "early_stopping": 1,
        "learning_rate": 0.02,
        "optimizer": "adam",
    },
}
"""Settings which together have every feature whose state must not be lost."""


PARTS = """
import keras

class Patient(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses, self.lowest, self.wait = [], None, 0

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        worse = self.lowest is not None and logs["val_loss"] > self.lowest
        self.wait = self.wait + 1 if worse else 0
        self.lowest = min(self.losses)
        if len(self.losses) == 3:
            rate = self.model.optimizer.learning_rate
            rate.assign(rate * (0.5 if self.wait == 0 else 0.1))

def reducing():
    return keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, min_delta=0.5)

class Hidden(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.hidden = object()

def lion(learning_rate=0.001):
    return keras.optimizers.Lion(learning_rate, use_ema=True, ema_momentum=0.9)
"""  # fmt: skip
OWN = {
    "callbacks": {**TINY, "callbacks": "parts.py:Patient, parts.py:reducing", "epochs": 5},
    "optimizer": {**TINY, "optimizer": "parts.py:lion"},
}
"""Settings with code of the user's own, whose state is kept as far as it can be seen."""


class Interrupted(BaseException):
    """The end of a training that was cut short."""


@lru_cache
def few():
    digits = load("digits")
    train, valid = (
        Split(each.images[:370], each.labels[:370]) for each in (digits.train, digits.valid)
    )
    # 37 batches of ten, which no number divides: so `fit` takes them one by one.
    return replace(digits, train=train, valid=valid)


def made(given):
    usual = {"epochs": 4, "batch_size": 10, "precision": "float32"}
    own = Sources([Source("parts.py", PARTS.encode())] if "parts.py" in str(given) else [])
    settings = Settings.from_flat({**usual, **given}).resolved()
    return settings.model_copy(update={"sources": own})


def with_backbone():
    """Return a network with a frozen backbone."""
    inputs = keras.Input(few().image_shape)
    x = keras.layers.Conv2D(4, 3, activation="relu")(keras.layers.Rescaling(1 / 255)(inputs))
    x = keras.layers.BatchNormalization()(x)
    features = keras.layers.GlobalAveragePooling2D()(x)
    return with_head(inputs, features, 10, name="tiny", frozen=True, dropout=0.2)


def network_of(settings):
    if settings.unfreeze is not None:
        return with_backbone()
    return build_network(settings, few().train, few().num_classes)


def trained(settings, seed, checkpoints=None, on_batch=lambda *place: None):
    """Train, and return the history without its seconds, the weights, and the training."""
    with fresh_backend(seed):
        network = network_of(settings)
        training = alone(
            training_steps(
                network, few(), settings, seed, on_batch=on_batch, checkpoints=checkpoints
            )
        )
        rows = [{**row, "seconds": None} for row in training.history]
        return rows, [weight.tobytes() for weight in network.get_weights()], training


class NowAndThen(Checkpoints):
    """Checkpoints that are due by chance."""

    chance = random.Random(1)

    def is_due(self, inside):
        return not inside or self.chance.random() < 0.2


def kept_in(folder, engine="fit", key="key", **options):
    return NowAndThen(folder, 1, key, engine, **options)


def interrupted(settings, seed, folder, engine, chance, often=1):
    """Train in several parts, each cut short after a step that chance says; count the resumes."""
    for _ in range(often):
        left = chance.randrange(40, 110)

        def cut(*place):
            nonlocal left
            left -= 1
            if not left:
                raise Interrupted

        with suppress(Interrupted):
            trained(settings, seed, kept_in(folder, engine), cut)
    checkpoints = kept_in(folder, engine)
    return *trained(settings, seed, checkpoints), len(checkpoints.resumed)


def check_continuing(given, folder, engine="fit", seed=1):
    """Check that a training in parts is, bit for bit, the one that was never interrupted."""
    settings = made(given)
    whole = trained(settings, seed)
    chance = random.Random(f"{given} {engine} {seed}")
    rows, weights, training, resumed = interrupted(settings, seed, folder, engine, chance)
    assert resumed
    assert rows == whole[0]
    assert weights == whole[1]
    assert training.best_epoch == whole[2].best_epoch
    assert training.stopped_early == whole[2].stopped_early
    assert np.isfinite(training.train_seconds)
