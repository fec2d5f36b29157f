"""NumPy archives by the names that Keras and MedMNIST use; nothing in them is run."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from looking import damaged, error_of

from cotejo.config.own_images import OwnImages
from cotejo.data import load
from cotejo.data.own import npz
from cotejo.errors import CotejoError, DataError

GENERATOR = np.random.default_rng(0)


def images(count: int, *shape: int) -> np.ndarray:
    return GENERATOR.integers(0, 256, (count, *(shape or (8, 8, 3))), dtype=np.uint8)


def labels(count: int) -> np.ndarray:
    return np.arange(count) % 3


def saved(path: Path, **arrays: object) -> Path:
    np.savez_compressed(path, **arrays)
    return path


NAMES = {
    "keras": ("x_train", "y_train", "x_test", "y_test"),
    "medmnist": ("train_images", "train_labels", "test_images", "test_labels"),
    "words": ("images_train", "labels_train", "images_test", "labels_test"),
    "capitals": ("X_train", "Y_train", "X_test", "Y_test"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_arrays_of_training_and_test(tmp_path: Path, kind: str) -> None:
    contents = [images(30), labels(30), images(9), labels(9)[:, np.newaxis]]
    dataset = load(saved(tmp_path / "a.npz", **dict(zip(NAMES[kind], contents, strict=True))))
    np.testing.assert_array_equal(dataset.test.images, contents[2])
    np.testing.assert_array_equal(dataset.test.labels, labels(9))
    assert len(dataset.train.labels) + len(dataset.valid.labels) == 30
    assert len(dataset.valid.labels) > 0
    assert dataset.class_names["en"] == ("0", "1", "2")
    assert (dataset.name, dataset.split["method"]) == ("a", "given")


@pytest.mark.parametrize("word", ["val", "valid"])
def test_arrays_of_all_three(tmp_path: Path, word: str) -> None:
    arrays = {f"{split}_images": images(6, 8, 8) for split in ("train", word, "test")}
    arrays |= {f"{split}_labels": labels(6)[:, np.newaxis] for split in ("train", word, "test")}
    dataset = load(saved(tmp_path / "a.npz", **arrays))
    np.testing.assert_array_equal(dataset.valid.images[..., 0], arrays[f"{word}_images"])
    assert dataset.image_shape == (8, 8, 1)
    assert dataset.split == {"method": "given"}


def test_only_x_and_y_are_dealt_out(tmp_path: Path) -> None:
    names = np.array(["perro", "gato", "ñandú"])
    path = saved(tmp_path / "a.npz", x=images(30), y=labels(30), class_names=names)
    dataset = load(path)
    assert dataset.split["method"] == "dealt"
    assert dataset.class_names["es"] == ("perro", "gato", "ñandú")
    parts = (dataset.train, dataset.valid, dataset.test)
    assert sum(len(part.labels) for part in parts) == 30


ERRORS = {
    "other names": (
        {"a": np.zeros(3), "b": np.zeros(3)},
        "PATH has no arrays that could be images and labels; it has: a, b. Call them x_train, "
        "y_train, x_test and y_test, or x and y.",
    ),
    "nothing": (
        {},
        "PATH has no arrays that could be images and labels; it has: -. Call them x_train, "
        "y_train, x_test and y_test, or x and y.",
    ),
    "floats": (
        {"x": np.zeros((4, 8, 8, 3)), "y": labels(4)},
        "`x` must be uint8 from 0 to 255; received float64. If they go from 0 to 1, convert them: "
        "np.rint(255 * images).astype(np.uint8); if from 0 to 255: images.astype(np.uint8).",
    ),
    "too few labels": (
        {"x": images(4), "y": labels(3)},
        "`y` must be one whole number for each of the 4 images, of shape [4]; received [3].",
    ),
    "shapes": (
        {"x_train": images(6), "y_train": labels(6), "x_test": images(6, 9, 9, 3),
         "y_test": labels(6)},
        "the images of PATH must have one shape; received [[8, 8, 3], [9, 9, 3]].",
    ),
    "objects": (
        {"x": np.array([None, {}], object), "y": labels(2)},
        "PATH can't be read as a NumPy archive of plain arrays: Object arrays cannot be loaded "
        "when allow_pickle=False. Save it again with np.savez_compressed.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ERRORS)
def test_what_can_not_be_used_is_one_line(tmp_path: Path, kind: str) -> None:
    arrays, said = ERRORS[kind]
    path = saved(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError) as caught:
        load(path)
    assert str(caught.value).replace(str(path), "PATH") == said


def test_options_for_pictures_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", x=images(30), y=labels(30))
    assert error_of(path, fit="crop") == (
        'the data set "PATH" is no folder of pictures, so it does not take image_size, fit. Leave '
        "that away."
    )
    assert load(path, images=OwnImages()).num_classes == 3


def test_a_pickle_in_it_is_not_run(tmp_path: Path, bomb: tuple[bytes, Path]) -> None:
    content, proof = bomb
    header = b"\x93NUMPY\x01\x00F\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    member = header.ljust(79) + b"\n" + content
    path = tmp_path / "a.npz"
    for name in ("x.npy", "x", "other.npy"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, member)
            archive.writestr("y.npy", member)
        with pytest.raises(CotejoError) as caught:
            load(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(content)
    with pytest.raises(CotejoError):
        load(path)
    assert not proof.exists()


def test_what_says_that_it_is_far_too_large(tmp_path: Path, monkeypatch) -> None:
    path = saved(tmp_path / "a.npz", x=images(30), y=labels(30))
    monkeypatch.setattr(npz, "_MOST_BYTES", 1000)
    with pytest.raises(DataError, match="unpacks to more than 64 GB"):
        load(path)
    monkeypatch.undo()
    shape = "(1000000000000, 1000, 1000, 3)"
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00v\x00" + header.encode())
    with pytest.raises(DataError, match="can't be read as a NumPy archive"):
        load(path)


def test_a_damaged_one_is_one_line(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", x=images(12), y=labels(12))
    whole = path.read_bytes()
    generator = random.Random(1)
    for attempt in range(60):
        path.write_bytes(damaged(whole, generator, [1, 4, 40], cut=attempt % 5 == 0))
        try:
            load(path)
        except CotejoError as error:
            assert "\n" not in str(error)
