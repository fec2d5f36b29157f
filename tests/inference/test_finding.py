"""Which model is meant: a run, the best of a study, a file moved out of its folder, a name."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from cotejo import Study
from cotejo.cli.app import run as command_line
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.facts import best_alternative, gather
from cotejo.inference import Classifier
from cotejo.inference.finding import find_model
from cotejo.models.notes import read_note, with_note
from cotejo.models.portable import load_portable
from cotejo.store.model_words import is_model


def test_the_model_that_ships_has_a_name():
    assert find_model() is None
    assert find_model("shipped") is None


def test_a_study_means_the_run_that_its_report_shows_of_the_best(small_study):
    best = best_alternative(gather(small_study))
    assert find_model(small_study).path == best.representative.path
    assert Classifier.load(small_study).name.startswith(best.name)


def test_a_final_training_means_the_run_that_it_keeps(tmp_path, digits):
    config = {
        "data": "digits",
        "seeds": 2,
        "alternative": [{"name": "only", "model": "mlp", "epochs": 1}],
    }
    Study(StudyConfig.parse(config)).run(out=tmp_path / "final", final=True)
    assert find_model(tmp_path / "final").path == tmp_path / "final" / "only" / "seed-1"


def test_a_model_moved_alone_says_what_its_run_measured(own_study, own_data, tmp_path):
    run = own_study / "small" / "seed-1"
    alone = shutil.copy(run / "model.keras", tmp_path / "best.keras")
    home, away = Classifier.load(run), Classifier.load(alone)
    images = own_data.test.images
    np.testing.assert_array_equal(home.probabilities(images), away.probabilities(images))
    for name in ("class_names", "views", "temperature", "name", "fit", "margin", "image_shape"):
        assert getattr(home, name) == getattr(away, name), name
    under_its_name = shutil.copy(alone, tmp_path / "model.keras")
    assert Classifier.load(under_its_name).name == home.name


def test_the_model_s_file_is_still_one_of_keras_s(own_study):
    model = load_portable(own_study / "small" / "seed-1" / "model.keras")
    assert model.output.shape == (None, 3)


def test_a_network_without_a_note_says_what_is_missing(own_study, tmp_path):
    path = tmp_path / "old.keras"
    load_portable(own_study / "small" / "seed-1" / "model.keras").save(path)
    assert read_note(path) is None
    with pytest.raises(OutputError, match=r"temperature, its views .* run\.json and metrics\.json"):
        Classifier.load(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", 0),
        ("views", "sideways"),
        ("views_margin", -1),
        ("views_margin", "2"),
        ("fit", "squeeze"),
        ("class_names", {"en": ["a", "b"]}),
        ("class_names", ["a", "b", "c"]),
        ("precisions", {"logits": "float8"}),
        ("precisions", None),
    ],
)
def test_a_note_that_no_run_writes_is_one_line(own_study, tmp_path, field, value):
    path = tmp_path / "changed.keras"
    source = own_study / "small" / "seed-1" / "model.keras"
    note = read_note(source)
    load_portable(source).save(path)
    path.write_bytes(with_note(path.read_bytes(), {**note, field: value}))
    with pytest.raises(OutputError) as caught:
        Classifier.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shiped", 'Did you mean "shipped"'),
        ("nowhere", "is no model: expected"),
        ("nowhere.keras", "is no model: expected"),
        ("a\0b", "is no model: expected"),
        ("a" * 5000, "is no model: expected"),
        (".", "is no model: expected"),
    ],
)
def test_what_is_no_model_is_refused(name, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=said):
        Classifier.load(name)


def test_words_of_a_command_that_mean_a_model(small_study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    assert all(
        map(
            is_model,
            ["shipped", "x.keras", str(small_study), str(small_study / "plain" / "seed-1")],
        )
    )
    assert not any(
        map(is_model, ["photos", "./shipped", "cat.png", "-", "*.png", "a\0", "a" * 5000])
    )


def test_a_model_without_pictures_is_a_slip(capsys):
    assert command_line(["predict", "shipped"]) == 2
    assert "no picture to look at, only the model shipped" in capsys.readouterr().err
