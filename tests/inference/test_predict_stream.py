"""Any number of pictures in order, taken as they are needed, whatever some of them are."""

from __future__ import annotations

import threading
from contextlib import closing

import numpy as np
import pytest
from PIL import Image, ImageFile

from cotejo.backend import keras
from cotejo.errors import DataError
from cotejo.inference import Classifier, Prediction, Unreadable, streaming
from cotejo.inference.streaming import Item


@pytest.fixture(scope="module")
def brightness():
    """A model whose two logits are how light and how dark a picture is."""
    pixels = keras.Input((4, 4, 1))
    light = keras.layers.Rescaling(1 / 255)(keras.layers.GlobalAveragePooling2D()(pixels))
    both = keras.layers.Concatenate()([light, keras.layers.Rescaling(-1, 1)(light)])
    names = ("light", "dark")
    return Classifier(keras.Model(pixels, both), {"en": names, "es": names})


@pytest.fixture
def shades(tmp_path):
    paths = []
    for number in range(100):
        paths.append(tmp_path / f"{number}.png")
        Image.new("L", (4, 4), 2 * number + 20).save(paths[-1])
    return paths


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(streaming, "_PART", 32)


def lightness(answer):
    return answer.probabilities[answer.classes.index(0)]


def test_answers_come_in_order_with_their_paths(brightness, shades, small_parts):
    found = list(brightness.predict_stream(iter(shades)))
    assert [path for path, _ in found] == shades
    lights = [lightness(answer) for _, answer in found]
    assert lights == sorted(lights)
    assert len(set(lights)) == len(lights)


def test_one_by_one_is_as_all_together(brightness, shades, small_parts):
    together = brightness.predict_files(shades)
    for path, answer in list(zip(shades, together, strict=True))[::9]:
        (alone,) = brightness.predict_files([path])
        assert alone.classes == answer.classes
        np.testing.assert_allclose(alone.probabilities, answer.probabilities, atol=1e-6)


def test_paths_are_taken_as_they_are_needed(brightness, shades, small_parts):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield shades[taken % len(shades)]

    with closing(brightness.predict_stream(endless())) as answers:
        for _ in range(200):
            next(answers)
        assert taken <= 200 + 3 * 32 + 16


def test_bad_pictures_are_told_in_their_places(brightness, shades, tmp_path, small_parts):
    (tmp_path / "bad.png").write_bytes(shades[0].read_bytes()[:40])
    known = Unreadable("known", DataError("picture_missing", path="known"))
    sources = [shades[0], tmp_path / "bad.png", known, *shades[1:40], "nowhere.png"]
    answers = brightness.predict_files(sources)
    assert [isinstance(answer, Unreadable) for answer in answers[:4]] == [False, True, True, False]
    assert answers[2] is known
    assert answers[-1].path == "nowhere.png"
    assert all(isinstance(answer, Prediction) for answer in answers[3:-1])


def test_a_picture_in_memory(brightness, shades):
    ((name, answer),) = brightness.predict_stream([Item("from memory", shades[3].read_bytes())])
    (from_file,) = brightness.predict_files([shades[3]])
    assert (name, answer) == ("from memory", from_file)


def test_stopping_early_leaves_nothing_behind(brightness, shades, small_parts):
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    with closing(brightness.predict_stream(shades)) as answers:
        next(answers)
    assert not [thread for thread in threading.enumerate() if "cotejo-decode" in thread.name]
    assert before == ImageFile.LOAD_TRUNCATED_IMAGES


def test_an_error_of_the_source_is_not_swallowed(brightness, shades):
    def broken():
        yield shades[0]
        raise RuntimeError("the list ended early")

    with pytest.raises(RuntimeError, match="the list ended early"):
        list(brightness.predict_stream(broken()))


def test_no_pictures_have_no_answers(brightness):
    assert list(brightness.predict_stream([])) == []


def test_logits_come_before_the_temperature(brightness):
    images = np.full((3, 4, 4, 1), 51, np.uint8)
    logits = brightness.logits(images)
    assert (logits.shape, logits.dtype) == ((3, 2), np.float32)
    np.testing.assert_allclose(logits, [[0.2, 0.8]] * 3, atol=1e-6)
    warm = Classifier(brightness.network, brightness.class_names, temperature=2.0)
    np.testing.assert_array_equal(warm.logits(images), logits)
    expected = np.exp(logits / 2) / np.exp(logits / 2).sum(1, keepdims=True)
    np.testing.assert_allclose(warm.probabilities(images), expected, atol=1e-6)


def test_only_an_unsure_image_gets_all_views(digits):
    network = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(10, kernel_initializer=keras.initializers.RandomNormal(seed=0)),
        ]
    )
    names = {"en": list("0123456789")}
    images = digits.test.images[:60]
    assert images.shape[1:] == (32, 32, 3)
    plain = Classifier(network, names).logits(images)
    every = Classifier(network, names, views="flip").logits(images)
    ranked = np.sort(plain, axis=1)
    margins = ranked[:, -1] - ranked[:, -2]
    margin = float(np.median(margins)) + 1e-4
    some = Classifier(network, names, views="flip", margin=margin).logits(images)
    expected = np.where((margins < margin)[:, None], every, plain)
    np.testing.assert_allclose(some, expected, atol=1e-5)
    assert 0 < (margins < margin).sum() < 60
