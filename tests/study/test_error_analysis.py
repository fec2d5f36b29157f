"""The analysis of misread images: written once, of these runs, and never at their cost."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cotejo.config import StudyConfig
from cotejo.facts import best_alternative, gather
from cotejo.facts.error_analysis import error_analysis_of
from cotejo.study import Study
from cotejo.study.afterwards import error_analysis
from cotejo.study.progress import Observer

STUDY = {
    "data": "digits",
    "seeds": 1,
    "base": {"epochs": 1, "model": "mlp"},
    "alternative": [{"name": "plain"}, {"name": "slow", "learning_rate": 1e-4}],
}


class Listener(Observer):
    """Keeps why the looking back failed."""

    def __init__(self):
        self.reasons = []

    def look_back_failed(self, reason):
        self.reasons.append(reason)


def run(folder, **changes):
    listener = Listener()
    result = Study(StudyConfig.parse({**STUDY, **changes})).run(out=folder, observer=listener)
    return result, listener.reasons


def report(folder):
    return Study(StudyConfig.parse(STUDY)).report(folder)


def found(folder):
    facts = gather(folder)
    return error_analysis_of(facts, best_alternative(facts))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("afterwards") / "out"
    _, reasons = run(folder)
    assert not reasons
    return folder


@pytest.fixture
def copy(finished, tmp_path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "out"))


def test_it_keeps_the_images_and_explains_the_worst_mistakes(finished, digits):
    failures = found(finished)
    for index in failures.arrays["indices"].tolist():
        np.testing.assert_array_equal(failures.image(index), digits.test.images[index])
    assert len(failures.arrays["trait_brightness"]) == len(digits.test)
    explained = failures.arrays["explained"]
    np.testing.assert_array_equal(explained, failures.best.kept_mistakes[0][: len(explained)])
    maps = failures.arrays["occlusion_maps"]
    assert maps.shape == (len(explained), 2, 32, 32)
    assert np.isfinite(maps).all()
    assert np.abs(maps).max() > 0
    assert not failures.arrays["trait_colourfulness"].any()


def test_of_the_worst_mistakes_the_nearest_training_images_are_kept(finished, digits):
    failures = found(finished)
    # A fully connected network has no feature map.
    assert "grad_cam_maps" not in failures.arrays
    index = int(failures.arrays["explained"][0])
    assert failures.grad_cam(index) is None
    nearest = failures.nearest(index)
    assert len(nearest) == 3
    image, label = nearest[0]
    (places,) = np.nonzero((digits.train.images == image).all(axis=(1, 2, 3)))
    assert label in digits.train.labels[places]
    assert failures.nearest(len(digits.test)) == []


def test_it_is_written_once_and_again_for_other_runs(copy):
    path = copy / "failures.npz"
    before = path.stat().st_mtime_ns
    run(copy)
    assert path.stat().st_mtime_ns == before
    run(copy, alternative=STUDY["alternative"][:1])
    assert path.stat().st_mtime_ns > before
    assert found(copy).agreement.networks == 1


def test_a_damaged_one_is_written_anew(copy):
    (copy / "failures.npz").write_bytes(b"PK")
    _, reasons = run(copy)
    assert not reasons
    assert found(copy) is not None


@pytest.mark.usefixtures("undrawn")
def test_its_failure_costs_nothing_and_is_told(copy, monkeypatch):
    def broken(*_):
        raise RuntimeError("no room on the device\nand more")

    (copy / "failures.npz").unlink()
    monkeypatch.setattr(error_analysis, "occlusion_maps", broken)
    result, (reason,) = run(copy)
    assert len(result.finished) == 2
    log = copy / "failures.log"
    assert "RuntimeError: no room on the device" in log.read_text()
    assert "(RuntimeError: no room on the device)" in str(reason)
    assert str(log) in str(reason)
    assert 'id="failures"' not in report(copy).read_text()
    monkeypatch.undo()
    _, reasons = run(copy)
    assert not reasons
    assert not log.exists()
    assert 'id="failures"' in report(copy).read_text()
