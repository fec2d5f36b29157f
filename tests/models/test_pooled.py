"""The notebooks' networks pool before ReLU: same results and gradients as after it."""

import numpy as np
import pytest

from cotejo.backend import keras, ops
from cotejo.models import build_model

SHAPE = (32, 32, 3)


def as_in_the_notebook(name):
    """The second notebook's network (cnn3), or the first one's (cnn2) without its dropout."""
    layers = keras.layers
    filters, units = {"cnn2": ((32, 64), 128), "cnn3": ((32, 64, 64), 64)}[name]
    network = keras.Sequential([keras.Input(SHAPE), layers.Rescaling(1 / 255)])
    for index, count in enumerate(filters):
        network.add(layers.Conv2D(count, 3, activation="relu"))
        if index < 2:
            network.add(layers.MaxPooling2D())
    network.add(layers.Flatten())
    network.add(layers.Dense(units, activation="relu"))
    network.add(layers.Dense(10))
    return network


def weights_and_gradients(network, images, labels):
    """Logits, and by how much one step of plain SGD moves each weight."""
    before = network.get_weights()
    network.compile(
        keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    logits = ops.convert_to_numpy(network(images, training=False))
    network.train_on_batch(images, labels)
    return logits, [old - new for old, new in zip(before, network.get_weights(), strict=True)]


@pytest.mark.parametrize("name", ["cnn2", "cnn3"])
def test_pooling_first_changes_neither_results_nor_gradients(name):
    options = {"batch_norm": False, "dropout": 0.0} if name == "cnn2" else {}
    network = build_model(name, SHAPE, 10, **options)
    other = as_in_the_notebook(name)
    other.set_weights(network.get_weights())
    random = np.random.default_rng(3)
    images = random.integers(0, 256, (16, *SHAPE)).astype("float32")
    labels = random.integers(0, 10, 16)
    ours = weights_and_gradients(network, images, labels)
    notebooks = weights_and_gradients(other, images, labels)
    np.testing.assert_allclose(ours[0], notebooks[0], rtol=1e-4, atol=1e-5)
    for mine, theirs in zip(ours[1], notebooks[1], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)
