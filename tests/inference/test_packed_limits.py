"""The limits of a packed model: its own training images, and the validation of a sibling."""

import shutil

import numpy as np
import pytest

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.evaluate.probes import noise, walls
from cotejo.inference import Classifier
from cotejo.inference.limits import Limits
from cotejo.inference.packing import pack, pack_limits
from cotejo.models.packed import packed_limits
from cotejo.report import write_cards
from cotejo.store import RunFile, RunFolder

SMALL = {
    "name": "small",
    "data": "digits",
    "base": {"model": "cnn3", "epochs": 6, "precision": "float32"},
    "alternative": [{"name": "small"}],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A final training, and a sibling with validation images."""
    folder = tmp_path_factory.mktemp("packed")
    for name, final in (("final", True), ("sibling", False)):
        Study(StudyConfig.parse(SMALL)).run(out=folder / name, final=final)
    write_cards(folder / "final")
    return folder


def test_a_packed_model_takes_its_scale_from_a_sibling(runs, tmp_path, digits):
    sibling = RunFolder(runs / "sibling" / "small" / "seed-1")
    final = RunFolder(runs / "final" / "small" / "seed-1")
    out = tmp_path / "packed"
    pack(runs / "final", final, sibling.metrics["test"]["calibration"], out)
    assert packed_limits(out) is None
    pack_limits(sibling, "digits", out)
    arrays = packed_limits(out)
    np.testing.assert_array_equal(arrays["valid_signs"], sibling.limits["valid_signs"])
    np.testing.assert_allclose(arrays["look_points"], final.limits["look_points"], atol=1e-5)
    limits, classifier = Limits.of(arrays), Classifier.load(final.path)
    shown = digits.test.images[:40]
    for make in (noise, walls):
        probe = make(shown, np.random.default_rng(5))
        assert limits.is_unlike(probe, classifier.logits(probe)).all()
    assert limits.is_unlike(shown, classifier.logits(shown)).mean() < 0.2


def test_a_sibling_of_before_looks_once_more(runs, tmp_path):
    sibling = RunFolder(runs / "sibling" / "small" / "seed-1")
    moved = RunFolder(shutil.copytree(sibling.path, tmp_path / "moved"))
    (moved.path / RunFile.LIMITS).unlink()
    out = tmp_path / "packed"
    pack(runs / "final", RunFolder(runs / "final" / "small" / "seed-1"), None, out)
    pack_limits(moved, "digits", out)
    arrays = packed_limits(out)
    for name in ("valid_signs", "true_probabilities"):
        np.testing.assert_allclose(arrays[name], sibling.limits[name], atol=1e-4)


def test_a_final_training_gives_no_scale(runs, tmp_path):
    with pytest.raises(OutputError, match="no run with limits of validation images"):
        pack_limits(RunFolder(runs / "final" / "small" / "seed-1"), "digits", tmp_path)
