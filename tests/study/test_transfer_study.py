"""A study of pretrained networks, from its file to its report, and the keys of its runs."""

from __future__ import annotations

import numpy as np
import pytest

from cotejo import Study
from cotejo.backend import keras, set_seed
from cotejo.config import StudyConfig
from cotejo.data.dataset import Dataset, Split
from cotejo.errors import ConfigError
from cotejo.inference import Classifier
from cotejo.models import resolve
from cotejo.models.packed import described
from cotejo.store import RunFolder
from cotejo.study.keys import run_keys

NETWORK = {"model": "keras:MobileNetV3Small", "minimalistic": True}
"""One of few layers."""


def part(count, seed):
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % 2).astype(np.int32)
    images = random.integers(0, 156, (count, 20, 20, 3)) + 100 * labels[:, None, None, None]
    return Split(images.astype(np.uint8), labels)


@pytest.fixture(scope="module")
def tiny():
    names = {"en": ("dark", "bright"), "es": ("oscuro", "claro")}
    return Dataset("tiny", part(40, 1), part(40, 2), part(40, 3), names, {"method": "own"}, "made")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "own.weights.h5"
    _save_random(path, 5)
    return path


def _save_random(path, seed):
    set_seed(seed)
    keras.applications.MobileNetV3Small(
        include_top=False, weights=None, input_shape=(32, 32, 3), minimalistic=True
    ).save_weights(path)


def study_of(*tables, **base):
    base = {"epochs": 2, "batch_size": 10, "precision": "float32", **base}
    return {"name": "transfer", "base": base, "alternative": list(tables)}


def key_of(dataset, **settings):
    config = resolve(StudyConfig.parse(study_of({"name": "a", **settings})))
    return run_keys(config, dataset, "tensorflow")["a", 1]


@pytest.mark.usefixtures("undrawn")
def test_a_study_is_trained_reported_and_used(tiny, weights, tmp_path):
    tables = (
        {"name": "head", **NETWORK, "weights": str(weights)},
        {"name": "all", **NETWORK, "weights": str(weights), "unfreeze": 1},
    )
    study = Study(StudyConfig.parse(study_of(*tables)))
    study.run(out=tmp_path / "study", dataset=tiny)
    runs = {name: RunFolder(tmp_path / "study" / name / "seed-1") for name in ("head", "all")}
    assert all(run.is_finished for run in runs.values())
    learned = {name: run.record["model"]["trainable_parameters"] for name, run in runs.items()}
    assert learned["head"] == 576 * 2 + 2
    assert learned["all"] > 100_000
    classifier = Classifier.load(runs["head"].path)
    assert len(classifier.predict(tiny.test.images[:3])) == 3
    for language, word in (
        ("en", "Fine-tuning of the backbone"),
        ("es", "Ajuste fino de la red base"),
    ):
        path = study.report(tmp_path / "study", language=language)
        assert word in path.read_text(encoding="utf-8")


def test_a_key_holds_what_the_weights_are_and_not_where(tiny, weights, tmp_path):
    copy, other = tmp_path / "copy.weights.h5", tmp_path / "other.weights.h5"
    copy.write_bytes(weights.read_bytes())
    _save_random(other, 6)
    own = key_of(tiny, **NETWORK, weights=str(weights))
    assert key_of(tiny, **NETWORK, weights=str(copy)) == own
    others = {
        key_of(tiny, **NETWORK, weights=str(other)),
        key_of(tiny, **NETWORK, weights="none"),
        key_of(tiny, **NETWORK, weights=str(weights), unfreeze=1),
        key_of(tiny, **NETWORK, weights=str(weights), unfreeze=1, unfreeze_rate=0.5),
        key_of(tiny, **NETWORK, weights=str(weights), enlarge_to=40),
    }
    assert len(others) == 5
    assert own not in others


def test_the_key_of_the_shipped_backbone_holds_its_weights(tiny, monkeypatch):
    before = key_of(tiny, model="shipped")
    about = {**described(), "sha256": "0" * 64}
    monkeypatch.setattr("cotejo.models.packed.described", lambda: about)
    assert key_of(tiny, model="shipped") != before


def test_an_unknown_application_is_found_out_before_training(tiny, tmp_path):
    study = Study(StudyConfig.parse(study_of({"name": "a", "model": "keras:MobilNetV2"})))
    with pytest.raises(ConfigError, match=r'alternative "a".*Did you mean "MobileNetV2"'):
        study.run(out=tmp_path / "study", dataset=tiny)
    assert not (tmp_path / "study").exists()
