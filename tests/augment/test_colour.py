"""Colours, against Pillow's ImageEnhance."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from cotejo.augment.colour import blended, grey, mean_grey
from cotejo.backend import ops
from pictures import augmented, byte_images, smooth_images

ENHANCERS = {
    "brightness": (ImageEnhance.Brightness, np.zeros_like),
    "contrast": (ImageEnhance.Contrast, mean_grey),
    "colour": (ImageEnhance.Color, grey),
}


@pytest.mark.parametrize("name", ENHANCERS)
@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_a_blend_agrees_with_pillow(name, factor):
    enhancer, dull = ENHANCERS[name]
    pixels = byte_images(3)
    floats = pixels.astype("float32")
    found = ops.convert_to_numpy(blended(floats, dull(floats), np.full(3, factor, "float32")))
    for image, changed in zip(pixels, found, strict=True):
        expected = np.asarray(enhancer(Image.fromarray(image)).enhance(factor))
        # Pillow rounds the grey and the result to whole numbers.
        np.testing.assert_allclose(changed, expected, atol=1.6)


@pytest.mark.parametrize("name", ENHANCERS)
def test_draws_reach_their_limit_and_no_further(name):
    batch = np.repeat(smooth_images(1) * 0.5 + 40, 500, axis=0)
    changed = augmented([{name: 0.3}], batch)
    dull = np.asarray(ops.convert_to_numpy(ENHANCERS[name][1](batch))) + np.zeros_like(batch)
    distance = batch[0] - dull[0]
    factors = ((changed - dull) * distance).sum((1, 2, 3)) / (distance**2).sum()
    assert 0.7 - 1e-3 <= factors.min() < 0.72
    assert 1.28 < factors.max() <= 1.3 + 1e-3


def test_an_image_in_grey_has_no_colours_to_change():
    batch = np.repeat(smooth_images(3, channels=1), 3, axis=-1)
    np.testing.assert_allclose(augmented([{"colour": 1}], batch), batch, atol=0.01)
    single = smooth_images(3, channels=1)
    np.testing.assert_allclose(augmented([{"colour": 1}], single), single, atol=0.01)
