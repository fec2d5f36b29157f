"""What reports say and show of a dataset; the digits."""

import json

import numpy as np
import pytest

from cotejo.data import Dataset, Split, describe, example_images, load

DIGITS_FINGERPRINT = "14062915562633dd1c776416a5f720afd7f63af771c43ab5c7273597c49a6a74"


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def make(images, labels, classes=2):
    split = Split(np.asarray(images, np.uint8), np.asarray(labels, np.int32))
    names = tuple("abc"[:classes])
    return Dataset("made", split, split, split, {"en": names, "es": names}, {"method": "x"}, "here")


def test_digits(digits):
    splits = (digits.train, digits.valid, digits.test)
    assert sum(len(split) for split in splits) == 1797
    for split in splits:
        assert split.images.shape[1:] == (32, 32, 3)
        assert split.images.dtype == np.uint8
        assert split.images.flags.c_contiguous
        assert split.labels.dtype == np.int32
        # Blocks of four by four pixels, grey.
        assert np.array_equal(split.images, split.images[:, ::4, ::4].repeat(4, 1).repeat(4, 2))
        assert (split.images == split.images[..., :1]).all()
    assert (digits.train.images.min(), digits.train.images.max()) == (0, 255)
    assert digits.split == {"method": "stratified", "seed": 0}
    assert digits.class_names["es"] == tuple("0123456789")


def test_digits_are_the_same_everywhere(digits):
    assert digits.fingerprint == DIGITS_FINGERPRINT


def test_describe(digits):
    described = describe(digits)
    assert json.loads(json.dumps(described)) == described
    assert list(described) == [
        "name", "source", "fingerprint", "image_shape",
        "class_names", "split", "counts", "channels",
    ]  # fmt: skip
    assert described["counts"]["train"] == np.bincount(digits.train.labels).tolist()
    pixels = digits.train.images / 255
    assert described["channels"]["mean"] == pytest.approx(pixels.mean((0, 1, 2)).tolist())
    assert described["channels"]["std"] == pytest.approx(pixels.std((0, 1, 2)).tolist())


def test_channel_statistics_over_many_images():
    images = np.random.default_rng(0).integers(0, 256, (2500, 2, 2, 3))
    channels = describe(make(images, np.zeros(2500)))["channels"]
    assert channels["mean"] == pytest.approx((images / 255).mean((0, 1, 2)).tolist())
    assert channels["std"] == pytest.approx((images / 255).std((0, 1, 2)).tolist())


def test_example_images_are_the_first_of_each_class(digits):
    examples = example_images(digits)
    assert examples.shape == (10, 8, 32, 32, 3)
    assert examples.dtype == np.uint8
    sevens = digits.train.images[digits.train.labels == 7]
    assert np.array_equal(examples[7], sevens[:8])


def test_example_images_of_small_classes():
    images = np.arange(3)[:, None, None, None] * np.ones((3, 1, 1, 3)) + 1
    examples = example_images(make(images, [0, 0, 1], classes=3), per_class=3)
    assert examples[:, :, 0, 0, 0].tolist() == [[1, 2, 1], [3, 3, 3], [0, 0, 0]]
