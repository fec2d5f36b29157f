"""Parts that move an image, against scipy.ndimage and padded crops for given parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage

from cotejo.augment.flip import flip
from cotejo.augment.geometry import crop, move, resampled, shift_flip
from cotejo.backend import ops
from pictures import augmented, generator, smooth_images


def reference(image, angle, shift_y, shift_x, flip: bool, zoom: float = 1.0):
    height, width = image.shape[:2]
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rotation = rotation / zoom
    offset = rotation @ (np.array([shift_y, shift_x]) - centre) + centre
    channels = [
        ndimage.affine_transform(image[..., c], rotation, offset, order=1, mode="nearest")
        for c in range(image.shape[-1])
    ]
    out = np.stack(channels, axis=-1)
    return out[:, ::-1] if flip else out


@pytest.mark.parametrize("shape", [(32, 32), (20, 28)])
def test_rotation_shift_and_flip_agree_with_scipy(shape):
    batch = smooth_images(6, *shape)
    angles = np.radians([0, 15, -15, 7.3, 0, 11]).astype("float32")
    shift_y = np.array([0, 3.2, -1.7, 0.5, 2, -3.2], "float32")
    shift_x = np.array([0, -3.2, 2.4, 0, -3, 1.1], "float32")
    flips = np.array([0, 1, 0, 1, 1, 0], "float32")
    found = ops.convert_to_numpy(resampled(batch, angles, shift_y, shift_x, flips))
    for index, image in enumerate(batch):
        expected = reference(
            image, angles[index], shift_y[index], shift_x[index], bool(flips[index])
        )
        np.testing.assert_allclose(found[index], expected, atol=0.05)


def test_no_change_is_the_identity():
    batch, zeros = smooth_images(2), np.zeros(2, "float32")
    found = resampled(batch, zeros, zeros, zeros, zeros)
    np.testing.assert_allclose(ops.convert_to_numpy(found), batch, atol=1e-3)


def test_whole_shifts_and_flips_agree_with_a_padded_crop():
    batch = smooth_images(4, 20, 28)
    shift_y, shift_x = np.array([0, 4, -4, 2], "int32"), np.array([0, -4, 3, 1], "int32")
    flips = np.array([False, False, True, True])
    found = ops.convert_to_numpy(shift_flip(batch, shift_y, shift_x, flips))
    padded = np.pad(batch, ((0, 0), (4, 4), (4, 4), (0, 0)), mode="reflect")
    for index in range(4):
        top, left = 4 + shift_y[index], 4 + shift_x[index]
        crop = padded[index, top : top + 20, left : left + 28]
        np.testing.assert_array_equal(found[index], crop[:, ::-1] if flips[index] else crop)


def test_the_notebook_policy_stays_within_its_bounds():
    # A dot at the centre can move by a tenth of the side and no more: rotation leaves it.
    batch = np.zeros((256, 33, 33, 1), "float32")
    batch[:, 16, 16] = 255.0
    changed = augmented("notebook", batch, 3)
    centres = np.array([ndimage.center_of_mass(image[..., 0]) for image in changed])
    assert np.abs(centres - 16).max() <= 3.3 + 0.2
    assert np.abs(centres - 16).max() > 2.5


def test_zoom_agrees_with_scipy_together_with_all_the_rest():
    batch = smooth_images(4, 20, 28)
    angles = np.radians([0, 20, -30, 5]).astype("float32")
    zooms = np.array([1.3, 0.8, 1.0, 1.1], "float32")
    shift_y, shift_x = np.array([0, 1, 2, -1], "float32"), np.array([0, -2, 0.5, 1], "float32")
    flips = np.array([0, 0, 1, 1], "float32")
    found = ops.convert_to_numpy(resampled(batch, angles, shift_y, shift_x, flips, zooms))
    for index, image in enumerate(batch):
        expected = reference(
            image, angles[index], shift_y[index], shift_x[index], bool(flips[index]), zooms[index]
        )
        np.testing.assert_allclose(found[index], expected, atol=0.05)


def test_a_zoom_above_one_makes_the_image_larger():
    disc = np.zeros((2, 33, 33, 1), "float32")
    disc[:, 12:21, 12:21] = 255.0
    zeros = np.zeros(2, "float32")
    found = ops.convert_to_numpy(
        resampled(disc, zeros, zeros, zeros, zeros, np.array([1.5, 0.5], "float32"))
    )
    larger, smaller = (found > 127).sum((1, 2, 3))
    assert larger > 81 > smaller


@pytest.mark.parametrize(
    ("part", "furthest"), [({"rotate": 30}, 30), ({"shift": 0.2}, 6.4), ({"zoom": 0.3}, 0.3)]
)
def test_draws_reach_their_limit_and_no_further(monkeypatch, part, furthest):
    given = {}

    def keep(images, angles, shift_y, shift_x, flips, zooms=None):
        given.update(angles=angles, shift_y=shift_y, shift_x=shift_x, zooms=zooms)
        return images

    monkeypatch.setattr("cotejo.augment.geometry.resampled", keep)
    move(smooth_images(2000, 2, 32), generator(), **part)
    name = {"rotate": "angles", "shift": "shift_x", "zoom": "zooms"}[next(iter(part))]
    values = ops.convert_to_numpy(given[name])
    if name == "angles":
        values = np.degrees(values)
    values = values - (1 if name == "zooms" else 0)
    assert 0.95 * furthest < values.max() <= furthest * 1.0001
    assert -0.95 * furthest > values.min() >= -furthest * 1.0001
    assert abs(values.mean()) < 0.05 * furthest


def test_a_crop_is_one_of_the_padded_image():
    batch = smooth_images(1, 12, 14)
    padded = np.pad(batch[0], ((3, 3), (2, 2), (0, 0)), mode="reflect")
    crops = {
        padded[top : top + 12, left : left + 14].tobytes() for top in range(7) for left in range(5)
    }
    found = ops.convert_to_numpy(crop(np.repeat(batch, 500, axis=0), generator(), 3, 2))
    assert {image.tobytes() for image in found} == crops


def test_a_crop_with_a_flip_is_a_crop_and_then_a_flip():
    batch = np.repeat(smooth_images(1), 64, axis=0)
    plain = ops.convert_to_numpy(crop(batch, generator(), 4, 4))
    both = ops.convert_to_numpy(crop(batch, generator(), 4, 4, flip=True))
    mirrored = {image[:, ::-1].tobytes() for image in plain} | {i.tobytes() for i in plain}
    # Not the same draws, but the same crops, mirrored or not.
    assert len(mirrored & {image.tobytes() for image in both}) > 40


def test_a_flip_leaves_an_image_or_mirrors_it():
    batch = smooth_images(40)
    found = ops.convert_to_numpy(flip(batch, generator()))
    as_it_was = (found == batch).all((1, 2, 3))
    mirrored = (found == batch[:, :, ::-1]).all((1, 2, 3))
    assert (as_it_was ^ mirrored).all()
    assert 10 < mirrored.sum() < 30
