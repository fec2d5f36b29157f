"""What a trained model says of its limits: candidates, and pictures unlike all it has learned."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cotejo import Study
from cotejo.cli.app import run as command_line
from cotejo.config import StudyConfig
from cotejo.errors import OutputError
from cotejo.evaluate.conformal import set_quality
from cotejo.evaluate.probes import noise, walls
from cotejo.inference import Classifier
from cotejo.store import RunFile, RunFolder

SMALL = {
    "data": "digits",
    "base": {"model": "cnn3", "epochs": 12, "precision": "float32"},
    "alternative": [{"name": "plain"}],
}


@pytest.fixture(scope="module")
def run(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits") / "study"
    Study(StudyConfig.parse(SMALL)).run(out=folder, dataset=digits)
    return folder / "plain" / "seed-1"


@pytest.fixture(scope="module")
def classifier(run):
    return Classifier.load(run)


def test_candidates_hold_the_truth_as_often_as_asked(classifier, digits):
    labels, chances = digits.test.labels, classifier.probabilities(digits.test.images)
    for coverage in (0.9, 0.95):
        quality = set_quality(labels, classifier.limits.candidates(chances, coverage))
        assert quality.coverage.high > coverage - 0.03
    # So much of it that some classes have to be added.
    sizes = [classifier.limits.candidates(chances, share).sum() for share in (0.9, 0.99)]
    assert sizes[0] <= sizes[1]


def test_noise_and_a_plain_wall_are_unlike_all_it_has_learned(classifier, digits):
    random = np.random.default_rng(3)
    for make in (noise, walls):
        shown = make(digits.test.images[:50], random)
        assert all(answer.unlike for answer in classifier.predict(shown))
    known = classifier.predict(digits.test.images)
    assert np.mean([answer.unlike for answer in known]) < 0.06
    assert all(0 <= answer.unlikeness <= 1 for answer in known)


def test_answers_carry_their_limits(classifier, digits):
    (answer,) = classifier.predict(digits.test.images[:1], coverage=0.999)
    # 0.999 takes more validation images than there are, so nothing is ruled out.
    assert answer.candidates == answer.classes
    (answer,) = classifier.predict(digits.test.images[:1])
    assert answer.candidates[0] == answer.classes[0]
    assert answer.unlike is False
    with pytest.raises(ValueError, match="`coverage` must be between 0 and 1"):
        classifier.predict(digits.test.images[:1], coverage=1)
    assert classifier.predict([]) == []


def test_a_run_of_before_has_no_limits(run, digits, tmp_path):
    moved = shutil.copytree(run, tmp_path / "moved")
    (moved / RunFile.LIMITS).unlink()
    before = Classifier.load(moved)
    assert before.limits is None
    (answer,) = before.predict(digits.test.images[:1])
    assert (answer.candidates, answer.unlike, answer.unlikeness) == (None, None, None)
    assert RunFolder(moved).is_finished


def test_changed_limits_are_damage(run, tmp_path):
    moved = shutil.copytree(run, tmp_path / "moved")
    content = (moved / RunFile.LIMITS).read_bytes()
    (moved / RunFile.LIMITS).write_bytes(content[:-20] + bytes(20))
    assert RunFolder(moved).damage is not None
    with pytest.raises(OutputError, match=r"limits\.npz"):
        Classifier.load(moved)


def test_the_file_is_small(run):
    assert (run / RunFile.LIMITS).stat().st_size < 150_000


def test_a_final_training_says_that_it_does_not_know(digits, tmp_path):
    few = replace(digits, name="few", train=digits.train.take(np.arange(200)))
    folder = tmp_path / "final"
    config = StudyConfig.parse({**SMALL, "base": {"model": "mlp", "epochs": 1}})
    Study(config).run(out=folder, dataset=few, final=True)
    final = Classifier.load(folder / "plain" / "seed-1")
    assert final.limits.candidates(final.probabilities(digits.test.images[:2])) is None
    (answer,) = final.predict(digits.test.images[:1])
    assert (answer.candidates, answer.unlike) == (None, None)


def test_few_validation_images_call_nothing_unlike(digits, tmp_path, capsys):
    few = replace(digits, name="few", valid=digits.valid.take(np.arange(0, 360, 4)))
    config = StudyConfig.parse({**SMALL, "base": {"model": "mlp", "epochs": 1}})
    Study(config).run(out=tmp_path / "few", dataset=few)
    folder = tmp_path / "few" / "plain" / "seed-1"
    shown = noise(digits.test.images[:1], np.random.default_rng(0))
    (answer,) = Classifier.load(folder).predict(shown)
    assert answer.unlike is None
    assert answer.unlikeness > 0.95
    Image.fromarray(shown[0]).save(tmp_path / "noise.png")
    assert command_line(["predict", str(tmp_path / "noise.png"), "--model", str(folder)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "With 90 validation images, fewer than 199, it calls no picture unlike" in said


def test_it_is_said_on_the_command_line(run, digits, tmp_path, capsys):
    paths = [tmp_path / "digit.png", tmp_path / "noise.png"]
    shown = (digits.test.images[0], noise(digits.test.images[:1], np.random.default_rng(0))[0])
    for path, image in zip(paths, shown, strict=True):
        Image.fromarray(image).save(path)
    given = [str(path) for path in paths]
    model = ["--model", str(run), "--coverage", "0.95"]
    assert command_line(["predict", *given, *model]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "unlike anything that the model has learned" in said
    assert command_line(["predict", *given, *model, "--lang", "es"]) == 0
    assert "no se parece a nada de lo que aprendió" in " ".join(capsys.readouterr().out.split())
    assert command_line(["predict", *given, "--model", str(run), "--coverage", "1"]) == 2
    assert "--coverage" in capsys.readouterr().err
