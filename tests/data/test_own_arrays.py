"""Data sets made in Python: what is unambiguous is taken, the rest is refused in one line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.data import Dataset, Split, is_published
from cotejo.errors import DataError
from cotejo.messages import use_language

NAMES = {"en": ("one", "two", "three"), "es": ("uno", "dos", "tres")}
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], np.int32)


def made(images=IMAGES, labels=LABELS, names=NAMES, **changed):
    whole = Split(IMAGES, LABELS)
    part = Split(images, labels)
    return Dataset(**{
        "name": "made", "train": part, "valid": part if images is not IMAGES else whole,
        "test": part if images is not IMAGES else whole, "class_names": names,
        "split": {"method": "own"}, "source": "made", **changed,
    })  # fmt: skip


@pytest.mark.parametrize(
    "labels",
    [LABELS.astype(np.int64), LABELS.astype(np.uint8), LABELS[:, None], LABELS.tolist()],
    ids=["int64", "uint8", "a column", "a list"],
)
def test_labels_of_another_whole_type_or_in_a_column_are_taken(labels):
    taken = made(labels=labels).train.labels
    assert taken.dtype == np.int32
    assert taken.tolist() == LABELS.tolist()


def test_grey_images_get_their_channel_without_a_copy():
    grey = np.ascontiguousarray(IMAGES[..., 0])
    dataset = made(grey)
    assert dataset.image_shape == (8, 8, 1)
    assert np.shares_memory(dataset.train.images, grey)


def test_what_is_as_it_should_be_is_left_as_it_is():
    split = Split(IMAGES, LABELS)
    dataset = made(train=split)
    assert dataset.train is split
    assert replace(dataset, name="other").train is split


def test_an_empty_validation_split_takes_the_others_shape():
    dataset = made(valid=Split(np.empty(0), np.empty(0)))
    assert dataset.valid.images.shape == (0, 8, 8, 3)
    assert len(dataset.valid) == 0


def test_one_list_of_names_is_for_every_language():
    assert made(names=["a", "b", "c"]).class_names == {"en": ("a", "b", "c"), "es": ("a", "b", "c")}


REFUSED = {
    "floats": ({"images": IMAGES / np.float32(255)}, r"np\.rint\(255 \* images\)"),
    "int64 images": ({"images": IMAGES.astype(np.int64)}, "must be uint8"),
    "flat": ({"images": IMAGES.reshape(6, -1)}, "Reshape"),
    "five axes": ({"images": IMAGES[None]}, r"shape \[n, height, width, channels\]"),
    "channels first": ({"images": np.moveaxis(IMAGES, -1, 1)}, "moveaxis"),
    "four channels": ({"images": IMAGES[..., [0, 1, 2, 0]]}, "1 or 3 channels"),
    "no pixels": ({"images": IMAGES[:, :0]}, "none of them 0"),
    "ragged": ({"images": [[1], [1, 2]]}, "can't be made an array"),
    "one-hot": ({"labels": np.eye(3)[LABELS]}, "argmax"),
    "from one": ({"labels": LABELS + 1}, "take 1 away"),
    "negative": ({"labels": LABELS - 1}, "from 0 to 2"),
    "float labels": ({"labels": LABELS * 1.0}, "whole numbers"),
    "NaN labels": ({"labels": LABELS * np.nan}, "whole numbers"),
    "words": ({"labels": np.array(["a", "b", "c"] * 2)}, "whole numbers"),
    "too few labels": ({"labels": LABELS[:5]}, "each of the 6 images"),
    "nothing to learn": ({"train": Split(IMAGES[:0], LABELS[:0])}, "`train` has no images"),
    "nothing to test": ({"test": Split(IMAGES[:0], LABELS[:0])}, "`test` has no images"),
    "two shapes": ({"test": Split(IMAGES[:, :4], LABELS)}, "must have one shape"),
    "one language": ({"names": {"en": ("a", "b", "c")}}, "at least two different names"),
    "unlike lengths": ({"names": {"en": ("a", "b", "c"), "es": ("a", "b")}}, "different names"),
    "one class": ({"names": ["a"], "labels": LABELS * 0}, "at least two"),
    "a name twice": ({"names": ["a", "a", "b"]}, "different names"),
    "numbers": ({"names": [1, 2, 3]}, "different names"),
    "a folder": ({"name": "../up"}, "without slashes"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_rest_is_refused_in_one_line(case, language):
    changed, said = REFUSED[case]
    use_language(language)
    with pytest.raises(DataError, match=said if language == "en" else None) as caught:
        made(**changed)
    assert "\n" not in str(caught.value)


@given(
    st.sampled_from([np.uint8, np.int32, np.float32, np.float64, np.bool_, np.complex64, object]),
    st.lists(st.integers(0, 5), max_size=5),
    st.sampled_from([np.uint8, np.int32, np.int64, np.float32, np.bool_, object, "U1"]),
    st.lists(st.integers(0, 6), max_size=2),
)
def test_whatever_arrays_come_they_are_taken_or_refused(type_, shape, label_type, label_shape):
    images, labels = np.zeros(shape, type_), np.zeros(label_shape, label_type)
    try:
        dataset = made(images, labels)
    except DataError as error:
        assert "\n" not in str(error)
    else:
        assert dataset.train.images.ndim == 4
        assert (dataset.train.images.dtype, dataset.train.labels.dtype) == (np.uint8, np.int32)


def test_what_is_loaded_by_its_name_is_known_again(digits):
    assert is_published(digits)
    assert not is_published(made())
    with pytest.raises(DataError, match="another than the one of that name"):
        is_published(made(name="cifar10"))


def test_the_real_cifar_10_is_known_again(cifar10):
    assert is_published(cifar10)
