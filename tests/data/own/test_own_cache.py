"""Pictures are decoded once; whatever changes in their folder is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from looking import class_by_name, error_of, left_out, opened, pixels_by_name
from PIL import Image

from cotejo.data.own import cache as caching
from cotejo.data.own import reading
from cotejo.data.own.cache import clear_cache, pictures_folder

pytestmark = pytest.mark.usefixtures("no_copies")

NAMES = [f"{kind}/{number}.png" for kind in ("cats", "dogs") for number in range(4)]


@pytest.fixture
def animals(tmp_path: Path, fill) -> Path:
    fill(tmp_path / "animals", *NAMES)
    return tmp_path / "animals"


def no_decoding(*arguments: object, **options: object) -> None:
    raise AssertionError("the pictures are decoded again")


def kept() -> list[str]:
    return sorted(path.name for path in pictures_folder().glob("*"))


def test_the_second_time_nothing_is_decoded(animals: Path, monkeypatch) -> None:
    (animals / "cats" / "a.txt").write_text("a")
    first = opened(animals)
    monkeypatch.setattr(reading, "decode_all", no_decoding)
    second = opened(animals)
    assert second.fingerprint == first.fingerprint
    assert class_by_name(second) == class_by_name(first)
    assert second.pictures == first.pictures
    assert left_out(second) == {"cats/a.txt": "no_picture"}
    assert isinstance(second.train.images.base, np.memmap) or isinstance(
        second.train.images, np.memmap
    )
    with pytest.raises(AssertionError, match="decoded again"):
        opened(animals, fit="crop")


def _add(animals: Path) -> None:
    Image.fromarray(np.full((8, 8, 3), 9, np.uint8)).save(animals / "cats" / "new.png")


def _remove(animals: Path) -> None:
    (animals / "cats" / "0.png").unlink()


def _change(animals: Path) -> None:
    Image.fromarray(np.full((8, 8, 3), 9, np.uint8)).save(animals / "cats" / "0.png")


def _rename(animals: Path) -> None:
    (animals / "cats" / "0.png").rename(animals / "dogs" / "9.png")


def _rename_the_class(animals: Path) -> None:
    (animals / "cats").rename(animals / "birds")


def _damage(animals: Path) -> None:
    path = animals / "cats" / "0.png"
    path.write_bytes(path.read_bytes()[:-30] + b"\0" * 30)


def _touch(animals: Path) -> None:
    os.utime(animals / "cats" / "0.png", ns=(1, 1))


@pytest.mark.parametrize(
    "change", [_add, _remove, _change, _rename, _rename_the_class, _damage, _touch]
)
def test_a_change_is_noticed(animals: Path, change) -> None:
    opened(animals)
    change(animals)
    again = opened(animals)
    before = kept()
    clear_cache()
    fresh = opened(animals)
    assert again.fingerprint == fresh.fingerprint
    assert class_by_name(again) == class_by_name(fresh)
    assert left_out(again) == left_out(fresh)
    assert kept() == before
    assert len(before) == 1


def test_two_folders_of_one_name_are_two(tmp_path: Path, fill) -> None:
    first = fill(tmp_path / "a" / "animals", *NAMES)
    second = fill(tmp_path / "b" / "animals", *NAMES)
    for folder, written in (("a", first), ("b", second), ("a", first)):
        found = pixels_by_name(opened(tmp_path / folder / "animals"))
        np.testing.assert_array_equal(found["cats/1.png"], written["cats/1.png"])


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"{", b"\xff\xfe"])
def test_a_damaged_index_is_made_again(animals: Path, content: bytes) -> None:
    expected = opened(animals).fingerprint
    [index] = pictures_folder().glob("*/index.json")
    index.write_bytes(content)
    assert opened(animals).fingerprint == expected


@pytest.mark.parametrize("key", ["classes", "split", "facts", "splits", "shape", "signature"])
def test_an_index_that_lacks_something_is_made_again(animals: Path, key: str) -> None:
    expected = opened(animals).fingerprint
    [index] = pictures_folder().glob("*/index.json")
    table = json.loads(index.read_text())
    del table[key]
    index.write_text(json.dumps(table))
    assert opened(animals).fingerprint == expected


@pytest.mark.parametrize("size", [0, 50, 500])
def test_a_cut_array_is_made_again(animals: Path, size: int) -> None:
    expected = opened(animals).fingerprint
    [images] = pictures_folder().glob("*/images.npy")
    os.truncate(images, size)
    assert opened(animals).fingerprint == expected


def test_nothing_is_left_behind_by_what_fails(animals: Path, monkeypatch) -> None:
    (animals / "cats" / "a.txt").write_text("a")
    error_of(animals, strict=True)
    assert kept() == []
    monkeypatch.setattr(reading, "deal", no_decoding)
    with pytest.raises(AssertionError):
        opened(animals)
    assert kept() == []


def test_a_disk_without_room(animals: Path, monkeypatch) -> None:
    usage = caching.shutil.disk_usage(animals)._replace(free=1000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    assert error_of(animals) == (
        f"the decoded pictures need 1 MB in {pictures_folder()}, and 1 MB are free. Make room, "
        "choose a smaller --image-size, or set XDG_CACHE_HOME to another disk."
    )
    assert kept() == []


def test_a_cache_that_can_not_be_written(animals: Path) -> None:
    pictures_folder().write_text("a file is in its place")
    said = error_of(animals)
    assert said.startswith("the decoded pictures can't be kept in ")
    assert said.endswith(
        ": Not a directory. Make room or permission there, or set XDG_CACHE_HOME to another folder."
    )


def test_clearing_says_what_it_freed(animals: Path) -> None:
    assert clear_cache() == 0
    opened(animals)
    assert clear_cache() > 8 * 8 * 8 * 3
    assert not pictures_folder().exists()
