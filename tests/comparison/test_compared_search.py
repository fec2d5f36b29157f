"""A search of a comparison in Python, of a network that was given there."""

from __future__ import annotations

import pytest

import cotejo
from cotejo.backend import keras
from cotejo.study.progress import Observer


def test_a_function_given_in_python_is_searched_by_its_option(tmp_path, digits):
    pytest.importorskip("optuna", reason="a search needs Optuna")

    def small(image_shape, num_classes, *, units=32):
        return keras.Sequential(
            [
                keras.Input(image_shape),
                keras.layers.Flatten(),
                keras.layers.Dense(units, activation="relu"),
                keras.layers.Dense(num_classes),
            ]
        )

    comparison = cotejo.compare(
        {"mi red": small},
        digits,
        seeds=1,
        epochs=1,
        out=tmp_path / "study",
        language="en",
        observer=Observer(),
        search={
            "mi red, buscada": {
                "alternative": "mi red",
                "trials": 2,
                "units": {"low": 4, "high": 64},
            }
        },
    )
    assert list(comparison.table["alternative"]) == ["mi red", "mi red, buscada"]
