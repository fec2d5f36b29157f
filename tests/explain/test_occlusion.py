"""`occlusion_maps`: they show the part of the image that the network looks at."""

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.explain.occlusion import occlusion_maps


class Watcher:
    """Gives class 1 more probability, the lighter the square at rows 8 to 15, columns 16 to 23."""

    def __init__(self, weight=4.0):
        self.weight = weight
        self.shapes = set()

    def predict_on_batch(self, images):
        self.shapes.add(images.shape)
        light = images[:, 8:16, 16:24].mean(axis=(1, 2, 3)) / 255
        odds = self.weight * (2 * light - 1)
        return np.stack([1 / (1 + np.exp(odds)), 1 / (1 + np.exp(-odds))], 1).astype(np.float32)


@pytest.fixture
def images():
    images = np.random.default_rng(0).integers(0, 60, (3, 32, 32, 3), dtype=np.uint8)
    images[:, 8:16, 16:24] = 250
    return images


def test_the_part_that_counts_stands_out(images):
    classes = np.array([[1, 0]] * 3)
    maps = occlusion_maps(Watcher(), images, classes)
    assert maps.shape == (3, 2, 32, 32)
    assert maps.dtype == np.float32
    for speaks_for, speaks_against in maps:
        row, column = np.unravel_index(speaks_for.argmax(), speaks_for.shape)
        assert 8 <= row < 16
        assert 16 <= column < 24
        assert speaks_for[8:16, 16:24].min() > speaks_for[:, :6].max() == 0
        np.testing.assert_allclose(speaks_against, -speaks_for, atol=1e-5)


def test_batches_have_one_shape(images):
    watcher = Watcher()
    occlusion_maps(watcher, images, np.ones((3, 1), int))
    assert len(watcher.shapes) == 1


def test_near_certainty_the_parts_are_still_told_apart(images):
    (heat,) = occlusion_maps(Watcher(weight=30), images[:1], np.array([[1]]))[0]
    assert heat[12, 20] > 5
    assert abs(heat[28, 4]) < 0.01


def test_a_patch_of_an_image_s_own_colour_changes_nothing():
    even = np.full((1, 16, 16, 1), 200, np.uint8)
    assert not occlusion_maps(
        Watcher(), even.repeat(2, axis=1).repeat(2, axis=2), np.array([[1]])
    ).any()


def test_images_that_are_not_square_and_a_patch_as_large_as_they_are(images):
    maps = occlusion_maps(Watcher(), images[:, :24], np.ones((3, 1), int), patch=1)
    assert maps.shape == (3, 1, 24, 32)
    assert np.isfinite(maps).all()


def test_a_network_of_keras(images):
    inputs = keras.Input((32, 32, 3))
    outputs = keras.layers.Dense(4, activation="softmax")(keras.layers.Flatten()(inputs))
    network = keras.Model(inputs, outputs)
    weights = np.zeros((32, 32, 3, 4), np.float32)
    weights[8:16, 16:24, :, 2] = 1e-4
    network.set_weights([weights.reshape(-1, 4), np.zeros(4)])
    (heat,) = occlusion_maps(network, images[:1], np.array([[2]]))[0]
    assert heat[12, 20] == heat.max() > 0.5
    assert abs(heat[28, 4]) < 1e-3


@pytest.mark.parametrize(
    ("classes", "patch", "message"),
    [
        ([[0]] * 3, 0, r"\(0, 1\]; received 0"),
        ([0, 1, 2], 0.2, r"received \[3\]"),
        ([[0]], 0.2, "one row per image"),
    ],
)
def test_refuses(images, classes, patch, message):
    with pytest.raises(ValueError, match=message):
        occlusion_maps(Watcher(), images, np.array(classes), patch)
