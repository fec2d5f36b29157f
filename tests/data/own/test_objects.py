"""Data sets of other libraries: pairs, `tf.data`, PyTorch's and Hugging Face's ways."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import cotejo
from cotejo.errors import ConfigError, DataError

COLOUR = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 3), dtype=np.uint8)
LABELS = np.arange(24) % 2


class Torch:
    """As a data set of PyTorch: a length, and pairs by number."""

    classes = ("cat", "dog")

    def __init__(self, images):
        self.images = images

    def __len__(self):
        return len(self.images)

    def __getitem__(self, row):
        return self.images[row], int(LABELS[row])


class ClassLabel:
    names = ("cat", "dog")


class Columns:
    """As a data set of Hugging Face: features by column, and rows."""

    features = {"img": type("Image", (), {})(), "label": ClassLabel()}  # noqa: RUF012
    column_names = ("img", "label")

    def __iter__(self):
        pictures = (Image.fromarray(pixels) for pixels in COLOUR)
        return (
            {"img": picture, "label": int(n)} for picture, n in zip(pictures, LABELS, strict=True)
        )


def test_a_pair_of_arrays_is_dealt_out():
    dataset = cotejo.load_dataset((COLOUR, LABELS), class_names=["cat", "dog"])
    assert len(dataset.train) + len(dataset.valid) + len(dataset.test) == 24
    assert min(map(len, (dataset.train, dataset.valid, dataset.test))) > 0
    assert dataset.class_names["es"] == ("cat", "dog")


def test_splits_that_are_given_stay():
    half = (COLOUR[:12], LABELS[:12])
    dataset = cotejo.load_dataset(half, test=(COLOUR[12:], LABELS[12:]))
    assert len(dataset.test) == 12
    np.testing.assert_array_equal(dataset.test.images, COLOUR[12:])
    assert len(dataset.train) + len(dataset.valid) == 12
    mapped = cotejo.load_dataset({"train": half, "val": half, "prueba": half})
    assert [len(mapped.train), len(mapped.valid), len(mapped.test)] == [12, 12, 12]


def test_labels_can_be_names():
    names = [["uno", "diez"][label] for label in LABELS]
    dataset = cotejo.load_dataset((COLOUR, names))
    assert dataset.class_names["en"] == ("diez", "uno")
    with pytest.raises(DataError, match='label "uno" is the name of no class'):
        cotejo.load_dataset((COLOUR, names), class_names=["diez", "dos"])


@pytest.mark.parametrize(
    "images",
    [
        [Image.fromarray(pixels) for pixels in COLOUR],
        [np.moveaxis(pixels, -1, 0) for pixels in COLOUR],
        list(COLOUR),
    ],
    ids=["pillow", "channels-first", "arrays"],
)
def test_pairs_by_number_are_read(images):
    dataset = cotejo.load_dataset(Torch(images))
    assert dataset.image_shape == (8, 8, 3)
    assert dataset.class_names["en"] == ("cat", "dog")
    whole = np.concatenate([dataset.train.images, dataset.valid.images, dataset.test.images])
    assert {pixels.tobytes() for pixels in whole} == {pixels.tobytes() for pixels in COLOUR}


def test_columns_are_read():
    dataset = cotejo.load_dataset(Columns())
    assert dataset.class_names["en"] == ("cat", "dog")
    assert dataset.image_shape == (8, 8, 3)


def test_pictures_of_several_sizes_get_one():
    sizes = [Image.fromarray(pixels).resize((20 + n, 30)) for n, pixels in enumerate(COLOUR)]
    assert cotejo.load_dataset(Torch(sizes), image_size=16).image_shape == (16, 16, 3)


def test_tensorflow_s_are_read_in_batches_or_not():
    tf = pytest.importorskip("tensorflow")
    pairs = tf.data.Dataset.from_tensor_slices((COLOUR, LABELS))
    for data in (pairs, pairs.batch(5)):
        dataset = cotejo.load_dataset(data)
        assert len(dataset.train) + len(dataset.valid) + len(dataset.test) == 24
        assert dataset.image_shape == (8, 8, 3)


def test_what_can_t_be_read_is_said_in_one_line():
    with pytest.raises(DataError, match="is a int, of which images and labels"):
        cotejo.load_dataset(3)
    with pytest.raises(DataError, match="must be uint8"):
        cotejo.load_dataset((COLOUR / 255, LABELS))
    with pytest.raises(DataError, match="none of the splits"):
        cotejo.load_dataset({"training": (COLOUR, LABELS), "extra": (COLOUR, LABELS)})
    with pytest.raises(ConfigError, match="imagesize"):
        cotejo.load_dataset((COLOUR, LABELS), imagesize=3)
