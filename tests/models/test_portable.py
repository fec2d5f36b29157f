"""A network in Keras's own layers: the same answers, and nothing of Cotejo's in its file."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.models import build_model, model_families, portable


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
    loaded = keras.saving.load_model(path, safe_mode=True)
    np.testing.assert_array_equal(network.predict_on_batch(pixels), loaded.predict_on_batch(pixels))
