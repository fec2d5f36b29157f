"""Explanations follow the model: where it looks, what it answers, and what it has learned."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from everywhere import check_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from onlyleft import only_left
from scipy.stats import spearmanr

from cotejo.backend import keras
from cotejo.config.views import VIEWS
from cotejo.errors import ConfigError
from cotejo.explain.grad_cam import grad_cam_maps, last_feature_map
from cotejo.explain.integrated_gradients import integrated_gradients_maps
from cotejo.explain.logits import above_mean, mean_logits
from cotejo.explain.methods import METHODS, maps_by
from cotejo.explain.views import summed_over_views
from cotejo.inference import Classifier
from cotejo.models import build_model

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_maps_are_where_the_network_looks_on_every_backend(backend):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    if backend == keras.config.backend():
        check_maps()
        return
    source = Path(__file__).parents[2] / "src"
    paths = [str(source), str(HERE), os.environ.get("PYTHONPATH", "")]
    environment = {"KERAS_BACKEND": backend, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(
        [sys.executable, str(HERE / "everywhere.py")],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", METHODS)
def test_a_softmax_changes_nothing(method, images):
    classes = np.array([[0], [1]])
    plain = maps_by(method, only_left(), images, classes)
    ended = maps_by(method, only_left(softmax=True), images, classes)
    np.testing.assert_allclose(ended, plain, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_classes_and_images_are_explained_one_by_one(method, images):
    network = only_left()
    both = maps_by(method, network, images, np.array([[2, 1], [0, 2]]))
    np.testing.assert_allclose(
        both[1, 0], maps_by(method, network, images[1:], np.array([[0]]))[0, 0], atol=1e-5
    )
    assert maps_by(method, network, images[:0], np.zeros((0, 2), int)).shape == (0, 2, 16, 16)
    with pytest.raises(ConfigError, match="2 images"):
        maps_by(method, network, images, np.array([1, 2]))


@pytest.mark.parametrize("tta", ["none", "flip-shift"])
def test_what_pixels_add_is_the_difference_of_the_logits(images, tta):
    network = only_left()
    classes = np.array([[0, 1, 2]] * 2)
    maps = integrated_gradients_maps(network, images, classes, tta=tta)
    grey = np.stack([np.zeros_like(images[0]), np.full_like(images[0], 255)])
    empty = above_mean(mean_logits(network, grey, tta)).mean(axis=0)
    logits = above_mean(mean_logits(network, images, tta))
    near = 0.01 * max(np.abs(logits - empty).max(), logits.std())
    np.testing.assert_allclose(maps.sum(axis=(2, 3)), logits - empty, atol=near)


@given(
    st.sampled_from(sorted(VIEWS)),
    st.integers(4, 9),
    st.integers(4, 9),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=30, deadline=None)
def test_views_are_put_back_where_their_pixels_come_from(tta, height, width, seed):
    images = np.random.default_rng(seed).integers(0, 256, (2, height, width, 1), dtype=np.uint8)

    def brightness(seen):
        return seen[..., 0][:, np.newaxis].astype(float)

    means = summed_over_views(images, tta, brightness, additive=False)
    np.testing.assert_allclose(means, brightness(images), rtol=1e-5)
    sums = summed_over_views(images, tta, lambda seen: brightness(seen) * 0 + 1, additive=True)
    np.testing.assert_allclose(sums.sum(axis=(2, 3)), height * width, rtol=1e-5)


def test_the_last_feature_map_is_that_before_the_last_pooling():
    assert last_feature_map(build_model("cnn3", (32, 32, 3), 10)).shape == (4, 4, 64)
    assert last_feature_map(build_model("cnn2", (32, 32, 3), 10)).shape == (13, 13, 64)
    assert last_feature_map(only_left(nested=True)).shape == (16, 16, 8)
    target = last_feature_map(build_model("airbench", (32, 32, 3), 10, width=8))
    assert type(target.layer).__name__ == "Activation"


def test_a_backbone_inside_a_network_and_squeezed_maps_of_one_position():
    backbone = keras.applications.MobileNetV3Small(
        (64, 64, 3), minimalistic=False, include_top=False, weights=None
    )
    pixels = keras.Input((64, 64, 3))
    x = keras.layers.GlobalAveragePooling2D()(backbone(pixels))
    network = keras.Model(pixels, keras.layers.Dense(2)(x))
    target = last_feature_map(network)
    assert target.shape == (2, 2, 576)
    image = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)
    assert np.isfinite(grad_cam_maps(network, image, np.array([[1]]))).all()


def test_a_network_without_feature_maps_is_refused(images):
    network = build_model("mlp", (16, 16, 3), 3)
    with pytest.raises(ConfigError, match=r'"mlp" has none\. Use --method occlusion'):
        grad_cam_maps(network, images, np.array([[0], [1]]))
    maps = integrated_gradients_maps(network, images[:1], np.array([[1]]))
    assert np.abs(maps).max() > 0


def test_a_layer_that_is_used_twice_is_explained_by_its_last_use(images):
    keras.utils.set_random_seed(0)
    pixels = keras.Input((16, 16, 3))
    twice = keras.layers.Conv2D(3, 3, padding="same", activation="relu")
    x = keras.layers.Flatten()(twice(twice(pixels)))
    network = keras.Model(pixels, keras.layers.Dense(2)(x))
    assert last_feature_map(network).call == 1
    assert grad_cam_maps(network, images, np.array([[0], [1]])).max() > 0


@pytest.mark.parametrize("method", METHODS)
def test_the_explanation_follows_what_was_learned(method, small_study, digits):
    """Randomising the layers from the last one on changes the map (Adebayo et al. 2018)."""
    classifier = Classifier.load(small_study / "plain" / "seed-1")
    images = digits.test.images[: 8 if method == "grad-cam" else 3]
    classes = classifier.probabilities(images).argmax(axis=1)

    def maps():
        return [np.ravel(each) for each in classifier.explain(images, classes, method)]

    def alike(one, two):
        # A map of zeros is like none: a network that learned nothing may have such a one.
        constant = one.min() == one.max() or two.min() == two.max()
        return 0.0 if constant else spearmanr(one, two)[0]

    before, likeness = maps(), []
    generator = np.random.default_rng(0)
    for layer in reversed([each for each in classifier.network.layers if each.get_weights()]):
        layer.set_weights(
            [
                generator.permutation(each.ravel()).reshape(each.shape)
                for each in layer.get_weights()
            ]
        )
        likeness.append(np.mean([alike(*pair) for pair in zip(before, maps(), strict=True)]))
    assert max(likeness) < 0.9
    assert likeness[-1] < 0.5
