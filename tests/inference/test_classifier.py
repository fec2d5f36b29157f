"""Trained models in use: the one that ships, one of a run, and one packed and unpacked."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from cotejo import Study
from cotejo.cli.app import run as command_line
from cotejo.config import StudyConfig
from cotejo.errors import ConfigError, DataError, OutputError
from cotejo.facts import chosen_run, final_runs
from cotejo.inference import Classifier, Prediction, Unreadable
from cotejo.inference.packing import pack
from cotejo.inference.temperature import read_temperature
from cotejo.models.packed import SHIPPED, unpack
from cotejo.report import write_cards
from cotejo.store import write_json

ONE = {
    "name": "tiny",
    "data": "digits",
    "base": {"model": "airbench", "width": 8, "optimizer": "muon", "tta": "flip-shift"},
    "alternative": [
        {"name": "tiny", "epochs": 3, "batch_size": 50, "precision": "float32"},
    ],
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "tiny-final"
    Study(StudyConfig.parse(ONE)).run(out=folder, final=True)
    write_cards(folder)
    return folder


@pytest.fixture(scope="module")
def packed(trained, tmp_path_factory):
    out = tmp_path_factory.mktemp("packed")
    calibration = {"temperature": 0.5, "ece": 0.18, "ece_scaled": 0.01}
    pack(trained, chosen_run(final_runs(trained)), calibration, out)
    return out


@pytest.fixture
def picture(digits, tmp_path):
    path = tmp_path / "digit.png"
    Image.fromarray(digits.test.images[0]).save(path)
    return path


def test_a_run_s_model_says_what_the_run_measured(trained, digits):
    classifier = Classifier.load(trained / "tiny" / "seed-1")
    run = chosen_run(final_runs(trained))
    chances = classifier.probabilities(digits.test.images)
    assert chances.shape == (len(digits.test), 10)
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    # A final training has no images to fit a temperature on.
    np.testing.assert_allclose(chances, run.predictions["test_probabilities"], atol=1e-6)


def test_predictions_are_ranked_and_add_up(trained, digits):
    classifier = Classifier.load(trained / "tiny" / "seed-1")
    for one in classifier.predict(digits.test.images[:5]):
        assert sorted(one.classes) == list(range(10))
        assert list(one.probabilities) == sorted(one.probabilities, reverse=True)
        assert sum(one.probabilities) == pytest.approx(1, abs=1e-5)


def test_a_packed_model_is_half_as_large_and_says_nearly_the_same(trained, packed, digits):
    network, about = unpack(packed)
    whole = Classifier.load(trained / "tiny" / "seed-1")
    images = digits.test.images[:100]
    said, meant = (one.predict_on_batch(images) for one in (network, whole.network))
    np.testing.assert_allclose(said, meant, atol=0.05)
    assert (said.argmax(axis=1) == meant.argmax(axis=1)).mean() > 0.95
    assert {layer.dtype_policy.name for layer in network.layers} == {"float32"}
    assert about["temperature"] == 0.5
    assert about["classes"]["en"] == list(digits.class_names["en"])
    card = (packed / "card.es.md").read_text()
    assert card.startswith("# Ficha del modelo")
    assert "se dividen entre 0,5" in card
    assert "pasó de 18,0 a 1,0 puntos" in card
    weights = (packed / "model.weights.h5").stat().st_size
    assert weights < (trained / "tiny" / "seed-1" / "model.keras").stat().st_size


def test_a_packed_model_that_was_changed_is_refused(packed, tmp_path):
    for path in packed.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = tmp_path / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(OutputError, match="is not the file that was packed"):
        unpack(tmp_path)
    with pytest.raises(OutputError, match="this installation is incomplete"):
        unpack(tmp_path / "nowhere")


def test_a_run_is_found_from_within_its_folder(trained, monkeypatch):
    monkeypatch.chdir(trained / "tiny")
    assert Classifier.load("seed-1").name == "tiny, seed 1"


def test_no_images_have_no_predictions(trained, digits):
    classifier = Classifier.load(trained / "tiny" / "seed-1")
    assert classifier.probabilities(digits.test.images[:0]).shape == (0, 10)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(OutputError, match="is no model: expected the folder of a finished run"):
        Classifier.load(tmp_path)


def test_the_model_that_ships_is_small_and_knows_its_classes(capsys, tmp_path):
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 5_000_000
    classifier = Classifier.load()
    assert classifier.image_shape == (32, 32, 3)
    assert classifier.class_names["es"][3] == "gato"
    cards = [(SHIPPED / f"card.{language}.md").read_text() for language in ("en", "es")]
    about = json.loads((SHIPPED / "model.json").read_text())
    assert f"{100 * about['test_accuracy']:.2f}%" in cards[0]
    assert f"{100 * about['test_accuracy']:.2f}".replace(".", ",") in cards[1]


def test_the_model_that_ships_reaches_what_its_card_says(cifar10):
    about = json.loads((SHIPPED / "model.json").read_text())
    images, labels = cifar10.test.images[:1000], cifar10.test.labels[:1000]
    chances = Classifier.load().probabilities(images)
    accuracy = (chances.argmax(axis=1) == labels).mean()
    # A thousand of the ten: within three standard errors.
    assert abs(accuracy - about["test_accuracy"]) < 0.023
    assert (chances.max(axis=1).mean() - accuracy) ** 2 < 0.03**2


def test_predict_on_the_command_line(picture, trained, capsys):
    model = str(trained / "tiny" / "seed-1")
    assert command_line(["predict", str(picture), "--model", model, "--lang", "es"]) == 0
    shown = capsys.readouterr().out
    assert "probabilidad" in shown
    assert "que solo conoce estas clases: 0, 1, 2" in " ".join(shown.split())
    # A long path wraps.
    assert "digit.png" in "".join(shown.split())
    assert command_line(["predict", str(picture), "--model", model, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert set(row["probabilities"]) == set("0123456789")
    assert row["class"] in row["probabilities"]


@pytest.fixture
def model(trained):
    return str(trained / "tiny" / "seed-1")


def test_a_bad_picture_costs_no_other_its_answer(picture, tmp_path, model):
    classifier = Classifier.load(model)
    paths = [str(picture), tmp_path / "no.png", picture, tmp_path]
    first, missing, again, folder = classifier.predict_files(paths)
    assert isinstance(first, Prediction)
    (alone,) = classifier.predict_files(picture)
    assert first == again
    assert first.classes == alone.classes
    assert isinstance(missing, Unreadable)
    assert (missing.path, missing.error.key) == (paths[1], "picture_missing")
    assert folder.error.key == "picture_folder"
    assert classifier.predict_files([]) == []
    assert all(isinstance(one, Unreadable) for one in classifier.predict_files([tmp_path]))


def test_bad_pictures_are_told_of_after_the_answers(picture, tmp_path, model, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)  # whoever sets it has names broken
    bad = tmp_path / "no.png"
    assert command_line(["predict", str(bad), str(picture), "--model", model]) == 1
    shown = capsys.readouterr()
    assert "digit.png" in shown.out
    assert "no.png" not in shown.out
    assert shown.err.count("\n") == 1
    assert "there is no such file" in shown.err
    assert command_line(["predict", str(bad), str(picture), "--model", model, "--json"]) == 1
    unread, read = map(json.loads, capsys.readouterr().out.splitlines())
    assert unread == {"image": str(bad), "error": f"{bad}: there is no such file."}
    assert "class" in read


def test_predict_refuses_what_is_no_picture(tmp_path, model, capsys):
    assert command_line(["predict", str(tmp_path / "no.png"), "--model", model]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("top", ["0", "-1"])
def test_no_class_at_all_is_no_answer(picture, top, capsys):
    assert command_line(["predict", str(picture), "--top", top]) == 2
    assert f"--top must be 1 or more; received {top}." in capsys.readouterr().err


def test_names_of_files_are_written_out_in_json(tmp_path, model, capsys):
    bad = tmp_path / "a\x1b[2J\x9b\udcff.png"
    assert command_line(["predict", str(bad), "--model", model, "--json"]) == 2
    written = capsys.readouterr().out
    assert written.isascii() or not set(written) & {"\x1b", "\x9b", "\udcff"}
    assert json.loads(written)["image"] == str(bad)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda images: images / 255, r"np\.rint\(255"),
        (lambda images: images / 255 * np.nan, "must be uint8"),
        (lambda images: images.astype(int), "must be uint8"),
        (lambda images: images[0], r"images\[np\.newaxis\]"),
        (lambda images: images[..., 0], "which this model takes"),
        (lambda images: images[:, :28, :28], r"\['n', 32, 32, 3\]"),
        (lambda images: np.moveaxis(images, -1, 1), "moveaxis"),
        (lambda images: images.reshape(len(images), -1), "Reshape"),
        (lambda images: "images", r"shape \[n, height, width, channels\]"),
    ],
)
def test_arrays_that_a_model_can_t_take_are_refused(change, said, digits, model):
    classifier = Classifier.load(model)
    for ask in (classifier.predict, classifier.probabilities):
        with pytest.raises(DataError, match=said) as caught:
            ask(change(digits.test.images[:4]))
        assert "\n" not in str(caught.value)
    assert classifier.predict([]) == []


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), 1000.0, "2"])
def test_a_temperature_is_a_number_that_logits_can_be_divided_by(wrong):
    with pytest.raises(ConfigError, match="a temperature is a number from"):
        Classifier.load().with_temperature(wrong)


def test_a_temperature_of_another_model_is_refused(tmp_path):
    shipped = Classifier.load()
    path = tmp_path / "temperature.json"
    content = {"kind": "temperature", "temperature": 1.5, "model": shipped.name, "key": None}
    write_json(path, content)
    assert read_temperature(str(path), shipped) == 1.5
    assert read_temperature("1.5", shipped) == 1.5
    write_json(path, {**content, "model": "another, seed 1", "key": "0" * 64})
    with pytest.raises(ConfigError, match=r"is the temperature of another, seed 1.*1\.5"):
        read_temperature(str(path), shipped)
    assert command_line_refuses(["--temperature", str(path)])


def command_line_refuses(options):
    return command_line(["predict", "nowhere.png", *options]) == 2


def test_two_files_of_one_name_are_refused(tmp_path, capsys):
    path = str(tmp_path / "out")
    assert command_line_refuses(["--csv", path, "--parquet", path])
    assert "one would replace the other" in capsys.readouterr().err
