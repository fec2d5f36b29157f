"""From the words of a command to pictures: files, folders, patterns, standard input."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from cotejo.inference import Unreadable
from cotejo.inference.pictures import find_pictures
from cotejo.inference.streaming import Item


@pytest.fixture
def album(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "b.png",
        "a.JPG",
        "sub/c.webp",
        "sub/deep/d.png",
        "unnamed",
        ".hidden/e.png",
        ".f.png",
    ):
        path = tmp_path / "album" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (2, 2)).save(path, format="PNG")
    (tmp_path / "album" / "notes.txt").write_text("no picture")
    (tmp_path / "album" / "empty.png").touch()
    return tmp_path / "album"


def names(sources):
    return [str(source) for source in sources]


def test_a_folder_is_walked_as_that_of_a_data_set_is(album):
    expected = ["a.JPG", "b.png", "empty.png", "unnamed", "sub/c.webp", "sub/deep/d.png"]
    assert names(find_pictures(["album"])) == [f"album/{name}" for name in expected]
    assert names(find_pictures(["album"])) == names(find_pictures(["album"]))


def test_a_file_counts_whatever_its_name_is(album):
    assert names(find_pictures(["album/notes.txt", "album/.f.png", "nowhere.png"])) == [
        "album/notes.txt",
        "album/.f.png",
        "nowhere.png",
    ]


def test_patterns_that_the_shell_left(album):
    assert names(find_pictures(["album/*.png"])) == ["album/b.png", "album/empty.png"]
    deep = names(find_pictures(["album/**/*.png"]))
    assert deep == ["album/b.png", "album/empty.png", "album/sub/deep/d.png"]
    assert names(find_pictures(["album/s*"])) == ["album/sub/c.webp", "album/sub/deep/d.png"]
    assert names(find_pictures(["album/*.tiff"])) == ["album/*.tiff"]
    (album / "[1].png").write_bytes((album / "b.png").read_bytes())
    assert names(find_pictures(["album/[1].png"])) == ["album/[1].png"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\0"])
@pytest.mark.parametrize("last", [True, False])
def test_names_on_standard_input(album, end, last):
    content = end.join([b"album/b.png", "ñandú é.png".encode(), b"album/sub"]) + (
        end if last else b""
    )
    found = names(find_pictures(["-"], io.BytesIO(content)))
    assert found == ["album/b.png", "ñandú é.png", "album/sub/c.webp", "album/sub/deep/d.png"]


def test_many_names_come_through_in_blocks():
    listed = [f"pictures/{number:06}.png" for number in range(20_000)]
    stream = io.BytesIO("\n".join(listed).encode())
    assert names(find_pictures(["-"], stream)) == listed


def test_no_names_are_no_pictures():
    assert list(find_pictures(["-"], io.BytesIO(b""))) == []
    assert list(find_pictures(["-"], io.BytesIO(b"\n\n"))) == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_picture_on_standard_input(kind):
    file = io.BytesIO()
    Image.new("RGB", (9, 7)).save(file, format=kind)
    assert list(find_pictures(["-"], io.BytesIO(file.getvalue()))) == [Item("-", file.getvalue())]


def test_a_name_that_begins_as_a_format_does():
    for name in (b"BMW.jpg", b"GIF89.png", b"RIFFWEBP.png", b"II.png", b"my ftyp.png"):
        assert names(find_pictures(["-"], io.BytesIO(name))) == [name.decode()]


def test_a_folder_within_is_left_out_if_it_is_written_to(album):
    into = album / "sub"
    assert all("sub" not in name for name in names(find_pictures(["album"], without=into)))


def test_links_are_followed_once_and_those_to_nowhere_told(album):
    (album / "again").symlink_to(album)
    (album / "gone.png").symlink_to(album / "nowhere.png")
    (album / "gone.txt").symlink_to(album / "nowhere.txt")
    found = names(find_pictures(["album"]))
    assert len(found) == len(set(found)) == 7
    assert found[-1] == "album/gone.png"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_can_t_be_read_is_told(album):
    (album / "sub").chmod(0)
    try:
        *_, last = find_pictures(["album"])
    finally:
        (album / "sub").chmod(0o755)
    assert isinstance(last, Unreadable)
    assert "sub" in str(last.error)
