"""A backbone and its head: frozen, split, standardised and thawed."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.backend import keras, ops, set_seed
from cotejo.models import build_model
from cotejo.models.backbone import (
    FEATURES,
    has_frozen_backbone,
    split,
    standardise,
    thaw,
    with_head,
)
from cotejo.models.packed import unpack


def small(frozen=True, dropout=0.0):
    """Return a network with a backbone of one convolution and a batch normalisation."""
    set_seed(3)
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="convolution")(inputs)
    x = keras.layers.BatchNormalization(name="normalisation")(x)
    features = keras.layers.GlobalMaxPooling2D()(x)
    return with_head(inputs, features, 2, name="small", frozen=frozen, dropout=dropout)


def pixels(count=6, side=8, seed=0):
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, side, side, 3)).astype("float32")


def test_only_the_head_of_a_frozen_backbone_learns():
    network = small(dropout=0.2)
    assert has_frozen_backbone(network)
    assert [tuple(weight.shape) for weight in network.trainable_weights] == [(4, 2), (2,)]


def test_nothing_is_frozen_of_random_weights():
    network = small(frozen=False)
    assert not has_frozen_backbone(network)
    thaw(network)
    assert network.get_layer("normalisation").trainable


def test_a_network_without_a_backbone_has_none():
    network = build_model("cnn3", (32, 32, 3), 10)
    before = len(network.trainable_weights)
    assert not has_frozen_backbone(network)
    thaw(network)
    assert len(network.trainable_weights) == before


def test_backbone_and_head_together_are_the_network():
    network = small()
    backbone, head = split(network)
    images = pixels()
    features = backbone.predict_on_batch(images)
    np.testing.assert_allclose(
        head.predict_on_batch(features), network.predict_on_batch(images), rtol=1e-5, atol=1e-5
    )
    assert [tuple(weight.shape) for weight in head.trainable_weights] == [(4, 2), (2,)]


def test_the_head_sees_features_of_mean_0_and_deviation_1():
    network = small()
    backbone, _ = split(network)
    features = backbone.predict_on_batch(pixels(50))
    standardise(network, features)
    seen = ops.convert_to_numpy(network.get_layer("standardised")(features))
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(seen.std(axis=0), 1, atol=1e-3)
    # A head that has learned keeps what it learned with.
    before = network.get_layer("standardised").get_weights()
    standardise(network, 3 * features)
    for weight, same in zip(network.get_layer("standardised").get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)


def test_a_feature_that_hardly_varies_is_not_blown_up():
    network = small()
    features = np.random.default_rng(0).normal(size=(100, 4)).astype("float32")
    features[:, 2] = 5 + 1e-6 * features[:, 2]
    standardise(network, features)
    _, variance = network.get_layer("standardised").get_weights()
    assert variance[2] == pytest.approx(0.01 * features.var(axis=0).mean(), rel=1e-3)


def test_a_thawed_backbone_learns_but_for_its_batch_normalisation():
    network = small()
    thaw(network)
    assert network.get_layer("convolution").trainable
    normalisation = network.get_layer("normalisation")
    assert not normalisation.trainable
    before = [weight.copy() for weight in normalisation.get_weights()]
    network.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    kernel = network.get_layer("convolution").get_weights()[0]
    network.train_on_batch(pixels(), np.zeros((6, 2)))
    for weight, same in zip(normalisation.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)
    assert (network.get_layer("convolution").get_weights()[0] != kernel).any()


def test_the_shipped_backbone_is_the_model_that_ships():
    shipped, _ = unpack()
    own = keras.Model(shipped.input, shipped.get_layer("global_max_pooling2d").output)
    backbone, _ = split(build_model("shipped", (32, 32, 3), 4))
    images = pixels(4, 32)
    np.testing.assert_allclose(
        backbone.predict_on_batch(images), own.predict_on_batch(images), rtol=1e-5, atol=1e-5
    )


def test_the_shipped_backbone_takes_grey_and_small_images_as_it_says():
    network = build_model("shipped", (16, 20, 1), 4)
    names = [layer.name for layer in network.layers]
    assert names[:3] == ["pixels", "three_channels", "enlarged"]
    assert tuple(network.get_layer("enlarged").output.shape) == (None, 32, 40, 3)
    assert tuple(build_model("shipped", (48, 40, 3), 4).get_layer(FEATURES).output.shape) == (
        None,
        256,
    )


def test_the_shipped_network_starts_at_random_where_it_is_told_to():
    first, second = (build_model("shipped", (32, 32, 3), 4, weights="none") for _ in range(2))
    assert not has_frozen_backbone(first)
    kernels = [each.get_layer("convolution").get_weights()[0] for each in (first, second)]
    assert (kernels[0] != kernels[1]).any()
