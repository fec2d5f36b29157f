"""Pictures copied into folders: whole or not at all, and never over anything."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotejo.errors import OutputError
from cotejo.inference import Prediction
from cotejo.inference.sorting import Sorter
from cotejo.store import folder_names

CAT, DOG = Prediction((0, 1), (0.9, 0.1)), Prediction((1, 0), (0.9, 0.1))


@pytest.fixture
def sorter(tmp_path):
    return Sorter(tmp_path / "sorted", ["cat", "dog"], "unlike")


def picture(tmp_path, name, content=b"picture"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_goes_into_the_folder_of_its_class(tmp_path, sorter):
    assert sorter.put(picture(tmp_path, "a.png", b"a"), CAT) is None
    assert sorter.put(picture(tmp_path, "b.png", b"b"), DOG) is None
    assert tree(sorter.folder) == {"cat/a.png": b"a", "dog/b.png": b"b"}
    assert sorter.copied == 2
    assert (tmp_path / "a.png").exists()


def test_names_that_collide_are_kept_apart_and_nothing_is_written_over(tmp_path, sorter):
    for folder, content in (("x", b"1"), ("y", b"2"), ("z", b"3")):
        sorter.put(picture(tmp_path, f"{folder}/a.png", content), CAT)
    expected = {"cat/a.png": b"1", "cat/a-2.png": b"2", "cat/a-3.png": b"3"}
    assert tree(sorter.folder) == expected
    again = Sorter(sorter.folder, ["cat", "dog"], "unlike")
    for folder in "xyz":
        again.put(tmp_path / folder / "a.png", CAT)
    assert tree(sorter.folder) == expected
    assert (again.copied, again.there_already) == (0, 3)


def test_a_file_system_without_links(tmp_path, sorter, monkeypatch):
    def refuse(self, target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    test_names_that_collide_are_kept_apart_and_nothing_is_written_over(tmp_path, sorter)


def test_a_copy_keeps_the_time_of_the_picture(tmp_path, sorter):
    path = picture(tmp_path, "a.png")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    sorter.put(path, CAT)
    assert (sorter.folder / "cat" / "a.png").stat().st_mtime == 1_000_000_000


def test_a_picture_that_has_gone_is_told(tmp_path, sorter):
    error = sorter.put(tmp_path / "gone.png", CAT)
    assert error.key == "picture_unreadable"
    assert tree(sorter.folder) == {}


def test_a_full_disk_leaves_no_part_of_a_picture(tmp_path, sorter, monkeypatch):
    path = picture(tmp_path, "a.png")

    def fill(source, target):
        target.write(b"pic")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", fill)
    with pytest.raises(OutputError, match="No space left"):
        sorter.put(path, CAT)
    assert tree(sorter.folder) == {}


def test_pictures_unlike_any_have_a_folder_of_their_own(tmp_path):
    sorter = Sorter(tmp_path / "sorted", ["cat", "Unlike"], "unlike")
    sorter.put(picture(tmp_path, "a.png"), Prediction((0, 1), (0.9, 0.1), unlike=True))
    assert list(tree(sorter.folder)) == ["unlike-2/a.png"]


@given(st.lists(st.text(max_size=300), max_size=8))
def test_folder_names_are_safe_and_different(names):
    folders = folder_names(names)
    assert len({name.casefold() for name in folders}) == len(names)
    for name in folders:
        assert name
        assert len(name.encode()) < 120
        assert name not in (".", "..")
        assert not set(name) & set('/\\:*?"<>|\0\n\r')
        assert name == name.strip(" .")
