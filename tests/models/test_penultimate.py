"""What enters the last dense layer, of every network that ends in one."""

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.models import build_model
from cotejo.models.own.adapting import adapted
from cotejo.models.penultimate import features_and_logits, with_features
from cotejo.train import predict_logits

SHAPE = (32, 32, 3)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (5, *SHAPE), dtype=np.uint8)


@pytest.mark.parametrize(
    ("model", "count"), [("mlp", 256), ("cnn2", 128), ("cnn3", 64), ("cnn7", 128)]
)
def test_features_and_logits_are_those_of_the_network(model, count, images):
    network = build_model(model, SHAPE, 10)
    features, logits = features_and_logits(with_features(network), images, 2)
    assert features.shape == (5, count)
    np.testing.assert_allclose(logits, predict_logits(network, images), atol=1e-5)


def test_a_scaling_may_follow_the_last_layer(images):
    network = build_model("airbench", SHAPE, 10, width=8)
    features, _ = features_and_logits(with_features(network), images, 5)
    assert features.shape[0] == 5
    assert features.dtype == np.float32


def test_networks_inside_networks_are_looked_into(images):
    inner = keras.Sequential(
        [keras.Input(SHAPE), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(7)]
    )
    pixels = keras.Input(SHAPE)
    outer = keras.Model(pixels, keras.layers.Activation("linear")(inner(pixels)))
    features, logits = features_and_logits(with_features(outer), images, 5)
    np.testing.assert_allclose(features, images.mean(axis=(1, 2)), rtol=1e-4)
    np.testing.assert_allclose(logits, predict_logits(outer, images), atol=1e-3)


def test_one_output_that_became_two_is_looked_behind(images):
    network = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(6, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    both = with_features(adapted(network, SHAPE, 2, "mine"))
    assert both.outputs[0].shape == (None, 6)


def test_networks_that_end_otherwise_have_no_features():
    pixels = keras.Input(SHAPE)
    maps = keras.layers.Conv2D(10, 3)(pixels)
    assert with_features(keras.Model(pixels, keras.layers.GlobalMaxPooling2D()(maps))) is None

    class Written(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(10)

        def call(self, x):
            return self.dense(keras.ops.mean(x, axis=(1, 2)))

    assert with_features(keras.Model(pixels, Written()(pixels))) is None
