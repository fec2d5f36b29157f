"""TrivialAugment and RandAugment: each operation against Pillow, and how often it is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps
from scipy import ndimage

from cotejo.augment import policies
from cotejo.augment.policies import OPERATIONS, RAND, WIDE, changed, rand_augment, trivial_augment
from cotejo.backend import ops
from pictures import byte_images, generator, smooth_images


def operated(name, pixels, magnitude, sign=1.0, ranges=WIDE):
    count = len(pixels)
    return ops.convert_to_numpy(
        changed(
            pixels.astype("float32"),
            np.full(count, OPERATIONS.index(name), "int32"),
            np.full(count, magnitude, "float32"),
            np.full(count, sign, "float32"),
            ranges,
        )
    )


PILLOW = {
    "identity": lambda image, m, sign: image,
    "brightness": lambda image, m, sign: ImageEnhance.Brightness(image).enhance(
        1 + 0.99 * m * sign
    ),
    "colour": lambda image, m, sign: ImageEnhance.Color(image).enhance(1 + 0.99 * m * sign),
    "contrast": lambda image, m, sign: ImageEnhance.Contrast(image).enhance(1 + 0.99 * m * sign),
    "sharpness": lambda image, m, sign: ImageEnhance.Sharpness(image).enhance(1 + 0.99 * m * sign),
    "posterize": lambda image, m, sign: ImageOps.posterize(image, 8 - round(6 * m)),
    "solarize": lambda image, m, sign: ImageOps.solarize(image, 255 * (1 - m)),
    "auto_contrast": lambda image, m, sign: ImageOps.autocontrast(image),
    "equalize": lambda image, m, sign: ImageOps.equalize(image),
}


@pytest.mark.parametrize("name", PILLOW)
@pytest.mark.parametrize("magnitude", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_an_operation_on_colours_agrees_with_pillow(name, magnitude, sign):
    pixels = byte_images(3)
    found = operated(name, pixels, magnitude, sign)
    for image, result in zip(pixels, found, strict=True):
        expected = np.asarray(PILLOW[name](Image.fromarray(image), magnitude, sign))
        np.testing.assert_allclose(result, expected, atol=1.6)


MATRICES = {
    # Of row and column, as scipy has them: the output's place to the input's.
    "rotate": lambda m: ([[math.cos(m), -math.sin(m)], [math.sin(m), math.cos(m)]], (0, 0)),
    "shear_x": lambda m: ([[1, 0], [m, 1]], (0, 0)),
    "shear_y": lambda m: ([[1, m], [0, 1]], (0, 0)),
    "translate_x": lambda m: (np.eye(2), (0, m * 28)),
    "translate_y": lambda m: (np.eye(2), (m * 20, 0)),
}


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_an_operation_that_moves_agrees_with_scipy(name, sign):
    batch = smooth_images(2, 20, 28)
    highest = {"rotate": math.radians(30), "shear_x": 0.3, "shear_y": 0.3}.get(name, 150 / 331)
    matrix, shift = MATRICES[name](0.5 * sign * highest)
    centre = np.array([9.5, 13.5])
    offset = centre - np.array(matrix) @ centre + shift
    found = operated(name, batch, 0.5, sign, RAND)
    for image, result in zip(batch, found, strict=True):
        for channel in range(3):
            expected = ndimage.affine_transform(
                image[..., channel], matrix, offset, order=1, mode="nearest"
            )
            np.testing.assert_allclose(result[..., channel], expected, atol=0.05)


@pytest.mark.parametrize("name", [n for n in OPERATIONS if n not in {"auto_contrast", "equalize"}])
def test_an_operation_of_magnitude_zero_changes_nothing(name):
    pixels = byte_images(2)
    expected = pixels.astype("float32")
    # Solarizing starts at the highest value, which these images do not have.
    np.testing.assert_allclose(operated(name, pixels, 0.0), expected, atol=0.01)


def test_every_operation_and_magnitude_is_drawn_equally_often(monkeypatch):
    given = []

    def keep(images, operations, magnitudes, signs, ranges):
        given.append([ops.convert_to_numpy(x) for x in (operations, magnitudes, signs)] + [ranges])
        return images

    monkeypatch.setattr(policies, "changed", keep)
    images = np.zeros((31 * 14 * 20, 2, 2, 3), "float32")
    trivial_augment(images, generator())
    operations, magnitudes, signs, ranges = given.pop()
    assert ranges is WIDE
    often = np.bincount(operations, minlength=14) / len(images)
    np.testing.assert_allclose(often, 1 / 14, atol=0.015)
    steps, counts = np.unique(np.round(magnitudes * 30), return_counts=True)
    np.testing.assert_array_equal(steps, np.arange(31))
    np.testing.assert_allclose(counts / len(images), 1 / 31, atol=0.01)
    np.testing.assert_allclose((signs == 1).mean(), 0.5, atol=0.02)
    assert abs(np.corrcoef(operations, magnitudes)[0, 1]) < 0.04
    rand_augment(images, generator(), 9)
    assert len(given) == 2
    for operations, magnitudes, _, ranges in given:
        assert ranges is RAND
        np.testing.assert_allclose(magnitudes, 0.3, atol=1e-6)
        assert len(np.unique(operations)) == 14
    assert not np.array_equal(given[0][0], given[1][0])
