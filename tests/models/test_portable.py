"""A network in Keras's own layers: the same answers, and nothing of Cotejo's in its file."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.models import build_model, load_portable, model_families, portable
from cotejo.models.normalization import BatchNormalization


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


def test_a_damaged_file_says_so(tmp_path):
    path = tmp_path / "model.keras"
    build_model("cnn3", (32, 32, 3), 10).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OutputError, match="is damaged"):
        load_portable(path)
