"""The networks of keras.applications: preprocessing, sizes, weights, and what is said of them."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import h5py
import numpy as np
import pytest

from cotejo.backend import keras, ops, set_seed
from cotejo.errors import ConfigError
from cotejo.models import build_model, find_model_family, model_family, register
from cotejo.models.backbone import has_frozen_backbone, split
from cotejo.models.builders import applications
from cotejo.models.cost import operations_per_image
from cotejo.models.inputs import preprocessed
from cotejo.models.portable import load_portable, portable

SMALL = {"alpha": 0.25}
NAMES = sorted(name for name in dir(keras.applications) if name[:1].isupper())
# One name for each module, by the module's: each has one preprocessing.
BY_MODULE = {getattr(keras.applications, name).__module__: name for name in reversed(NAMES)}


def pixels(count=3, side=32):
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, side, side, 3)).astype("float32")


def mobilenet(**changes):
    """Return a random MobileNet without its last layers: a backbone as Keras makes it."""
    set_seed(changes.pop("seed", 5))
    given = {"input_shape": (32, 32, 3), **SMALL, **changes}
    return keras.applications.MobileNet(include_top=False, weights=None, **given)


def outputs(network, images):
    """Return what a network gives, without compiling it first, which takes longer than this."""
    return ops.convert_to_numpy(network(images, training=False))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "own.weights.h5"
    mobilenet().save_weights(path)
    return str(path)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Give Keras an empty cache and no network; return the cache's folder of weights."""

    def refuse(*arguments, **more):
        raise OSError("no network here")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    # Where Keras's own function goes to the network.
    module = importlib.import_module("keras.src.utils.file_utils")
    monkeypatch.setattr(module, "urlretrieve", refuse)
    return tmp_path / "keras" / "models"


