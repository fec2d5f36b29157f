"""A network in Keras's own layers: the same answers, and nothing of Cotejo's in its file."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.models import build_model, model_families
from cotejo.models.normalization import BatchNormalization
from cotejo.models.portable import load_portable, portable


@pytest.mark.parametrize("name", sorted(family.name for family in model_families()))
def test_the_file_names_nothing_of_ours(name, tmp_path):
    options = {"initializer": "dirac"} if name == "cnn7" else {}
    network = build_model(name, (32, 32, 3), 10, **options)
    pixels = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype("float32")
    # Trained for a step, so that the moving statistics are not those of the start.
    network.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(True))
    network.train_on_batch(pixels, np.arange(4))
    path = tmp_path / "model.keras"
    portable(network).save(path)
    with zipfile.ZipFile(path) as kept:
        assert "cotejo" not in json.dumps(json.loads(kept.read("config.json")))
    loaded = load_portable(path)
    np.testing.assert_array_equal(network.predict_on_batch(pixels), loaded.predict_on_batch(pixels))


def test_a_file_that_brings_code_is_refused_before_it_is_loaded(tmp_path):
    inputs = keras.Input((4, 4, 3))
    for name, layer in {
        "lambda": keras.layers.Lambda(lambda x: x * 2, output_shape=(4, 4, 3)),
        "own": BatchNormalization(),
    }.items():
        path = tmp_path / f"{name}.keras"
        keras.Model(inputs, layer(inputs)).save(path)
        with pytest.raises(OutputError, match="none of the layers that Cotejo saves"):
            load_portable(path)


DESCRIBED = {"module": "keras.layers", "config": {}, "registered_name": None}


@pytest.mark.parametrize(
    "inner",
    [
        {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
        {"class_name": "IntegerLookup", "config": {"vocabulary": "/etc/passwd"}},
        {"class_name": "TextVectorization", "config": {"vocabulary": "/etc/passwd"}},
        {
            "class_name": "StringLookup",
            "module": "keras.src.layers.preprocessing.string_lookup",
        },
        {"class_name": "layers.StringLookup", "module": "keras"},
        {"class_name": "Lambda"},
        {"class_name": "TFSMLayer"},
        {"class_name": "__lambda__", "config": {"value": "x"}},
        {"class_name": "function", "config": "relu"},
        {"class_name": "function", "module": "builtins", "config": "eval"},
        {"class_name": "get_file", "module": "keras.utils"},
        {"class_name": "load_model", "module": "keras.saving"},
        {"class_name": "Foreign", "module": "keras.src"},
        {"class_name": "Foreign", "module": "keras.src.saving.saving_lib"},
        {"class_name": "Foreign", "module": "keras_hub.layers"},
        {"class_name": "Dense", "module": None},
        {"class_name": "Dense", "registered_name": "mine>Dense"},
        {"class_name": "Dense", "module": "mine"},
        {"class_name": ["Dense"]},
    ],
    ids=lambda inner: f"{inner.get('module', '')}.{inner['class_name']}",
)
def test_what_is_not_known_to_do_no_harm_is_refused(inner, tmp_path):
    """However deep it lies, and whatever the installed Keras would do with it."""
    path, changed = tmp_path / "model.keras", tmp_path / "changed.keras"
    build_model("cnn3", (32, 32, 3), 10).save(path)
    with zipfile.ZipFile(path) as kept, zipfile.ZipFile(changed, "w") as made:
        for name in kept.namelist():
            content = kept.read(name)
            if name == "config.json":
                described = json.loads(content)
                last = described["config"]["layers"][-1]["config"]
                last["bias_regularizer"] = [{"x": {**DESCRIBED, **inner}}]
                content = json.dumps(described).encode()
            made.writestr(name, content)
    with pytest.raises(OutputError, match="none of the layers that Cotejo saves"):
        load_portable(changed)


def test_what_networks_of_keras_are_made_of_is_loaded(tmp_path):
    layers = keras.layers
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(
        4, 3, kernel_regularizer="l2", kernel_constraint="max_norm",
        kernel_initializer=keras.initializers.HeNormal(keras.random.SeedGenerator(1)),
    )(layers.RandomFlip()(inputs)[..., ::-1] * np.ones((8, 8, 3), "float32"))  # fmt: skip
    # Keras 3.8 itself can't load a layer as an activation.
    activation = "relu" if keras.__version__.startswith("3.8.") else layers.ReLU()
    x = keras.Sequential([layers.Flatten(), layers.Dense(4, activation=activation)])(x)
    x = keras.ops.relu(x) + 1
    network = keras.Model(inputs, layers.Dense(2, dtype="mixed_bfloat16")(x))
    network.compile("adam", keras.losses.MeanSquaredError(), [keras.metrics.MeanSquaredError()])
    path = tmp_path / "model.keras"
    network.save(path)
    pixels = np.ones((2, 8, 8, 3), "float32")
    np.testing.assert_array_equal(
        load_portable(path).predict_on_batch(pixels), network.predict_on_batch(pixels)
    )


def test_a_damaged_file_says_so(tmp_path):
    path = tmp_path / "model.keras"
    build_model("cnn3", (32, 32, 3), 10).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OutputError, match="is damaged"):
        load_portable(path)
