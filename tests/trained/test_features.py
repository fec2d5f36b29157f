"""What enters the last dense layer, of every network that has one."""

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.errors import ConfigError
from cotejo.inference import Classifier
from cotejo.models import build_model
from cotejo.models.own.adapting import adapted
from cotejo.train import predict_logits
from cotejo.trained.features import features_of

SHAPE = (32, 32, 3)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (5, *SHAPE), dtype=np.uint8)


@pytest.mark.parametrize(
    ("model", "count"), [("mlp", 256), ("cnn2", 128), ("cnn3", 64), ("cnn7", 128)]
)
def test_the_last_layer_makes_the_logits_of_them(model, count, images):
    network = build_model(model, SHAPE, 10)
    features = features_of(network, images)
    assert features.shape == (5, count)
    weights, bias = network.get_layer("logits").get_weights()
    logits = predict_logits(network, images)
    np.testing.assert_allclose(features @ weights + bias, logits, atol=1e-3)


def test_a_scaling_may_follow_the_last_layer(images):
    features = features_of(build_model("airbench", SHAPE, 10, width=8), images)
    assert features.shape[0] == 5
    assert features.dtype == np.float32


def test_networks_inside_networks_are_looked_into(images):
    inner = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(5),
            keras.layers.Dense(2),
        ]
    )
    pixels = keras.Input(SHAPE)
    network = keras.Model(pixels, keras.layers.Rescaling(2.0)(inner(pixels)))
    features = features_of(network, images)
    assert features.shape == (5, 5)
    weights, bias = inner.layers[-1].get_weights()
    logits = network.predict_on_batch(images)
    np.testing.assert_allclose(2 * (features @ weights + bias), logits, rtol=1e-3, atol=1e-2)


def test_one_output_that_became_two_is_looked_behind(images):
    network = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(6, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    assert features_of(adapted(network, SHAPE, 2, "mine"), images).shape == (5, 6)


def test_a_network_written_as_a_class_has_features_too(images):
    class Written(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(10)

        def call(self, x):
            return self.dense(keras.ops.mean(x, axis=(1, 2)))

    pixels = keras.Input(SHAPE)
    features = features_of(keras.Model(pixels, Written()(pixels)), images)
    np.testing.assert_allclose(features, images.mean(axis=(1, 2)), rtol=1e-4)


def test_a_network_without_a_dense_layer_has_none(images):
    pixels = keras.Input(SHAPE)
    mean = keras.layers.GlobalAveragePooling2D()(pixels)
    with pytest.raises(ConfigError, match="mean"):
        features_of(keras.Model(pixels, mean, name="mean"), images)


def test_of_no_images_there_are_no_features(small_study, digits):
    classifier = Classifier.load(small_study / "plain" / "seed-1")
    assert classifier.features(digits.train.images[:0]).shape[0] == 0
    assert classifier.features(digits.train.images[:3]).shape[0] == 3
