"""Folders as people have them: which classes and splits they mean, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from looking import class_by_name, error_of, left_out, opened, pixels_by_name, split_by_name
from PIL import Image

from cotejo.data import load
from cotejo.errors import DataError

pytestmark = pytest.mark.usefixtures("no_copies")


def names(*folders: str, each: int = 4) -> list[str]:
    return [f"{folder}/{number}.png" for folder in folders for number in range(each)]


@pytest.mark.parametrize(
    ("around", "kind"),
    [("", "plain"), ("photos/", "one"), ("photos/all of them/", "two"), ("train/", "a split's")],
    ids=lambda value: value or "nothing",
)
def test_folders_around_all_of_it_count_for_nothing(tmp_path: Path, fill, around, kind) -> None:
    fill(tmp_path, *names(f"{around}cats", f"{around}dogs"))
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert dataset.split["method"] == "dealt"
    assert left_out(dataset) == {}


@pytest.mark.parametrize("only", ["train", "Entrenamiento", "val", "test"])
def test_the_folder_of_a_single_split_is_dealt_out(tmp_path: Path, fill, only: str) -> None:
    fill(tmp_path, *names(f"{only}/cats", f"{only}/dogs"))
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert dataset.split["method"] == "dealt"


@pytest.mark.parametrize(
    "called",
    [
        ("train", "valid", "test"),
        ("Train", "Val", "Test"),
        ("training", "validation", "testing"),
        ("TRAINING_SET", "dev", "test-set"),
        ("entrenamiento", "validación", "prueba"),
        ("Entreno", "validacio\u0301n", "PRUEBAS"),
    ],
)
def test_splits_under_the_names_that_people_use(tmp_path: Path, fill, called) -> None:
    fill(tmp_path, *names(*(f"{split}/{kind}" for split in called for kind in ("cats", "dogs"))))
    dataset = opened(tmp_path)
    assert dataset.split == {"method": "given"}
    assert set(class_by_name(dataset).values()) == {"cats", "dogs"}
    expected = dict(zip(called, ("train", "valid", "test"), strict=True))
    for name, split in split_by_name(dataset).items():
        assert split == expected[name.partition("/")[0]]


def test_a_split_inside_a_folder_of_the_same_name(tmp_path: Path, fill) -> None:
    splits = ("training_set/training_set", "test_set/test_set")
    fill(tmp_path, *names(*(f"{split}/{kind}" for split in splits for kind in ("cats", "dogs"))))
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert len(dataset.test.labels) == 8


def test_a_class_named_like_its_split(tmp_path: Path, fill) -> None:
    places = [f"{split}/{kind}" for split in ("train", "test") for kind in ("train", "ship")]
    fill(tmp_path, *names(*places))
    assert opened(tmp_path).class_names["en"] == ("ship", "train")


def test_classes_named_like_splits_beside_others(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("test", "control"))
    assert opened(tmp_path).class_names["en"] == ("control", "test")


def test_splits_and_something_else_beside_them(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("train/cats", "train/dogs", "test/cats", "test/dogs", "more/cats"))
    assert error_of(tmp_path) == (
        "are the folders in PATH splits or classes? There are folders for training and test, and "
        "beside them: more. Put all classes inside the folders of the splits, or move the others "
        "away."
    )


def test_the_root_of_the_disk_is_not_walked() -> None:
    with pytest.raises(DataError, match="is the root of the disk"):
        load("/")


def test_pictures_beside_the_classes_of_a_split(tmp_path: Path, fill) -> None:
    places = names("train/cats", "train/dogs", "test/cats", "test/dogs")
    fill(tmp_path, *places, "train/loose.png", "loose.png")
    dataset = opened(tmp_path)
    assert left_out(dataset) == dict.fromkeys(["train/loose.png", "loose.png"], "no_class_folder")


def test_training_and_validation_without_a_test(tmp_path: Path, fill) -> None:
    places = [f"{split}/{kind}" for split in ("train", "val") for kind in ("cats", "dogs")]
    fill(tmp_path, *names(*places, each=8))
    dataset = opened(tmp_path)
    assert dataset.split["method"] == "given"
    assert (dataset.split["test"], dataset.split["valid"]) == ("valid", "dealt")
    splits = split_by_name(dataset)
    assert {name for name, split in splits.items() if split == "test"} == {
        *names("val/cats", "val/dogs", each=8)
    }
    assert "valid" in splits.values()


def test_validation_and_test_without_training(tmp_path: Path, fill) -> None:
    places = [f"{split}/{kind}" for split in ("val", "test") for kind in ("cats", "dogs")]
    fill(tmp_path, *names(*places))
    assert error_of(tmp_path) == (
        "PATH has no train images, though its folders or its table name a split. Add some, or take "
        "the names of the splits away: the images are then dealt out."
    )


def test_a_test_that_lacks_a_class(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("train/cats", "train/dogs", "valid/cats", "test/dogs"))
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert set(dataset.test.labels.tolist()) == {1}
    assert set(dataset.valid.labels.tolist()) == {0}


def test_a_test_with_one_class_more(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("train/cats", "train/dogs", "valid/cats", "test/dogs", "test/birds"))
    assert error_of(tmp_path) == (
        "in PATH there are images to validate or test on of classes without any training image: "
        '"birds". Add training images of them, or take these classes away.'
    )


def test_classes_that_are_numbers_are_in_the_order_of_counting(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("10", "2", "1", "0"))
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("0", "1", "2", "10")
    assert class_by_name(dataset)["10/0.png"] == "10"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Cat", "cat"),
        ("\u00f1and\u00fa", "n\u0303andu\u0301"),
        ("cat", "cat "),
        ("big  cat", "big cat"),
        ("\uff43at", "cat"),
    ],
)
def test_classes_that_could_be_confused(tmp_path: Path, fill, first: str, second: str) -> None:
    # Even where one of them has too few pictures to be a class at all.
    fill(tmp_path, *names(first, "dog"), f"{second}/a.png")
    one, other = sorted([first, second])
    assert error_of(tmp_path) == (
        f'are the classes "{one}" and "{other}" one? They differ only in capitals, spaces or the '
        "way accents are written. Rename one of them, or join the two."
    )


def test_classes_whose_bytes_are_no_text(tmp_path: Path, fill) -> None:
    first, second = (b"a\xff".decode("utf-8", "surrogateescape") + end for end in ("1", "2"))
    fill(tmp_path, *names(first, second))
    assert opened(tmp_path).class_names["en"] == ("a\ufffd1", "a\ufffd2")
    other = b"a\xfe1".decode("utf-8", "surrogateescape")
    fill(tmp_path, *names(other))
    assert 'are the classes "a\ufffd1" and "a\ufffd1" one?' in error_of(tmp_path)


@pytest.mark.parametrize(
    "label", ["two\nlines", "\x1b[31mred", "<b>a|b", "$x$", "\u05d0\u05d1", "🐱", "x" * 200, "-rf"]
)
def test_a_class_of_any_name(tmp_path: Path, fill, label: str) -> None:
    fill(tmp_path, *names(label, "dog"))
    assert set(opened(tmp_path).class_names["en"]) == {label, "dog"}


def test_folders_below_a_class_belong_to_it(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("cats", "cats/old/older", "dogs/2024", "dogs/2025"))
    dataset = opened(tmp_path)
    assert {name.partition("/")[0]: kind for name, kind in class_by_name(dataset).items()} == {
        "cats": "cats",
        "dogs": "dogs",
    }


def test_empty_folders(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("cats", "dogs"))
    (tmp_path / "birds").mkdir()
    (tmp_path / "cats" / "more").mkdir()
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert left_out(dataset) == {"birds": "empty_class", "cats/more": "empty_class"}


@pytest.mark.parametrize("name", ["labels.csv", "notes.txt", None])
def test_a_folder_without_pictures(tmp_path: Path, name: str | None) -> None:
    if name is not None:
        (tmp_path / name).write_text("path,label\na.png,cat\nb.png,dog\n")
    said = error_of(tmp_path)
    assert said.startswith("PATH holds no pictures, and no published data set (cifar10, ")
    assert "Expected a folder for each class with its pictures" in said


def test_one_class(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("cats"))
    assert error_of(tmp_path) == (
        'all pictures in PATH are of one class, "cats"; there must be at least two. Give a folder '
        "for each class, and three pictures or more in each."
    )


@pytest.mark.parametrize("count", [1, 2])
def test_a_class_of_few(tmp_path: Path, fill, count: int) -> None:
    few = names("birds", each=count)
    fill(tmp_path, *names("cats", "dogs"), *few)
    dataset = opened(tmp_path)
    assert dataset.class_names["en"] == ("cats", "dogs")
    assert left_out(dataset) == dict.fromkeys(few, "class_of_few")


def test_a_class_that_damaged_pictures_leave_with_few(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("cats", "dogs", "birds", each=3))
    (tmp_path / "birds" / "0.png").write_text("no picture")
    assert left_out(opened(tmp_path)) == {
        "birds/0.png": "no_picture",
        "birds/1.png": "class_of_few",
        "birds/2.png": "class_of_few",
    }


def test_one_picture_in_two_classes(tmp_path: Path, fill) -> None:
    written = fill(tmp_path, *names("cats", "dogs"))
    Image.fromarray(written["cats/0.png"]).save(tmp_path / "dogs" / "again.bmp")
    dataset = opened(tmp_path)
    assert left_out(dataset) == dict.fromkeys(["cats/0.png", "dogs/again.bmp"], "two_classes")
    assert len(pixels_by_name(dataset)) == 7


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    for name in names("cats", "dogs"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert error_of(tmp_path) == "none of the 8 pictures in PATH can be read. Are they whole?"


def test_pictures_in_no_folder_of_a_class(tmp_path: Path, fill) -> None:
    fill(tmp_path, "a.png", "b.png")
    assert error_of(tmp_path) == (
        "PATH holds no picture with a label that can be used (files left out: 2). Expected a "
        "folder for each class with its pictures, or a table with a column of paths and one of "
        "labels."
    )


def test_a_table_of_something_else_beside_flat_pictures(tmp_path: Path, fill) -> None:
    fill(tmp_path, "a.png", "b.png")
    (tmp_path / "prices.csv").write_text("item,price\nbread,2\n")
    assert error_of(tmp_path) == (
        "the pictures in PATH are not in a folder for each class, and no table there has a column "
        "of paths and one of labels: prices.csv. Name one with --data, or sort the pictures into "
        "folders."
    )


def test_strict_names_the_first_that_is_left_out(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("cats", "dogs"))
    (tmp_path / "cats" / ".DS_Store").touch()
    assert len(pixels_by_name(opened(tmp_path, strict=True))) == 8
    (tmp_path / "cats" / "a.png").touch()
    (tmp_path / "dogs" / "b.png").write_text("b")
    assert error_of(tmp_path, strict=True) == (
        "2 files of PATH can't be used, and --strict was given; the first: cats/a.png (empty). "
        "Mend them, or leave --strict away: they are then left out and listed."
    )


def test_a_folder_counts_where_it_is_and_not_where_a_link_leads(tmp_path: Path, fill) -> None:
    fill(tmp_path, *names("zebras", "dogs"))
    (tmp_path / "dogs" / "a link").symlink_to(tmp_path / "zebras")
    dataset = opened(tmp_path)
    assert left_out(dataset) == {"dogs/a link": "loop"}
    assert class_by_name(dataset)["zebras/0.png"] == "zebras"


def test_the_folder_of_a_class_can_be_a_link(tmp_path: Path, fill) -> None:
    fill(tmp_path / "elsewhere", *names("cats"))
    fill(tmp_path / "animals", *names("dogs"))
    (tmp_path / "animals" / "cats").symlink_to(tmp_path / "elsewhere" / "cats")
    assert opened(tmp_path / "animals").class_names["en"] == ("cats", "dogs")


def test_a_picture_in_colour_that_was_not_in_the_sample(tmp_path: Path, fill, monkeypatch) -> None:
    monkeypatch.setattr("cotejo.data.own.decoding._MEASURED", 1)
    generator = np.random.default_rng(0)
    for name in names("cats", "dogs"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        grey = generator.integers(0, 256, (8, 8), dtype=np.uint8)
        Image.fromarray(grey).save(tmp_path / name)
    assert opened(tmp_path).image_shape == (8, 8, 1)
    written = fill(tmp_path, "dogs/colour.png")
    dataset = opened(tmp_path)
    assert dataset.image_shape == (8, 8, 3)
    found = pixels_by_name(dataset)["dogs/colour.png"]
    np.testing.assert_array_equal(found, written["dogs/colour.png"])


@pytest.mark.parametrize("splits", [("",), ("train/", "valid/", "test/")], ids=["dealt", "given"])
def test_the_first_images_of_each_split_are_of_several_classes(
    tmp_path: Path, fill, splits: tuple[str, ...]
) -> None:
    fill(tmp_path, *names(*(f"{split}{kind}" for split in splits for kind in "abcd"), each=30))
    dataset = opened(tmp_path)
    for part in (dataset.train, dataset.valid, dataset.test):
        assert len(set(part.labels[:12].tolist())) > 2
