"""Stages: which images a training sees, at what size, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cotejo.backend import keras, ops, set_seed
from cotejo.config import Settings, StudyConfig
from cotejo.data import without_validation
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError, TrainingError
from cotejo.models import build_model
from cotejo.study.quick import quickened
from cotejo.train import loop as module
from cotejo.train import train
from cotejo.train.stages import at_size, resized, stages


def staged(dataset, **changes):
    given = {"model": "airbench", "width": 8, "optimizer": "muon", "batch_size": 50}
    settings = Settings.from_flat(given | changes).resolved()
    set_seed(3)
    network = build_model(
        settings.model, dataset.image_shape, dataset.num_classes, **settings.options
    )
    return network, train(network, dataset, settings, seed=3)


def test_the_stages_hold_every_epoch_once():
    settings = Settings(epochs=7, small_epochs=3, hard_epochs=2, batch_size=10)
    plan = stages(settings, 205)
    assert [stage.first for stage in plan] == [0, 3, 5, 6]
    assert sum(stage.epochs for stage in plan) == 7
    assert [stage.steps for stage in plan] == [20, 20, 10, 10]


def test_a_staged_training_learns(digits):
    changes = {"epochs": 5, "small_epochs": 2, "hard_epochs": 1, "schedule": "linear"}
    changes["augment"] = "alternating-flip-crop"
    _, once = staged(digits, **changes)
    assert [row["epoch"] for row in once.history] == [1, 2, 3, 4, 5]
    assert once.history[-1]["valid_accuracy"] > 0.8
    # One schedule covers all stages: the rate keeps falling, and ends near 0.
    rates = [row["learning_rate"] for row in once.history]
    assert rates == sorted(rates, reverse=True)


def test_the_hard_epochs_see_the_images_with_the_highest_losses(digits, monkeypatch):
    seen, kept = [], []

    def recorded(stage, images, *others):
        seen.append((stage, images, ops.convert_to_numpy(kept[-1]).copy()))
        return original(stage, images, *others)

    def made(*given, **options):
        kept.append(options["losses"])
        return compiled(*given, **options)

    original, compiled = module.stage_batches, module.compile_learner
    monkeypatch.setattr(module, "stage_batches", recorded)
    monkeypatch.setattr(module, "compile_learner", made)
    staged(digits, epochs=4, hard_epochs=1, hard_share=0.3)
    stage, images, losses = seen[-1]
    assert stage.hard
    assert len(images) == stage.steps * 50 < len(digits.train)
    assert len(set(images)) == len(images)
    others = np.setdiff1d(np.arange(len(digits.train)), images)
    assert losses[images].min() >= losses[others].max()
    assert np.isfinite(losses[others]).all()


def test_the_losses_kept_are_those_of_the_images(digits):
    settings = Settings(model="cnn3", batch_size=50).resolved()
    network = build_model("cnn3", digits.image_shape, digits.num_classes)
    losses = keras.Variable(np.full(len(digits.train), np.inf, "float32"), trainable=False)
    learner = module.compile_learner(network, digits, settings, 1, losses=losses, at_once=1)
    learner.optimizer.learning_rate = 0.0
    chosen = np.arange(7, 57, dtype=np.int32)
    learner.train_on_batch(chosen, digits.train.labels[chosen])
    expected = keras.losses.sparse_categorical_crossentropy(
        digits.train.labels[chosen],
        network(digits.train.images[chosen].astype("float32")),
        from_logits=True,
    )
    kept = ops.convert_to_numpy(losses)
    np.testing.assert_allclose(kept[7:57], ops.convert_to_numpy(expected), rtol=1e-4)
    assert np.isinf(np.delete(kept, chosen)).all()


def test_small_images_are_averages_of_the_large():
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    flat = np.full((2, 32, 32, 3), 77, np.uint8)
    labels = np.zeros(3, np.int32)
    small = resized(Split(images, labels), 0.75)
    assert (small.images.shape, small.images.dtype) == ((3, 24, 24, 3), np.uint8)
    assert abs(float(small.images.mean()) - float(images.mean())) < 3
    assert (resized(Split(flat, labels[:2]), 0.75).images == 77).all()
    same = Split(images, labels)
    assert resized(same, 1.0) is same


def test_a_network_of_another_size_shares_its_weights():
    network = build_model("airbench", (32, 32, 3), 10, width=8)
    small = at_size(network, (24, 24, 3))
    assert small(ops.zeros((2, 24, 24, 3))).shape == (2, 10)
    assert set(map(id, small.weights)) == set(map(id, network.weights))
    assert at_size(network, (32, 32, 3)) is network


def test_a_network_of_one_size_says_so(digits):
    with pytest.raises(TrainingError, match="takes images of one size only"):
        staged(digits, model="mlp", width=None, epochs=2, small_epochs=1)


def test_more_stages_than_epochs_are_refused():
    table = {"name": "a", "epochs": 3, "small_epochs": 2, "hard_epochs": 2}
    with pytest.raises(ConfigError, match="are 4 together, and there are 3 epochs"):
        StudyConfig.parse({"alternative": [table]})


@pytest.mark.parametrize("part", ["mixup", "cutmix"])
def test_mixed_images_are_neither_hard_nor_alone(part):
    table = {"name": "a", "epochs": 2, "hard_epochs": 1, "augment": ["flip", {part: 1}]}
    with pytest.raises(ConfigError, match=f"`hard_epochs` can't be combined with `{part}`"):
        StudyConfig.parse({"alternative": [table]})
    table = {"name": "a", "batch_size": 1, "augment": part}
    with pytest.raises(ConfigError, match=f"`{part}` mixes each image .* `batch_size` is 1"):
        StudyConfig.parse({"alternative": [table]})


def test_an_epoch_has_to_find_out_what_is_hard():
    table = {"name": "a", "epochs": 2, "hard_epochs": 2}
    with pytest.raises(ConfigError, match="all 2 epochs are `hard_epochs`"):
        StudyConfig.parse({"alternative": [table]})
    quick = quickened(StudyConfig.parse({"alternative": [{**table, "epochs": 9}]}))
    assert quick.alternatives[0].settings.hard_epochs < quick.alternatives[0].settings.epochs


def test_without_validation_images_nothing_is_validated(digits):
    final = without_validation(digits)
    assert len(final.train) == len(digits.train) + len(digits.valid)
    assert final.fingerprint != digits.fingerprint
    _, training = staged(final, epochs=2)
    assert [row["valid_loss"] for row in training.history] == [None, None]
    assert training.best_epoch == 2
    assert replace(final).num_classes == digits.num_classes
