"""What a run records of its network's layers: Keras's kinds, whichever class they are of."""

from __future__ import annotations

import pytest

from cotejo.backend import keras
from cotejo.models import build_model
from cotejo.models.convolution import Convolution
from cotejo.models.normalization import BatchNormalization
from cotejo.study.record import described_model


class Doubled(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs


def test_a_layer_of_ours_is_recorded_as_what_it_is():
    pixels = keras.Input((8, 8, 3))
    found = pixels
    for layer in (Convolution(2, 3), keras.layers.Conv2D(2, 3), BatchNormalization(), Doubled()):
        found = layer(found)
    layers = described_model(keras.Model(pixels, found))["layers"]
    kinds = [layer["type"] for layer in layers]
    assert kinds == ["InputLayer", "Conv2D", "Conv2D", "BatchNormalization", "Doubled"]


@pytest.mark.parametrize("name", ["cnn7", "airbench", "wide-resnet"])
def test_all_layers_of_a_model_are_kinds_of_keras(name):
    layers = described_model(build_model(name, (32, 32, 3), 10, width=4))["layers"]
    assert all(hasattr(keras.layers, layer["type"]) for layer in layers)
