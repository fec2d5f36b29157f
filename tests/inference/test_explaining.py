"""A model's answers explained: in Python, on the command line, and by its training images."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics.pairwise import cosine_similarity

from cotejo.cli.app import run as command_line
from cotejo.cli.explaining import targets
from cotejo.data.cutting import first_images
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError, DataError
from cotejo.inference import Classifier
from cotejo.inference.explaining import class_named, explanations
from cotejo.inference.training_images import training_images
from cotejo.store import RunFolder
from cotejo.trained.features import features_of
from cotejo.trained.learned import learned_images


@pytest.fixture(scope="module")
def folder(small_study):
    return small_study / "plain" / "seed-1"


@pytest.fixture(scope="module")
def classifier(folder):
    return Classifier.load(folder)


@pytest.fixture
def pictures(digits, tmp_path):
    """A digit, the same in a wide picture, and what is no picture."""
    image = Image.fromarray(digits.test.images[0])
    image.save(tmp_path / "digit.png")
    wide = Image.new("RGB", (600, 300), "white")
    wide.paste(image.resize((300, 300)), (150, 0))
    wide.save(tmp_path / "wide.jpg")
    (tmp_path / "text.png").write_text("no picture")
    return tmp_path


def test_the_likeliest_class_is_explained_unless_another_is_asked_for(classifier, digits):
    images = digits.test.images[:3]
    likeliest = classifier.probabilities(images).argmax(axis=1)
    maps = classifier.explain(images)
    assert maps.shape == (3, 32, 32)
    assert maps.dtype == np.float32
    np.testing.assert_array_equal(maps, classifier.explain(images, likeliest))
    same = classifier.explain(images[:1], 4)
    np.testing.assert_allclose(same, classifier.explain(images, [4, 0, 1])[:1], atol=1e-6)
    assert classifier.explain(images[:0]).shape == (0, 32, 32)


@pytest.mark.parametrize(
    ("classes", "method", "said"),
    [
        ([1, 2], "grad-cam", "3 images"),
        ([0, 1, 10], "grad-cam", "0 to 9; received 10"),
        (0.5, "grad-cam", "3 images"),
        (0, "gradcam", 'Did you mean "grad-cam"'),
    ],
)
def test_what_can_not_be_explained_is_refused(classifier, digits, classes, method, said):
    with pytest.raises(ConfigError, match=said):
        classifier.explain(digits.test.images[:3], classes, method)


def test_neighbours_are_those_of_the_nearest_features(classifier, digits):
    images = digits.test.images[:4]
    found = classifier.nearest(images, 3)
    likeness = cosine_similarity(
        features_of(classifier.network, images),
        features_of(classifier.network, digits.train.images),
    )
    wanted = np.sort(likeness, axis=1)[:, :-4:-1]
    np.testing.assert_allclose(found.likeness, wanted, rtol=1e-5)
    np.testing.assert_array_equal(found.images[2, 1], digits.train.images[found.indices[2, 1]])
    np.testing.assert_array_equal(found.labels, digits.train.labels[found.indices])
    # A training image is the nearest to itself.
    own = classifier.nearest(digits.train.images[7:9], 1)
    np.testing.assert_allclose(own.likeness, 1, rtol=1e-5)
    with pytest.raises(ConfigError, match="1 or more; received 0"):
        classifier.nearest(images, 0)


def test_training_images_are_found_where_the_study_found_them(folder, digits, tmp_path):
    run = RunFolder(folder)
    np.testing.assert_array_equal(training_images(run).train.images, digits.train.images)
    quick = {**run.record, "quick": True}
    assert len(learned_images(first_images(digits), quick)) == len(digits.train)
    part = {**run.record, "settings": {**run.record["settings"], "train_fraction": 0.5}}
    assert len(learned_images(digits, part)) < 0.52 * len(digits.train)


def test_of_data_that_is_elsewhere_it_is_said_how_to_name_it(own_study, tmp_path):
    run = RunFolder(own_study / "small" / "seed-1")
    with pytest.raises(DataError, match="--data"):
        training_images(run)
    with pytest.raises(DataError, match="are not those that the model learned from"):
        training_images(run, "digits")
    moved = RunFolder(shutil.copytree(run.path, tmp_path / "moved"))
    with pytest.raises(DataError, match=r"training images \(own-digits\)"):
        training_images(moved)


def test_data_in_memory_has_neighbours_too(own_study, own_data):
    classifier = Classifier.load(own_study / "small" / "seed-1")
    found = classifier.nearest(own_data.test.images[:2], 2, own_data)
    assert found.images.shape == (2, 2, 16, 16, 1)
    # Its network computes in bfloat16 and looks at mirrored images as well.
    assert classifier.explain(own_data.test.images[:2]).shape == (2, 16, 16)


def test_a_class_is_known_by_its_name_in_any_language():
    names = [["cat", "dog"], ["gato", "perro"]]
    assert [class_named(name, names) for name in ("dog", "GATO")] == [1, 0]
    with pytest.raises(ConfigError, match='Did you mean "perro"'):
        class_named("pero", names)


def test_sheets_lie_beside_no_picture(tmp_path):
    picture = tmp_path / "a-explained.png"
    (found,) = targets([picture], tmp_path)
    assert found[1].name == "a-explained-explained.png"
    twice = targets([tmp_path / "a.png", picture, tmp_path / "a.jpg"], tmp_path)
    assert [path.name for _, path in twice] == [
        "a-explained-2.png",
        "a-explained-explained.png",
        "a-explained-3.png",
    ]
    with pytest.raises(ConfigError, match="the picture itself"):
        targets([picture], picture)
    with pytest.raises(ConfigError, match="--out FOLDER"):
        targets([picture, picture], tmp_path / "one.png")


def test_both_maps_of_a_picture_are_those_of_each_class(classifier, pictures):
    (found,) = explanations(classifier, [pictures / "digit.png"], "occlusion")
    assert len(set(found.classes)) == 2
    for label, at in zip(found.classes, found.maps, strict=True):
        alone = classifier.explain(found.seen[np.newaxis], label, "occlusion")[0]
        np.testing.assert_allclose(at.heat, alone, atol=1e-5)
        assert at.is_whole


def test_explain_on_the_command_line(folder, pictures, capsys):
    files = [str(pictures / name) for name in ("digit.png", "text.png", "wide.jpg")]
    out = str(pictures / "out")
    asked = ["explain", str(folder), *files, "--out", out, "--nearest", "2", "--class", "3"]
    assert command_line([*asked, "--json"]) == 1
    first, second, third = json.loads(capsys.readouterr().out)
    assert "error" in second
    assert set(first["probabilities"]) == set("0123456789")
    assert [row["class"] for row in first["nearest"]]
    assert third["explained_classes"][-1] == "3" or third["class"] == "3"
    with Image.open(first["explained_in"]) as sheet:
        assert sheet.width > 900
    with Image.open(third["explained_in"]) as sheet:
        assert sheet.width > 1800
    assert command_line([*asked[:3], "--lang", "es", "--out", f"{out}/una.png"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "probabilidad además" in shown
    assert "no si es correcta" in shown
    assert (pictures / "out" / "una.png").is_file()


def test_a_picture_unlike_anything_learned_is_said_to_be_so(tmp_path, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    for name in ("a", "b"):
        Image.fromarray(noise).save(tmp_path / f"{name}.png")
    pictures = [str(tmp_path / f"{name}.png") for name in ("a", "b")]
    asked = ["explain", *pictures, "--nearest", "0", "--out", str(tmp_path / "out")]
    assert command_line([*asked, "--json"]) == 0
    shown = capsys.readouterr()
    assert all(row["unlike"] for row in json.loads(shown.out))
    # Not on a terminal, plain lines tell how far it is.
    assert shown.err == "Pictures explained: 1 of 2\nPictures explained: 2 of 2\n"
    assert command_line([*asked, "--lang", "es"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "2 imágenes no se parecen a nada de lo que aprendió el modelo" in said


def test_folders_and_patterns_of_pictures_are_explained(small_study, pictures, capsys):
    (pictures / "text.png").unlink()
    asked = ["--out", str(pictures / "out"), "--nearest", "0", "--json"]
    # Twice: the sheets of before, which lie in the folder, are no pictures to explain.
    for _ in range(2):
        # A study's folder is its best alternative.
        assert command_line(["explain", str(small_study), str(pictures), *asked]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert sorted(Path(row["image"]).name for row in rows) == ["digit.png", "wide.jpg"]
    assert command_line(["explain", str(small_study), str(pictures / "*.png"), *asked]) == 0
    assert [row["image"] for row in json.loads(capsys.readouterr().out)] == [
        str(pictures / "digit.png")
    ]
    (pictures / "empty").mkdir()
    assert command_line(["explain", str(small_study), str(pictures / "empty")]) == 2
    assert "there is no picture in" in capsys.readouterr().err


def test_of_a_file_alone_the_training_images_have_to_be_named(folder, digits, tmp_path):
    alone = Classifier.load(shutil.copy(folder / "model.keras", tmp_path / "alone.keras"))
    with pytest.raises(DataError, match="of a file alone it is not known"):
        alone.nearest(digits.test.images[:2])
    found = alone.nearest(digits.test.images[:2], 3, "digits")
    expected = Classifier.load(folder).nearest(digits.test.images[:2], 3)
    np.testing.assert_array_equal(found.indices, expected.indices)
    with pytest.raises(DataError, match="another shape"):
        alone.nearest(digits.test.images[:2], 3, small(digits))


def small(dataset):
    splits = {name: getattr(dataset, name) for name in ("train", "valid", "test")}
    return replace(
        dataset,
        **{name: Split(each.images[:, ::2, ::2], each.labels) for name, each in splits.items()},
    )


def test_without_the_training_images_the_rest_is_shown(own_study, pictures, capsys):
    model, picture = str(own_study / "small" / "seed-1"), str(pictures / "digit.png")
    out = str(pictures / "one.png")
    assert command_line(["explain", model, picture, "--out", out]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--data" in said
    assert (pictures / "one.png").is_file()
    assert command_line(["explain", model, picture, "--data", "digits", "--out", out]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "magic"], "the methods are: grad-cam, occlusion, integrated-gradients"),
        (["--class", "seventeen"], 'no class "seventeen"'),
        (["--nearest", "-1"], "--nearest"),
    ],
)
def test_a_wrong_request_is_refused_in_a_line(arguments, said, folder, pictures, capsys):
    picture = str(pictures / "digit.png")
    assert command_line(["explain", str(folder), picture, *arguments]) == 2
    assert said in capsys.readouterr().err
    assert command_line(["explain", str(folder)]) == 2
    assert "there is no picture to look at" in capsys.readouterr().err


def test_data_in_python_has_to_be_what_the_model_learned_from(folder, digits, own_data, tmp_path):
    run, shown = Classifier.load(folder), digits.test.images[:2]
    others = replace(digits, train=digits.train.take(np.arange(500)))
    for classifier in (run, Classifier.load()):
        with pytest.raises(DataError, match="are not those that the model learned from"):
            classifier.nearest(shown, 2, others)
    # Of a file alone the images are believed, if they can be its own.
    alone = Classifier.load(shutil.copy(folder / "model.keras", tmp_path / "alone.keras"))
    with pytest.raises(DataError, match="a file alone"):
        alone.nearest(shown, 2)
    assert alone.nearest(shown, 2, digits).indices.shape == (2, 2)
    with pytest.raises(DataError, match="another shape"):
        alone.nearest(shown, 2, own_data)
    names = {"en": tuple("abcdefghij"), "es": tuple("abcdefghij")}
    with pytest.raises(DataError, match="are not those that the model learned from"):
        alone.nearest(shown, 2, replace(digits, class_names=names))


def test_an_image_that_the_model_is_sure_of_is_explained_as_it_is(folder, digits):
    plain = Classifier.load(folder)
    images = digits.test.images[:40]
    ranked = np.sort(plain.logits(images), axis=1)
    margins = ranked[:, -1] - ranked[:, -2]
    margin = float(np.median(margins)) + 1e-4
    names = plain.class_names
    every, some = (Classifier(plain.network, names, views="flip", margin=each)
                   for each in (np.inf, margin))  # fmt: skip
    found = some.explain(images, 3, "occlusion")
    unsure = margins < margin
    assert 0 < unsure.sum() < 40
    np.testing.assert_allclose(
        found[unsure], every.explain(images[unsure], 3, "occlusion"), atol=1e-4
    )
    np.testing.assert_allclose(
        found[~unsure], plain_of(plain).explain(images[~unsure], 3, "occlusion"), atol=1e-4
    )


def plain_of(classifier):
    return Classifier(classifier.network, classifier.class_names)
