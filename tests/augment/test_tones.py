"""Tones, against Pillow's ImageOps and ImageFilter."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from cotejo.augment.tones import auto_contrasted, equalized, posterized, smoothed, solarized
from cotejo.backend import ops
from pictures import byte_images


def flat_and_steep():
    """Return images of one value, of two, of a few and of many."""
    images = byte_images(5)
    images[0] = 77
    images[1] = np.where(images[1] > 100, 200, 3)
    images[2] = images[2] // 50 * 50
    return images


def agree(found, pixels, reference, tolerance=0.0):
    for image, changed in zip(pixels, ops.convert_to_numpy(found), strict=True):
        expected = np.asarray(reference(Image.fromarray(image))).astype("float32")
        np.testing.assert_allclose(changed, expected, atol=tolerance)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_posterized(bits):
    pixels = flat_and_steep()
    found = posterized(pixels.astype("float32"), np.full(5, bits, "float32"))
    agree(found, pixels, lambda image: ImageOps.posterize(image, bits))


@pytest.mark.parametrize("threshold", [0, 77, 128, 255, 256])
def test_solarized(threshold):
    pixels = flat_and_steep()
    found = solarized(pixels.astype("float32"), np.full(5, threshold, "float32"))
    agree(found, pixels, lambda image: ImageOps.solarize(image, threshold))


def test_auto_contrasted():
    pixels = flat_and_steep()
    # Pillow cuts the fractions off.
    agree(auto_contrasted(pixels.astype("float32")), pixels, ImageOps.autocontrast, 1.001)


def test_equalized():
    pixels = flat_and_steep()
    agree(equalized(pixels.astype("float32")), pixels, ImageOps.equalize)


def test_smoothed():
    pixels = flat_and_steep()
    found = smoothed(pixels.astype("float32"))
    agree(found, pixels, lambda image: image.filter(ImageFilter.SMOOTH), 0.501)


def test_an_image_too_small_to_have_neighbours_stays():
    image = byte_images(1, 2, 5).astype("float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(smoothed(image)), image)
