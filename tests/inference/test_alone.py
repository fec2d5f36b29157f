"""A model on its own: its folder moved away, its file in float32, its description damaged."""

from __future__ import annotations

import json
import shutil
import zipfile

import numpy as np
import pytest

from cotejo.backend import keras
from cotejo.cli.app import run as command_line
from cotejo.errors import OutputError
from cotejo.inference import Classifier
from cotejo.messages import use_language
from cotejo.models import build_model
from cotejo.models.portable import load_portable, load_trained, precisions
from cotejo.store import RunFolder, described_content, read_json, write_json
from cotejo.train import predict_logits, softmax


@pytest.fixture
def alone(own_study, tmp_path):
    """The folder of a run, moved out of its study."""
    return shutil.copytree(own_study / "small" / "seed-1", tmp_path / "moved")


def rewritten(folder, name, field, value):
    """Change a field of a file as someone who knows the format would, seals and all."""
    content = part = read_json(folder / name)
    *tables, last = field.split(".")
    for table in tables:
        part = part[table]
    if value is None:
        del part[last]
    else:
        part[last] = value
    write_json(folder / name, content)
    if name != "run.json":
        record = read_json(folder / "run.json")
        record["files"][name] = described_content((folder / name).read_bytes())
        write_json(folder / "run.json", record)


def test_a_model_travels_alone(own_study, own_data, alone, capsys):
    images = own_data.test.images
    at_home = Classifier.load(own_study / "small" / "seed-1").probabilities(images)
    for path in (alone, alone / "model.keras", str(alone)):
        classifier = Classifier.load(path)
        np.testing.assert_array_equal(classifier.probabilities(images), at_home)
    assert classifier.class_names["es"] == ("zero", "one", "two")
    assert classifier.image_shape == (16, 16, 1)
    assert classifier.temperature == RunFolder(alone).metrics["test"]["calibration"]["temperature"]
    for name in ("history.csv", "log.txt", "mistakes.npz", "predictions.npz"):
        (alone / name).unlink()
    np.testing.assert_array_equal(Classifier.load(alone).probabilities(images), at_home)


def test_its_file_computes_in_float32_and_the_run_as_it_was_trained(alone, own_data):
    with zipfile.ZipFile(alone / "model.keras") as archive:
        assert b"bfloat16" not in archive.read("config.json")
    run = RunFolder(alone)
    trained = load_trained(run)
    assert precisions(trained)["convolution"] == "bfloat16"
    assert precisions(trained)["logits"] == "float32"
    assert set(precisions(load_portable(run.model)).values()) == {"float32"}
    # Bit for bit what was measured: the flipped views of the least sure are looked at, too.
    network = keras.Model(trained.input, trained.layers[-1].input)
    margin = run.record["views_margin"]
    logits = predict_logits(network, own_data.test.images, tta="flip", margin=margin)
    measured = softmax(logits)
    np.testing.assert_array_equal(measured, run.predictions["test_probabilities"])


def test_a_file_of_before_has_its_precision_in_it(alone, own_data):
    """Runs of before have no precisions in their record, and a bfloat16 network in their file."""
    trained = load_trained(RunFolder(alone))
    trained.save(alone / "model.keras")
    record = read_json(alone / "run.json")
    for layer in record["model"]["layers"]:
        del layer["precision"]
    record["files"]["model.keras"] = described_content((alone / "model.keras").read_bytes())
    write_json(alone / "run.json", record)
    again = load_trained(RunFolder(alone))
    assert precisions(again) == precisions(trained)
    images = own_data.test.images[:20]
    same = (one.predict_on_batch(images) for one in (trained, again))
    np.testing.assert_array_equal(*same)


def test_a_run_of_before_has_its_class_names_in_its_study(own_study, alone, tmp_path):
    rewritten(alone, "run.json", "dataset.class_names", None)
    with pytest.raises(OutputError, match=r"does not say the names of its classes.*data\.json"):
        Classifier.load(alone)
    home = tmp_path / "study" / "small"
    home.mkdir(parents=True)
    shutil.copy(own_study / "data.json", home.parent)
    shutil.copytree(alone, home / "seed-1")
    assert Classifier.load(home / "seed-1").class_names["en"] == ("zero", "one", "two")


