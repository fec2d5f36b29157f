"""One contract for every model: parameters, shapes, options, and a safe round trip."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from cotejo.backend import keras, set_seed
from cotejo.errors import ConfigError
from cotejo.models import build_model, model_families, model_family, register
from cotejo.models.cost import operations_per_image
from cotejo.models.portable import portable
from cotejo.models.registry import shipped

# Literal counts at 32×32×3 and 10 classes: a change of a model is a change of these.
PARAMETERS = {
    "airbench": 1_973_944,
    "airbench96": 9_921_848,
    "layers": 462_410,
    "mlp": 1_707_274,
    "cnn": 122_570,
    "cnn2": 315_850,
    "cnn3": 122_570,
    "cnn7": 499_242,
    "shipped": 1_974_466,
    "wide-resnet": 10_968_570,
}

VARIANTS = [
    ("mlp", {"batch_norm": True}, 1_710_346),
    ("mlp", {"dropout": 0.0}, 1_707_274),
    ("mlp", {"initializer": "he"}, 1_707_274),
    ("cnn", {"convolutions": 1}, 462_410),
    ("cnn", {"convolutions": 2}, 167_562),
    ("cnn", {"convolutions": 4}, 110_346),
    ("cnn2", {"kernel_size": 5}, 260_042),
    ("cnn2", {"batch_norm": False, "dropout": 0.0}, 315_722),
    ("cnn3", {"kernel_size": 5, "dropout": 0.5}, 160_970),
    ("cnn3", {"batch_norm": True, "initializer": "he"}, 123_210),
    ("cnn7", {"width": 16, "dropout": 0.2}, 127_658),
    ("airbench", {"width": 16, "activation": "relu"}, 127_384),
    ("airbench", {"whitening": False, "initializer": "he"}, 1_973_944),
    ("cnn7", {"activation": "silu", "initializer": "dirac"}, 499_242),
    ("shipped", {"weights": "none", "dropout": 0.1}, 1_974_466),
]


def test_every_model_is_in_the_contract():
    assert {family.name for family in model_families()} == set(PARAMETERS)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_model_has_its_parameters_and_gives_logits(name):
    network = build_model(name, (32, 32, 3), 10)
    assert network.count_params() == PARAMETERS[name]
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    logits = network.predict_on_batch(pixels)
    assert logits.shape == (4, 10)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_model_takes_other_shapes_and_classes(name):
    network = build_model(name, (40, 36, 1), 3)
    assert network.output.shape == (None, 3)


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_model_takes_the_images_of_mnist(name):
    network = build_model(name, (28, 28, 1), 10)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), dtype=np.uint8)
    assert np.isfinite(network.predict_on_batch(pixels)).all()


@pytest.mark.parametrize(("name", "options", "parameters"), VARIANTS)
def test_the_options_change_what_they_say(name, options, parameters):
    assert build_model(name, (32, 32, 3), 10, **options).count_params() == parameters


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_model_survives_saving_in_safe_mode(name, tmp_path):
    network = build_model(name, (32, 32, 3), 10)
    portable(network).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    np.testing.assert_array_equal(network.predict_on_batch(pixels), loaded.predict_on_batch(pixels))


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_two_builds_with_one_seed_have_one_start(name):
    weights = []
    for _ in range(2):
        set_seed(7)
        weights.append(build_model(name, (32, 32, 3), 10).get_weights())
    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_he_and_glorot_start_with_their_own_spread():
    spreads = {}
    for name in ("he", "glorot"):
        set_seed(1)
        network = build_model("cnn3", (32, 32, 3), 10, initializer=name)
        spreads[name] = network.get_layer(index=-2).get_weights()[0].std()
    # Uniform: He's variance is 2 / fan_in, Glorot's 2 / (fan_in + fan_out); 1024 in, 64 out.
    assert spreads["he"] == pytest.approx((2 / 1024) ** 0.5, rel=0.02)
    assert spreads["glorot"] == pytest.approx((2 / 1088) ** 0.5, rel=0.02)


def test_operations_count_convolutions_and_dense_layers():
    # cnn3 by hand: 30²·27·32 + 13²·288·64 + 4²·576·64 + 1024·64 + 64·10 multiplications.
    expected = 30**2 * 27 * 32 + 13**2 * 288 * 64 + 4**2 * 576 * 64 + 1024 * 64 + 640
    assert operations_per_image(build_model("cnn3", (32, 32, 3), 10)) == 2 * expected


def test_unknown_names_are_refused_with_what_there_is():
    with pytest.raises(ConfigError, match=r'unknown model "cnn33".*Did you mean "cnn3"'):
        build_model("cnn33", (32, 32, 3), 10)
    with pytest.raises(ConfigError, match=r'"mlp" has no option `kernel_size`'):
        build_model("mlp", (32, 32, 3), 10, kernel_size=3)


def test_images_too_small_are_refused():
    with pytest.raises(ConfigError, match="too small"):
        build_model("cnn3", (8, 8, 3), 10)


def test_a_name_of_ours_is_not_taken():
    with pytest.raises(ConfigError, match=r'"mlp" is a model of Cotejo.s own'):
        register("mlp")(model_family("mlp").build)


def test_two_models_that_ship_have_two_names():
    def build(image_shape, num_classes):
        return None

    before = model_family("mlp")
    with pytest.raises(ConfigError, match=r'"mlp" is a model of Cotejo.s own'):
        shipped("mlp")(build)
    assert model_family("mlp") is before


def test_a_module_that_is_loaded_again_may_register_its_models_again():
    again = importlib.reload(importlib.import_module("cotejo.models.builders.mlp"))
    assert model_family("mlp").build is again.mlp
