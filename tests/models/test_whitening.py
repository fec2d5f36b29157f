"""Whitening: on the images that it was taken from, outputs are uncorrelated, of unit variance."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from cotejo.backend import keras, ops
from cotejo.models import build_model
from cotejo.models.whitening import WHITENING, whiten, whitening_filters


def smooth_images(count: int = 64) -> np.ndarray:
    noise = np.random.default_rng(0).uniform(0, 255, (count, 32, 32, 3))
    smooth = ndimage.gaussian_filter(noise, (0, 1.5, 1.5, 0))
    return (128 + (smooth - smooth.mean()) * 6).clip(0, 255).astype(np.uint8)


def test_patches_come_out_white():
    network = build_model("cnn7", (32, 32, 3), 10)
    images = smooth_images()
    whiten(network, images)
    layer = network.get_layer(WHITENING)
    seen = keras.Model(network.input, layer.input)(images.astype("float32"))
    outputs = ops.convert_to_numpy(ops.conv(seen, layer.kernel, padding="valid"))
    half = outputs[..., :12].reshape(-1, 12).astype(np.float64)
    np.testing.assert_allclose(half.T @ half / len(half), np.eye(12), atol=0.05)
    np.testing.assert_allclose(outputs[..., 12:], -outputs[..., :12], atol=1e-4)


def test_it_is_not_trained_and_others_have_none():
    network = build_model("cnn7", (32, 32, 3), 10)
    assert network.get_layer(WHITENING).trainable_weights == []
    plain = build_model("cnn3", (32, 32, 3), 10)
    before = plain.get_weights()
    whiten(plain, smooth_images(4))
    for one, two in zip(before, plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_flat_images_do_not_blow_up():
    assert np.isfinite(whitening_filters(np.zeros((3, 8, 8, 3)))).all()
