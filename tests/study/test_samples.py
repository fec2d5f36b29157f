"""A study's images of its data keep up with its alternatives."""

from __future__ import annotations

import pytest

from cotejo.config import StudyConfig
from cotejo.progress import Observer
from cotejo.store import StudyFolder, read_npz, write_npz
from cotejo.study.execution import run_study
from cotejo.study.samples import has_samples, write_samples


def look(folder, digits, *augmentations):
    alternatives = [{"name": f"a-{name}", "augment": name} for name in augmentations]
    config = StudyConfig.parse({"data": "digits", "alternative": alternatives})
    run_study(config, digits, [], folder, False, "", Observer())
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
