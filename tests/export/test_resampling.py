"""Pillow's resampling as operations of Keras's: the same pixels for pictures of any size."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cotejo.backend import keras
from cotejo.export.resampling import resampled
from cotejo.export.whole_numbers import is_exact_in_whole_numbers, resampled_in_whole_numbers
from cotejo.pictures import FITS
from cotejo.pictures.fitting import fitted

SHAPES = [(32, 32, 3), (28, 28, 1), (24, 40, 3), (33, 20, 1)]


@cache
def network(shape: tuple[int, int, int], fit: Any, resample: Any = resampled) -> keras.Model:
    pictures = keras.Input((None, None, shape[2]), dtype="uint8")
    return keras.Model(pictures, resample(pictures, shape, fit))


def picture(height: int, width: int, channels: int, seed: int) -> np.ndarray:
    """Return noise, or black and white, whose means lie on the edge of being rounded."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, channels), dtype=np.uint8)
    return pixels // 128 * 255 if seed % 3 == 0 else pixels


def by_pillow(pixels: np.ndarray, shape: tuple[int, int, int], fit: Any) -> np.ndarray:
    flat = pixels[:, :, 0] if shape[2] == 1 else pixels
    return fitted("", Image.fromarray(flat), shape, fit)


sides = st.integers(1, 150)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("shape", SHAPES)
@given(height=sides, width=sides, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_pixels_are_those_of_pillow(shape, fit, height, width, seed):
    pixels = picture(height, width, shape[2], seed)
    found = keras.ops.convert_to_numpy(network(shape, fit)(pixels[None]))[0]
    np.testing.assert_array_equal(found, by_pillow(pixels, shape, fit))


@pytest.mark.parametrize("fit", ["crop", "stretch"])
@pytest.mark.parametrize("side", [8, 32])
@given(height=sides, width=sides, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_whole_numbers_give_the_same_where_they_can(side, fit, height, width, seed):
    shape = (side, side, 1)
    assert is_exact_in_whole_numbers(shape, fit)
    pixels = picture(height, width, 1, seed)
    found = network(shape, fit, resampled_in_whole_numbers)(pixels[None])
    expected = by_pillow(pixels, shape, fit)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(found)[0], expected)


def test_whole_numbers_are_not_used_where_float64_rounds():
    assert not is_exact_in_whole_numbers((28, 28, 1), "crop")
    assert not is_exact_in_whole_numbers((32, 64, 3), "crop")
    assert not is_exact_in_whole_numbers((32, 32, 3), "pad")
    pixels = picture(57, 101, 1, 1)
    found = network((28, 28, 1), "crop", resampled_in_whole_numbers)(pixels[None])
    expected = by_pillow(pixels, (28, 28, 1), "crop")
    assert (keras.ops.convert_to_numpy(found)[0] != expected).any()


@pytest.mark.parametrize("fit", FITS)
def test_large_pictures_and_lines(fit):
    for height, width in [(1500, 2000), (1, 999), (2000, 1), (1000, 31)]:
        pixels = picture(height, width, 3, height)
        found = keras.ops.convert_to_numpy(network((32, 32, 3), fit)(pixels[None]))[0]
        np.testing.assert_array_equal(found, by_pillow(pixels, (32, 32, 3), fit))


def test_several_pictures_at_once_and_none():
    pixels = np.stack([picture(40, 70, 3, seed) for seed in range(5)])
    together = keras.ops.convert_to_numpy(network((32, 32, 3), "crop")(pixels))
    for image, one in zip(together, pixels, strict=True):
        np.testing.assert_array_equal(image, by_pillow(one, (32, 32, 3), "crop"))
    assert network((32, 32, 3), "crop")(pixels[:0]).shape == (0, 32, 32, 3)
