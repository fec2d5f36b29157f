"""Images that a model has met before are known, however its study split them, and left out."""

import shutil

import numpy as np
import pytest
from PIL import Image

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.data import load
from cotejo.data.folds import folds
from cotejo.elsewhere import evaluate, evaluate_on, load_model, sentences
from cotejo.errors import DataError
from cotejo.evaluate.calibration import fit_temperature
from cotejo.export import quantizing
from cotejo.inference import Classifier
from cotejo.inference.training_images import data_as_studied, training_images
from cotejo.report.words import Words
from cotejo.store.folders import RunFolder
from cotejo.trained.description import check_temperature


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """Digits as pictures in folders."""
    folder = tmp_path_factory.mktemp("own") / "scans"
    digits = load("digits")
    for place in range(240):
        (folder / str(digits.train.labels[place])).mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(digits.train.images[place, ::2, ::2])
        picture.save(folder / str(digits.train.labels[place]) / f"{place}.png")
    return folder


@pytest.fixture(scope="module")
def trained(scans, tmp_path_factory):
    """Return the folder of a run on the pictures whose study has these settings."""

    def train(name, settings, final=False):
        folder = tmp_path_factory.mktemp(name) / "study"
        base = {"model": "mlp", "epochs": 2, "batch_size": 32}
        config = {"data": str(scans), "base": base, **settings, "alternative": [{"name": "mlp"}]}
        Study(StudyConfig.parse(config)).run(out=folder, final=final)
        return folder / "mlp" / "seed-1"

    made = {}

    def once(name):
        settings = {
            "folds": {"folds": 3},
            "seed": {"data": {"path": str(scans), "split_seed": 3}},
            "final": {},
            "plain": {},
        }
        if name not in made:
            made[name] = train(name, settings[name], name == "final")
        return made[name]

    return once


@pytest.mark.parametrize("kind", ["folds", "seed", "final", "plain"])
def test_of_its_own_folder_only_its_test_images_are_taken(kind, trained, scans):
    run = trained(kind)
    result = evaluate(run, scans, calibrate=True)
    own = next(folds(data_as_studied(RunFolder(run)), 1)).dataset
    assert (result.split, len(result.labels)) == ("test", len(own.test))
    assert (result.learned, result.tested) == (0, len(own.test))
    assert result.met_left_out == 240 - len(own.test)
    assert result.is_own_data
    assert result.difference is None
    assert "tested on once before" in sentences.holding_up(result, Words("en"))
    if kind != "folds":
        assert result.accuracy.estimate == pytest.approx(result.model.own.accuracy)
    assert result.recalibration.valid == (kind != "final")
    learned = evaluate(run, scans, split="train")
    assert learned.learned > 0
    assert learned.difference is None
    assert "Careful" in sentences.holding_up(learned, Words("en"))


def test_of_a_mixed_folder_only_the_new_images_are_taken(trained, scans, tmp_path):
    mixed = tmp_path / "mixed"
    shutil.copytree(scans, mixed)
    digits = load("digits")
    for place in range(40):
        picture = Image.fromarray(digits.test.images[place, ::2, ::2])
        picture.save(mixed / str(digits.test.labels[place]) / f"new-{place}.png")
    result = evaluate(trained("folds"), mixed)
    assert len(result.labels) == 40
    assert all("new-" in result.names[place] for place in result.positions)
    assert result.met_left_out == 240
    assert result.difference is not None
    said = " ".join(sentences.verdict(result, Words("es")))
    assert "Se han dejado fuera 240 imágenes" in said
    # Asked for all, it is told what is among them.
    whole = evaluate(trained("folds"), mixed, split="all")
    assert len(whole.labels) == 280
    assert whole.difference is None


def test_what_could_not_be_compared_is_said(trained, scans, tmp_path):
    run = shutil.copytree(trained("plain"), tmp_path / "moved")
    other = tmp_path / "others"
    digits = load("digits")
    for place in range(40):
        (other / str(digits.test.labels[place])).mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(digits.test.images[place, ::2, ::2])
        picture.save(other / str(digits.test.labels[place]) / f"{place}.png")
    result = evaluate(run, other)
    assert not result.is_compared
    assert result.difference is not None
    assert "could not be checked" in " ".join(sentences.verdict(result, Words("en")))
    # A folder of the same name that has changed since may hold what it learned from.
    changed = tmp_path / "scans"
    shutil.copytree(scans, changed)
    next(changed.rglob("*.png")).unlink()
    result = evaluate(run, changed)
    assert result.difference is None
    assert "may have learned" in sentences.holding_up(result, Words("en"))


def test_a_class_that_is_left_out_takes_no_part_in_the_temperature(digits_study):
    model = load_model(digits_study / "mlp" / "seed-1")
    result = evaluate_on(model, load("digits"), classes={"3": ""}, calibrate=True)
    assert result.recalibration.valid
    assert result.recalibration.temperature == pytest.approx(model.classifier.temperature, rel=0.5)
    chances = np.full((2, 3), 1 / 3)
    for wrong in ([], [0, -1], [0, 3]):
        with pytest.raises(ValueError, match="`labels`"):
            fit_temperature(np.array(wrong, int), chances[: len(wrong)])


@pytest.mark.parametrize("before", [0.05, 1.0, 20.0])
@pytest.mark.parametrize("sure", [True, False])
def test_a_new_temperature_is_one_that_is_accepted(before, sure, tmp_path):
    from cotejo.elsewhere.recalibration import recalibrate

    labels = np.arange(40) % 2
    chances = np.where(np.eye(2)[labels] == 1, 0.9, 0.1)
    labels = labels if sure else 1 - labels
    changed = recalibrate(labels, chances, before, (labels, chances))
    assert 0.05 <= round(changed.temperature, 6) <= 20
    check_temperature(changed.temperature, tmp_path, "temperature")


@pytest.mark.parametrize("kind", ["folds", "seed", "final"])
def test_int8_is_calibrated_and_judged_by_the_images_of_the_study(kind, trained, scans):
    run = trained(kind)
    classifier = Classifier.load(run)
    for data in (None, scans):
        train, judged = quantizing._images(classifier, data, None)
        np.testing.assert_array_equal(train.images, training_images(RunFolder(run)).train.images)
        assert set(judged) == {"test"} if kind == "final" else {"valid", "test"}
        learned = {image.tobytes() for image in train.images}
        for split in judged.values():
            assert not learned & {image.tobytes() for image in split.images}


def test_int8_of_other_data_is_refused_and_of_a_file_alone_judged_by_nothing(
    trained, scans, tmp_path
):
    run = trained("plain")
    with pytest.raises(DataError, match="are not those that the model learned from"):
        quantizing._images(Classifier.load(run), "digits", None)
    alone = Classifier.load(shutil.copy(run / "model.keras", tmp_path / "alone.keras"))
    assert quantizing._images(alone, scans, None)[1] == {}
    with pytest.raises(DataError, match="nothing says where they are"):
        quantizing._images(alone, None, None)
    with pytest.raises(DataError, match="does not fit this model"):
        quantizing._images(alone, "digits", None)


def test_of_the_model_that_ships_other_data_is_refused():
    with pytest.raises(DataError, match="are not those that the model learned from"):
        training_images("shipped", "digits")
