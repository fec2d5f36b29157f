"""Augmentation: a contract over every policy, and scipy.ndimage for given parameters."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from scipy import ndimage

from cotejo.augment import ALTERNATING, POLICIES, cut_out, rotate_shift_flip, shift_flip
from cotejo.backend import keras, ops
from cotejo.config.augmentations import MIRRORING
from cotejo.config.settings import Settings

CHANGING = [name for name, policy in POLICIES.items() if policy is not None]


def images(count: int = 6, height: int = 32, width: int = 32) -> np.ndarray:
    random = np.random.default_rng(0)
    noise = random.uniform(0, 255, (count, height, width, 3))
    return ndimage.gaussian_filter(noise, (0, 1, 1, 0)).astype("float32")


def apply(name: str, batch: np.ndarray, seed: int) -> np.ndarray:
    return ops.convert_to_numpy(POLICIES[name](batch, keras.random.SeedGenerator(seed)))


@pytest.mark.parametrize("name", CHANGING)
@pytest.mark.parametrize("shape", [(32, 32), (20, 28)])
def test_a_policy_keeps_shape_and_range_and_follows_its_seed(name, shape):
    batch = images(8, *shape)
    once, again, other = apply(name, batch, 1), apply(name, batch, 1), apply(name, batch, 2)
    assert once.shape == batch.shape
    assert once.min() >= batch.min() - 1e-3
    assert once.max() <= batch.max() + 1e-3
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)


def test_every_name_that_a_study_may_use_is_an_augmentation_and_says_whether_it_mirrors():
    names = set(get_args(Settings.model_fields["augment"].annotation))
    assert set(POLICIES) == set(MIRRORING) == names


@pytest.mark.parametrize("name", CHANGING)
def test_a_policy_mirrors_as_is_said_of_it(name):
    """Where the training's order mirrors every second epoch, the policy itself does not."""
    ramp = np.linspace(0, 255, 32, dtype="float32")
    batch = np.broadcast_to(ramp[None, None, :, None], (400, 32, 32, 3))
    changed = apply(name, batch, 1)
    turned = (changed[:, :, 4:14].mean((1, 2, 3)) > changed[:, :, 18:28].mean((1, 2, 3))).mean()
    at_random = MIRRORING[name] == "at random"
    assert 0.4 < turned < 0.6 if at_random else turned == 0
    assert (name in ALTERNATING) == (MIRRORING[name] == "every second epoch")


@pytest.mark.parametrize("name", CHANGING)
def test_each_image_draws_its_own_change(name):
    batch = np.repeat(images(1), 8, axis=0)
    changed = apply(name, batch, 1)
    assert len(np.unique(changed.reshape(8, -1), axis=0)) >= 6


def reference(image: np.ndarray, angle: float, shift_y: float, shift_x: float, flip: bool):
    height, width = image.shape[:2]
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    offset = rotation @ (np.array([shift_y, shift_x]) - centre) + centre
    channels = [
        ndimage.affine_transform(image[..., c], rotation, offset, order=1, mode="nearest")
        for c in range(image.shape[-1])
    ]
    out = np.stack(channels, axis=-1)
    return out[:, ::-1] if flip else out


@pytest.mark.parametrize("shape", [(32, 32), (20, 28)])
def test_rotation_shift_and_flip_agree_with_scipy(shape):
    batch = images(6, *shape)
    angles = np.radians([0, 15, -15, 7.3, 0, 11]).astype("float32")
    shift_y = np.array([0, 3.2, -1.7, 0.5, 2, -3.2], "float32")
    shift_x = np.array([0, -3.2, 2.4, 0, -3, 1.1], "float32")
    flips = np.array([0, 1, 0, 1, 1, 0], "float32")
    found = ops.convert_to_numpy(rotate_shift_flip(batch, angles, shift_y, shift_x, flips))
    for index, image in enumerate(batch):
        expected = reference(
            image, angles[index], shift_y[index], shift_x[index], bool(flips[index])
        )
        np.testing.assert_allclose(found[index], expected, atol=0.05)


def test_no_change_is_the_identity():
    batch, zeros = images(2), np.zeros(2, "float32")
    found = rotate_shift_flip(batch, zeros, zeros, zeros, zeros)
    np.testing.assert_allclose(ops.convert_to_numpy(found), batch, atol=1e-3)


def test_whole_shifts_and_flips_agree_with_a_padded_crop():
    batch = images(4, 20, 28)
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
    changed = apply("notebook", batch, 3)
    centres = np.array([ndimage.center_of_mass(image[..., 0]) for image in changed])
    assert np.abs(centres - 16).max() <= 3.3 + 0.2
    assert np.abs(centres - 16).max() > 2.5


def test_cutout_hides_a_square_of_three_eighths_as_far_as_it_is_inside():
    batch = np.zeros((2, 32, 32, 3), "float32")
    hidden = ops.convert_to_numpy(cut_out(batch, np.array([16.0, 0.0]), np.array([16.0, 32.0])))
    np.testing.assert_array_equal(np.unique(hidden), [0, 127.5])
    assert (hidden[0, 10:22, 10:22] == 127.5).all()
    assert (hidden[0] == 127.5).sum() == 12 * 12 * 3
    assert (hidden[1, :6, 26:] == 127.5).all()
    assert (hidden[1] == 127.5).sum() == 6 * 6 * 3
