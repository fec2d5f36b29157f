"""The loss of a training, against scikit-learn's weights and against sums written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.utils.class_weight import compute_class_weight

from cotejo.backend import keras, ops
from cotejo.config import Settings
from cotejo.data.dataset import Dataset, Split
from cotejo.data.splits import nested_subset
from cotejo.models import build_model
from cotejo.train import train
from cotejo.train.learner import compile_learner
from cotejo.train.losses import balanced_weights, build_loss


def unlike(digits, rare=8):
    """The digits with few training images of the classes from 5 on."""
    labels = digits.train.labels
    kept = np.concatenate(
        [
            np.flatnonzero(labels == label)[: rare if label >= 5 else None]
            for label in np.unique(labels)
        ]
    )
    return Dataset(
        name="digits",
        train=Split(digits.train.images[kept], labels[kept]),
        valid=digits.valid,
        test=digits.test,
        class_names=digits.class_names,
        split=digits.split,
        source=digits.source,
    )


@pytest.mark.parametrize("seed", range(5))
def test_balanced_weights_are_those_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    labels = random.choice(6, 200, p=[0.4, 0.3, 0.15, 0.1, 0.03, 0.02])
    classes = np.unique(labels)
    weights = balanced_weights(labels, 6)
    expected = compute_class_weight("balanced", classes=classes, y=labels)
    np.testing.assert_allclose(weights[classes], expected, rtol=1e-6)
    assert weights[labels].mean() == pytest.approx(1, rel=1e-6)


def test_a_class_without_images_weighs_nothing_and_the_mean_stays_1():
    weights = balanced_weights([0, 0, 0, 3], 5)
    assert weights[[1, 2, 4]].tolist() == [0, 0, 0]
    assert weights[[0, 0, 0, 3]].mean() == pytest.approx(1)


def test_classes_of_the_same_size_weigh_1():
    assert balanced_weights([0, 1, 2, 2, 1, 0], 3).tolist() == [1, 1, 1]


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_weighted_loss_weighs_each_label_by_its_class(smoothing, mixed):
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, (40, 4)).astype("float32")
    labels = random.integers(0, 4, 40)
    weights = np.array([0.5, 1.0, 2.0, 4.0], "float32")
    own = np.eye(4)[labels]
    shares = 0.7 * own + 0.3 * np.roll(own, 1, axis=0) if mixed else own
    losses = -log_softmax(logits.astype("float64"), axis=1)
    # What one label of each class costs in each image, [image, class].
    of_label = (1 - smoothing) * losses + smoothing * losses.mean(1, keepdims=True)
    expected = (shares * weights * of_label).sum(1)
    loss = build_loss(4, smoothing, mixed=mixed, class_weights=weights)
    given = shares.astype("float32") if mixed else labels
    computed = ops.convert_to_numpy(
        loss(ops.convert_to_tensor(given), ops.convert_to_tensor(logits))
    )
    np.testing.assert_allclose(computed, expected, rtol=1e-4)


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_weights_of_1_change_nothing(smoothing, mixed):
    random = np.random.default_rng(2)
    logits = random.normal(0, 2, (30, 5)).astype("float32")
    labels = np.eye(5, dtype="float32")[random.integers(0, 5, 30)]
    given = labels if mixed else labels.argmax(1)
    plain = build_loss(5, smoothing, mixed=mixed)
    weighted = build_loss(5, smoothing, mixed=mixed, class_weights=np.ones(5, "float32"))
    assert float(np.mean(ops.convert_to_numpy(weighted(given, logits)))) == pytest.approx(
        float(ops.convert_to_numpy(plain(given, logits)).mean()), rel=1e-5
    )


@pytest.mark.parametrize("augment", ["none", [{"mixup": 1}]], ids=str)
def test_the_learner_weighs_by_the_images_learned_from(digits, augment):
    data = unlike(digits, rare=30)
    changes = {"augment": augment, "class_weight": "balanced", "train_fraction": 0.1}
    settings = Settings(**changes).resolved()
    learner = compile_learner(build_model("cnn3", data.image_shape, 10), data, settings, seed=1)
    numbers = np.arange(16)
    labels = data.train.labels[numbers]
    outputs = learner(ops.convert_to_tensor(numbers), training=True)
    loss = learner.compute_loss(numbers, labels, outputs, None, training=True)
    mixed = isinstance(outputs, tuple)
    logits = ops.convert_to_numpy(outputs[0] if mixed else outputs).astype("float64")
    share = ops.convert_to_numpy(outputs[1])[:, None] if mixed else 1.0
    own = np.eye(10)[labels]
    shares = share * own + (1 - share) * np.roll(own, 1, axis=0)
    learned = data.train.labels[nested_subset(data.train.labels, 0.1, 1)]
    weights = compute_class_weight("balanced", classes=np.arange(10), y=learned)
    expected = -(shares * weights * log_softmax(logits, axis=1)).sum(1).mean()
    assert float(ops.convert_to_numpy(loss)) == pytest.approx(expected, rel=1e-4)


def test_balanced_weights_help_the_rare_classes(digits):
    data = unlike(digits)
    recalls = {}
    for class_weight in ("none", "balanced"):
        keras.utils.set_random_seed(3)
        network = build_model("mlp", data.image_shape, 10)
        settings = Settings(model="mlp", epochs=4, class_weight=class_weight).resolved()
        train(network, data, settings, 3)
        predicted = network.predict(data.test.images, verbose=0).argmax(1)
        right = predicted == data.test.labels
        recalls[class_weight] = right[data.test.labels >= 5].mean()
    assert recalls["balanced"] > recalls["none"] + 0.05