def test_a_language_that_a_run_does_not_know_has_the_english_class_names(alone):
    rewritten(alone, "run.json", "dataset.class_names", {"en": ["zero", "one", "two"]})
    assert Classifier.load(alone).class_names["es"] == ("zero", "one", "two")


TEMPERATURE = "test.calibration.temperature"
NAMES = "dataset.class_names"
DAMAGED = [
    ("metrics.json", TEMPERATURE, 0),
    ("metrics.json", TEMPERATURE, -1),
    ("metrics.json", TEMPERATURE, 1e300),
    ("metrics.json", TEMPERATURE, "1"),
    ("metrics.json", TEMPERATURE, True),
    ("run.json", NAMES, {"en": ["zero", "one"], "es": ["zero", "one"]}),
    ("run.json", NAMES, {"en": ["zero", "one", "two"], "es": ["zero", "one"]}),
    ("run.json", NAMES, {"es": ["zero", "one", "two"]}),
    ("run.json", NAMES, {"en": [0, 1, 2], "es": [0, 1, 2]}),
    ("run.json", NAMES, "zero, one, two"),
    ("run.json", NAMES, {"en": [], "es": []}),
    ("run.json", "settings.tta", "sideways"),
    ("run.json", "settings.tta", 3),
    ("run.json", "settings", []),
    ("run.json", "dataset", []),
    ("run.json", "status", "failed"),
    ("run.json", "status", "done"),
    ("run.json", "model.layers", [{"name": "x", "type": "y", "parameters": 0, "precision": "z"}]),
]


@pytest.mark.parametrize(("name", "field", "value"), DAMAGED)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_damaged_description_is_one_line(alone, name, field, value, language, capsys):
    rewritten(alone, name, field, value)
    use_language(language)
    with pytest.raises(OutputError) as caught:
        Classifier.load(alone)
    assert "\n" not in str(caught.value)


def test_not_a_number_is_no_temperature(alone):
    path = alone / "metrics.json"
    text = path.read_text()
    path.write_text(text.replace('"temperature": ', '"temperature": NaN, "was": '))
    with pytest.raises(OutputError):
        Classifier.load(alone)


def test_a_model_of_others_is_refused(alone, tmp_path):
    network = build_model("mlp", (16, 16, 1), 3)
    rows = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Softmax()])
    for model in (network, rows):
        model.save(tmp_path / "other.keras")
        shutil.copy(tmp_path / "other.keras", alone / "model.keras")
        with pytest.raises(OutputError, match="is not the file that was written"):
            Classifier.load(alone)
        # Though its checksum be made to fit.
        record = read_json(alone / "run.json")
        record["files"]["model.keras"] = described_content((alone / "model.keras").read_bytes())
        write_json(alone / "run.json", record)
        with pytest.raises(OutputError, match="no model that Cotejo saved"):
            Classifier.load(alone)


def test_a_byte_of_the_weights_that_changed_is_found(own_study, tmp_path):
    content = bytearray((own_study / "small" / "seed-1" / "model.keras").read_bytes())
    path = tmp_path / "model.keras"
    for place in np.random.default_rng(0).integers(200, len(content) - 200, 8):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(OutputError, match="is damaged"):
            load_portable(path)


def test_a_file_that_unpacks_to_far_more_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps({}))
        archive.writestr("model.weights.h5", bytes(20_000_000))
    with pytest.raises(OutputError, match="is damaged"):
        load_portable(path)


def test_a_model_alone_is_used_on_the_command_line(alone, own_data, tmp_path, capsys):
    from PIL import Image

    Image.fromarray(own_data.test.images[0, ..., 0]).save(tmp_path / "a.png")
    model = str(alone / "model.keras")
    assert command_line(["predict", str(tmp_path / "a.png"), "--model", model]) == 0
    assert "small, seed 1" in capsys.readouterr().out
