"""The contract of `predict`: from files, it gives the probabilities that the training measured.

Each run's own test images go through files, the command's way, and are compared with what the run
kept in ``predictions.npz``: to 1e-6, on every file, and one at a time as well as all together.
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cotejo import Study
from cotejo.config import StudyConfig
from cotejo.data import load
from cotejo.inference import Classifier, Prediction
from cotejo.store import RunFolder
from cotejo.train import is_unsure, softmax

CLOSE = 1e-6


def chances(answers, classes):
    """Return probabilities ``[n, classes]`` in label order."""
    table = np.zeros((len(answers), classes), np.float32)
    for row, answer in zip(table, answers, strict=True):
        assert isinstance(answer, Prediction), answer
        row[list(answer.classes)] = answer.probabilities
    return table


def measured_of(run):
    """Return the run's own probabilities on test, divided by the temperature as in use."""
    kept = run.predictions["test_probabilities"].astype(np.float64)
    return softmax(np.log(kept) / run.metrics["test"]["calibration"]["temperature"])


def train(folder, data, **settings):
    base = {"model": "cnn2", "epochs": 1, **settings}
    config = StudyConfig.parse({"data": data, "alternative": [{"name": "only", **base}]})
    Study(config).run(out=folder)
    return RunFolder(folder / "only" / "seed-1")


@pytest.fixture(scope="module", params=["none", "flip", "flip-shift"])
def of_digits(request, tmp_path_factory):
    return train(tmp_path_factory.mktemp("digits") / "study", "digits", tta=request.param)


def test_on_digits(of_digits, digits, tmp_path):
    paths = []
    for number, image in enumerate(digits.test.images):
        paths.append(tmp_path / f"{number}.png")
        Image.fromarray(image).save(paths[-1])
    measured = measured_of(of_digits)
    classifier = Classifier.load(of_digits.path)
    answers = [answer for _, answer in classifier.predict_stream(paths)]
    np.testing.assert_allclose(chances(answers, 10), measured, rtol=0, atol=CLOSE)
    classifier.temperature = 1.0
    plain = [answer for _, answer in classifier.predict_stream(paths)]
    kept = of_digits.predictions["test_probabilities"]
    np.testing.assert_allclose(chances(plain, 10), kept, rtol=0, atol=CLOSE)


def test_the_margin_is_that_of_a_quarter_of_the_validation_images(of_digits, digits):
    network, margin = Classifier.load(of_digits.path).network, of_digits.record.get("views_margin")
    if of_digits.record["settings"]["tta"] == "none":
        assert margin is None
        return
    assert is_unsure(network, digits.valid.images, margin).sum() == np.ceil(len(digits.valid) / 4)
    # So the temperature is fitted on the very answers that the model gives.
    kept = of_digits.predictions["valid_probabilities"]
    logits = Classifier.load(of_digits.path).logits(digits.valid.images)
    np.testing.assert_allclose(softmax(logits), kept, rtol=0, atol=CLOSE)


def test_one_at_a_time_is_as_all_together(of_digits, digits, tmp_path):
    measured, classifier = measured_of(of_digits), Classifier.load(of_digits.path)
    for number in (0, 7, 100):
        path = tmp_path / "alone.png"
        Image.fromarray(digits.test.images[number]).save(path)
        (alone,) = classifier.predict_files(path)
        np.testing.assert_allclose(chances([alone], 10)[0], measured[number], rtol=0, atol=CLOSE)


KINDS = {"colour": (48, 30, 3), "grey": (30, 44), "square": (24, 24, 3)}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Folders of PNGs of two classes, light and dark: one of each kind of picture."""
    generator = np.random.default_rng(0)
    top = tmp_path_factory.mktemp("photographs")
    for kind, shape in KINDS.items():
        for label, light in (("dark", 60), ("light", 190)):
            folder = top / kind / label
            folder.mkdir(parents=True)
            for number in range(30):
                noise = generator.normal(light, 60, shape).clip(0, 255).astype(np.uint8)
                Image.fromarray(noise).save(folder / f"{number}.png")
    return top


@pytest.mark.parametrize(
    ("kind", "fit", "precision"),
    [
        ("colour", "crop", "float32"),
        ("colour", "pad", "bfloat16"),
        ("colour", "stretch", "float32"),
        ("grey", "pad", "float32"),
        ("grey", "crop", "float32"),
        ("square", "pad", "bfloat16"),
    ],
)
def test_on_a_folder_of_pngs(kind, fit, precision, photographs, tmp_path):
    about = {"path": str(photographs / kind), "image_size": 20, "fit": fit}
    run = train(tmp_path / "study", about, tta="flip", precision=precision, batch_size=16)
    images = {"image_size": 20, "fit": fit}
    test = load_own(photographs / kind, images).test
    classifier = Classifier.load(run.path)
    assert classifier.fit == fit
    assert classifier.image_shape[2] == (1 if kind == "grey" else 3)
    paths = [photographs / kind / name for name in test.names]
    answers = classifier.predict_files(paths)
    np.testing.assert_allclose(chances(answers, 2), measured_of(run), rtol=0, atol=CLOSE)


def load_own(path, images):
    from cotejo.config.own_images import OwnImages

    return load(path, images=OwnImages(**images))
