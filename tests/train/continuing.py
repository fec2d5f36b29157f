"""Interrupted equals uninterrupted: `test_resuming.py` runs these checks on each engine."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache

import numpy as np

from cotejo.config import Settings
from cotejo.data import load
from cotejo.data.dataset import Split
from cotejo.study.run import build_network
from cotejo.train import fresh_backend
from cotejo.train.checkpoint import Checkpoints
from cotejo.train.loop import training_steps
from cotejo.train.work import alone

CNN = {"model": "cnn", "convolutions": 1, "epochs": 3}
FEATURES = {
    "plain": {"model": "mlp"},
    "mixed": {
        "model": "mlp",
        "augment": "mixup",
        "class_weight": "balanced",
        "label_smoothing": 0.1,
        "train_fraction": 0.5,
        "batch_size": 5,
        "optimizer": "adamw",
        "schedule": "cosine",
        "weight_decay": 0.01,
    },
    "averaged": {
        **CNN,
        "batch_norm": True,
        "dropout": 0.3,
        "augment": "notebook",
        "average": "ema",
        "optimizer": "sgd",
        "schedule": "one-cycle",
    },
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


class Interrupted(BaseException):
    """The end of a training that was cut short."""


@lru_cache
def few() -> object:
    digits = load("digits")
    train, valid = (
        Split(each.images[:370], each.labels[:370]) for each in (digits.train, digits.valid)
    )
    # 37 steps, which no number divides: so `fit` takes them one by one.
    return replace(digits, train=train, valid=valid)


def made(given: dict[str, object]) -> Settings:
    usual = {"epochs": 4, "batch_size": 10, "precision": "float32"}
    return Settings.from_flat({**usual, **given}).resolved()


def trained(settings, seed, checkpoints=None, on_batch=lambda *place: None):
    """Train, and return the history without its seconds, the weights, and the training."""
    dataset = few()
    with fresh_backend(seed):
        network = build_network(settings, dataset.train, dataset.num_classes)
        training = alone(
            training_steps(
                network, dataset, settings, seed, on_batch=on_batch, checkpoints=checkpoints
            )
        )
        rows = [{**row, "seconds": None} for row in training.history]
        return rows, [weight.tobytes() for weight in network.get_weights()], training


class NowAndThen(Checkpoints):
    """Checkpoints that are due by chance."""

    chance = random.Random(1)

    def is_due(self, inside):
        return self.chance.random() < 0.2


def kept_in(folder, engine, key="key"):
    return NowAndThen(folder, 1, key, engine)


def interrupted(settings, seed, folder, engine, chance, often=3):
    """Train in several parts, each cut short after a step that chance says; count the parts."""
    parts = 1
    for _ in range(often):
        left = chance.randrange(1, 50)

        def cut(*place):
            nonlocal left
            left -= 1
            if not left:
                raise Interrupted

        try:
            return *trained(settings, seed, kept_in(folder, engine), cut), parts
        except Interrupted:
            parts += 1
    return *trained(settings, seed, kept_in(folder, engine)), parts


def check_continuing(name, folder, engine, seed=1):
    """Check that a training in parts is, bit for bit, the one that was never interrupted."""
    settings = made(FEATURES[name])
    whole = trained(settings, seed)
    rows, weights, training, parts = interrupted(
        settings, seed, folder, engine, random.Random(f"{name} {engine} {seed}")
    )
    assert parts > 1
    assert rows == whole[0]
    assert weights == whole[1]
    assert training.best_epoch == whole[2].best_epoch
    assert training.stopped_early == whole[2].stopped_early
    assert np.isfinite(training.train_seconds)
