"""A study's images of its data keep up with its alternatives."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo.config.augmentations import read_augmentation
from cotejo.store import StudyFolder, read_npz, write_npz
from cotejo.study.samples import has_samples, update_samples, write_samples


def look(folder, digits, *augmentations):
    update_samples(folder, digits, map(read_augmentation, augmentations))
    return {name for name in StudyFolder(folder).images if name.startswith("augmented_")}


def test_an_augmented_alternative_that_is_added_gets_its_images(digits, tmp_path):
    assert look(tmp_path, digits, "none") == set()
    assert look(tmp_path, digits, "none", "notebook") == {"augmented_notebook"}
    before = (tmp_path / "data.npz").stat().st_mtime_ns
    assert look(tmp_path, digits, "notebook") == {"augmented_notebook"}
    assert (tmp_path / "data.npz").stat().st_mtime_ns == before


@pytest.mark.parametrize("lost", ["example_images", "original_images", "augmented_flip_crop"])
def test_images_that_are_missing_are_noticed(digits, tmp_path, lost):
    write_samples(tmp_path, digits, ["flip-crop", "none"])
    assert has_samples(tmp_path, digits, ["flip-crop", "none"])
    arrays = read_npz(tmp_path / "data.npz")
    del arrays[lost]
    write_npz(tmp_path / "data.npz", **arrays)
    assert not has_samples(tmp_path, digits, ["flip-crop", "none"])


def test_lists_of_parts_get_images_of_their_own(digits, tmp_path):
    mixed = [{"mixup": 1}]
    found = look(tmp_path, digits, ["flip", {"shift": 0.1}], mixed, "none")
    assert found == {"augmented_flip_shift_0.1", "augmented_mixup_1"}
    images = StudyFolder(tmp_path).images
    shape = (8, 6, *digits.image_shape)
    assert images["augmented_flip_shift_0.1"].shape == images["augmented_mixup_1"].shape == shape
    # Each row is an image mixed with the one before it, not with another draw of itself.
    for draws, original, partner in zip(
        images["augmented_mixup_1"],
        images["original_images"].astype("float64"),
        np.roll(images["original_images"], 1, axis=0).astype("float64"),
        strict=True,
    ):
        low, high = np.minimum(original, partner), np.maximum(original, partner)
        assert ((draws >= low - 1) & (draws <= high + 1)).all()
    again = read_augmentation(mixed)
    assert has_samples(tmp_path, digits, [again, "none"])
    assert not has_samples(tmp_path, digits, [read_augmentation("flip")])


def test_every_second_draw_is_mirrored_where_the_training_mirrors_every_second_epoch(
    digits, tmp_path
):
    look(tmp_path, digits, "alternating-flip", ["alternating-flip", {"mixup": 1e-9}])
    images = StudyFolder(tmp_path).images
    originals = images["original_images"]
    assert (originals != originals[:, :, ::-1]).any(axis=(1, 2, 3)).all()
    draws = images["augmented_alternating_flip"]
    for index in range(draws.shape[1]):
        expected = originals[:, :, ::-1] if index % 2 else originals
        np.testing.assert_array_equal(draws[:, index], expected)
    mixed = images["augmented_alternating_flip_mixup_1e_09"]
    assert not np.array_equal(mixed[:, 0], mixed[:, 1])
