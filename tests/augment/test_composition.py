"""Augmentations put together: what is fused, in which order, and at which scale."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.augment import compose
from cotejo.augment.geometry import crop, move
from cotejo.backend import ops
from cotejo.config.augmentation_parts import SHORT_FORMS
from cotejo.config.augmentations import read_augmentation, written
from pictures import augmented, generator, smooth_images


@pytest.mark.parametrize("name", SHORT_FORMS)
@pytest.mark.parametrize("scale", [1.0, 0.75])
def test_a_short_form_is_the_list_that_it_stands_for(name, scale):
    batch = smooth_images(8, round(32 * scale), round(32 * scale))
    parts = compose(SHORT_FORMS[name], scale)
    policy = compose(name, scale)
    assert len(parts.changes) == len(policy.changes)
    found = (ops.convert_to_numpy(each(batch, generator())) for each in (parts, policy))
    np.testing.assert_array_equal(*found)
    assert read_augmentation(written(SHORT_FORMS[name])) == name


@pytest.mark.parametrize(
    ("augmentation", "operations"),
    [
        (["flip", {"rotate": 15}, {"zoom": 0.1}, {"shift": 0.1}], 1),
        (["flip", {"crop": 4}], 1),
        (["flip", {"rotate": 15}, {"crop": 4}, {"cutout": 8}], 3),
        (["flip"], 1),
        (["alternating-flip", {"crop": 4}], 1),
    ],
    ids=str,
)
def test_what_moves_an_image_is_done_together(augmentation, operations):
    assert len(compose(read_augmentation(augmentation)).changes) == operations


def test_the_notebook_and_the_usual_crop_draw_as_they_always_did():
    """The draws and their order are part of a run's result."""
    batch = smooth_images(8)
    found = augmented("notebook", batch)
    expected = move(batch, generator(), rotate=15, shift=0.1, flip=True)
    np.testing.assert_array_equal(found, ops.convert_to_numpy(expected))
    found = augmented("flip-crop", batch)
    expected = crop(batch, generator(), 4, 4, flip=True)
    np.testing.assert_array_equal(found, ops.convert_to_numpy(expected))


@pytest.mark.parametrize(("size", "scale"), [(1, 1.0), (1, 0.75)])
def test_a_crop_moves_an_image_by_one_pixel_at_least(size, scale):
    batch = smooth_images(16, round(32 * scale), round(32 * scale))
    changed = augmented([{"crop": size}], batch, scale=scale)
    expected = ops.convert_to_numpy(crop(batch, generator(), 1, 1))
    np.testing.assert_array_equal(changed, expected)
    assert not np.array_equal(changed, batch)


def test_the_order_of_a_list_does_not_matter():
    batch = smooth_images(8)
    parts = [{"cutout": 8}, {"rotate": 20}, "flip", {"brightness": 0.3}]
    np.testing.assert_array_equal(augmented(parts, batch), augmented(parts[::-1], batch))


def test_pixels_are_those_of_the_whole_image():
    whole, smaller = smooth_images(64), smooth_images(64, 24, 24)
    hidden = [
        (augmented([{"cutout": 8}], np.zeros_like(images), scale=scale) > 0).sum((1, 2, 3)).max()
        for images, scale in ((whole, 1.0), (smaller, 0.75))
    ]
    assert hidden == [8 * 8 * 3, 6 * 6 * 3]
    np.testing.assert_array_equal(
        augmented([{"crop": 4}], smaller, scale=0.75), augmented([{"crop": 3}], smaller)
    )


def test_a_crop_larger_than_the_image_is_as_large_as_the_border_allows():
    batch = smooth_images(16, 8, 8)
    np.testing.assert_array_equal(augmented([{"crop": 64}], batch), augmented([{"crop": 7}], batch))