@pytest.mark.parametrize("name", sorted(BY_MODULE.values()))
def test_the_preprocessing_is_the_families_own_and_is_saved_with_it(name, tmp_path):
    function = getattr(keras.applications, name)
    inputs = keras.Input((8, 8, 3), name="pixels")
    network = keras.Model(inputs, keras.layers.Activation("linear")(preprocessed(inputs, function)))
    images = pixels(side=8)
    expected = inspect.getmodule(function).preprocess_input(images.copy())
    np.testing.assert_allclose(outputs(network, images), expected, rtol=1e-5, atol=1e-4)
    portable(network).save(tmp_path / "model.keras")
    loaded = load_portable(tmp_path / "model.keras")
    np.testing.assert_allclose(outputs(loaded, images), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_no_application_takes_less_than_its_least_size(name):
    least = applications._LEAST.get(name, applications._LEAST_OF_OTHERS)
    with pytest.raises(ValueError, match="at least"):
        getattr(keras.applications, name)(
            include_top=False, weights=None, input_shape=(least - 1, least - 1, 3)
        )


def test_small_grey_images_are_enlarged_and_coloured_inside():
    network = build_model("keras:MobileNet", (16, 24, 1), 5, weights="none", **SMALL)
    assert network.input_shape == (None, 16, 24, 1)
    assert network.output_shape == (None, 5)
    assert tuple(network.get_layer("enlarged").output.shape) == (None, 32, 48, 3)
    assert tuple(network.get_layer("three_channels").output.shape) == (None, 16, 24, 3)
    assert not has_frozen_backbone(network)
    larger = build_model("keras:MobileNet", (16, 24, 1), 5, weights="none", enlarge_to=64, **SMALL)
    assert tuple(larger.get_layer("enlarged").output.shape) == (None, 64, 96, 3)


def test_the_weights_of_a_file_are_the_backbones(weights):
    network = build_model("keras:MobileNet", (32, 32, 3), 4, weights=weights, **SMALL)
    assert has_frozen_backbone(network)
    backbone, _ = split(network)
    images = pixels()
    expected = outputs(mobilenet(), images / 127.5 - 1).mean(axis=(1, 2))
    np.testing.assert_allclose(outputs(backbone, images), expected, rtol=1e-3, atol=1e-5)


def test_a_network_with_pretrained_weights_survives_saving_in_safe_mode(weights, tmp_path):
    network = build_model("keras:MobileNet", (20, 20, 1), 4, weights=weights, **SMALL)
    portable(network).save(tmp_path / "model.keras")
    loaded = load_portable(tmp_path / "model.keras")
    images = pixels(side=20)[..., :1]
    np.testing.assert_allclose(
        outputs(network, images), outputs(loaded, images), rtol=1e-5, atol=1e-6
    )


def test_the_older_format_is_read_and_its_normalisation_is_saved(tmp_path):
    """EfficientNet normalises by weights, which a copy has to compute from too."""
    legacy = importlib.import_module("keras.src.legacy.saving.legacy_h5_format")
    set_seed(2)
    backbone = keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    normalisation = next(
        layer for layer in backbone.layers if isinstance(layer, keras.layers.Normalization)
    )
    mean, variance = np.array([0.5, 0.4, 0.3], "f4"), np.array([0.2, 0.1, 0.3], "f4")
    normalisation.set_weights([mean, variance, np.int32(0)])
    path = tmp_path / "efficientnet.h5"
    with h5py.File(path, "w") as file:
        legacy.save_weights_to_hdf5_group(file, backbone)
    network = build_model("keras:EfficientNetB0", (32, 32, 3), 4, weights=str(path))
    kept = next(layer for layer in network.layers if isinstance(layer, keras.layers.Normalization))
    np.testing.assert_allclose(np.ravel(kept.mean), [0.5, 0.4, 0.3], rtol=1e-6)
    images = pixels()
    expected = outputs(network, images)
    copied = outputs(portable(network), images)
    np.testing.assert_allclose(copied, expected, rtol=1e-5, atol=1e-6)
    portable(network).save(tmp_path / "model.keras")
    loaded = load_portable(tmp_path / "model.keras")
    np.testing.assert_allclose(outputs(loaded, images), expected, rtol=1e-5, atol=1e-6)


def test_weights_that_can_not_be_had_are_named_with_their_place(offline):
    with pytest.raises(ConfigError) as caught:
        build_model("keras:MobileNetV3Small", (32, 32, 3), 4)
    said = str(caught.value)
    assert "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5" in said
    assert "md5 d3e8ec802a04aa4fc771ee12a9a9b836" in said
    assert f"into {offline}" in said
    assert "\n" not in said
    assert "suma de comprobación" in caught.value.in_language("es")


def test_weights_in_the_cache_need_no_network(offline):
    offline.mkdir(parents=True)
    name = "mobilenet_2_5_224_tf_no_top.h5"
    legacy = importlib.import_module("keras.src.legacy.saving.legacy_h5_format")
    with h5py.File(offline / name, "w") as file:
        legacy.save_weights_to_hdf5_group(file, mobilenet())
    network = build_model("keras:MobileNet", (32, 32, 3), 4, **SMALL)
    kernel = mobilenet().get_layer("conv1").get_weights()[0]
    np.testing.assert_array_equal(network.get_layer("conv1").get_weights()[0], kernel)


def test_files_that_hold_other_weights_are_refused(weights, tmp_path):
    def refused(path):
        with pytest.raises(ConfigError, match="does not hold the weights") as caught:
            build_model("keras:MobileNet", (32, 32, 3), 4, weights=str(path), **SMALL)
        assert "\n" not in str(caught.value)

    other = tmp_path / "other.weights.h5"
    mobilenet(alpha=0.5).save_weights(other)
    refused(other)
    noise = tmp_path / "noise.h5"
    noise.write_bytes(b"no HDF5 at all")
    refused(noise)
    outside = tmp_path / "outside.h5"
    with h5py.File(outside, "w") as file:
        file["layer"] = h5py.ExternalLink(weights, "/layers")
    refused(outside)
    for missing in ("nowhere.h5", str(tmp_path), "weights.pkl"):
        with pytest.raises(ConfigError, match=r"ends in \.h5"):
            build_model("keras:MobileNet", (32, 32, 3), 4, weights=missing, **SMALL)


def test_unknown_names_and_options_are_refused_with_what_there_is(weights):
    with pytest.raises(ConfigError, match=r'Did you mean "MobileNetV3Small"'):
        build_model("keras:MobileNetV3Smal", (32, 32, 3), 4)
    with pytest.raises(ConfigError, match=r"has no option `alpha`"):
        build_model("keras:ResNet50", (32, 32, 3), 4, alpha=0.5)
    with pytest.raises(ConfigError, match=r"can not be built with these options"):
        build_model("keras:MobileNet", (32, 32, 3), 4, weights=weights, alpha=0.2)
    with pytest.raises(ConfigError, match=r"keras:NAME"):
        model_family("MobileNetV2")
    with pytest.raises(ConfigError, match=r"model of Cotejo.s own"):
        register("keras:Mine")(lambda image_shape, num_classes: None)
    assert find_model_family("keras:") is None
    assert find_model_family("torch:resnet") is None


def test_the_identity_is_that_of_the_file_wherever_it_lies(weights, tmp_path):
    identity = model_family("keras:MobileNet").weights
    copy = tmp_path / "copy.weights.h5"
    copy.write_bytes(Path(weights).read_bytes())
    other = tmp_path / "other.weights.h5"
    mobilenet(seed=6).save_weights(other)
    shape = (32, 32, 3)
    first, second, third = (
        identity(shape, weights=str(path), **SMALL) for path in (weights, copy, other)
    )
    assert first == second != third
    assert identity(shape, weights="none", **SMALL) is None


def test_depthwise_convolutions_are_operations_too():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.DepthwiseConv2D(3, padding="same")(inputs)
    x = keras.layers.SeparableConv2D(5, 3, padding="same")(x)
    expected = 64 * (27 + 27 + 15)
    assert operations_per_image(keras.Model(inputs, x)) == 2 * expected
