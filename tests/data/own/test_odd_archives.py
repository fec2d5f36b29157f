"""Zips and tars: the same data set as the folder, and nothing that leads out or does harm."""

from __future__ import annotations

import io
import random
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from looking import class_by_name, damaged, error_of, left_out, opened, pixels_by_name
from PIL import Image

from cotejo.data.own import holders
from cotejo.errors import CotejoError

pytestmark = pytest.mark.usefixtures("no_copies")

NAMES = [f"{kind}/{number}.png" for kind in ("cats", "ñandúes") for number in range(6)]


@pytest.fixture
def animals(tmp_path: Path, fill) -> Path:
    fill(tmp_path / "animals", *NAMES)
    (tmp_path / "animals" / "cats" / "notes.txt").write_text("notes")
    return tmp_path / "animals"


def files(folder: Path) -> list[tuple[str, bytes]]:
    """Return names and contents, in an order that is not that of names."""
    named = [(str(path.relative_to(folder)), path.read_bytes()) for path in folder.rglob("*.*")]
    return random.Random(1).sample(sorted(named), len(named))


def zipped(folder: Path, path: Path, around: str = "", method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files(folder):
            archive.writestr(f"{around}{name}", content)
    return path


def tarred(folder: Path, path: Path, around: str = "", packed: str = "") -> Path:
    with tarfile.open(path, f"w:{packed}") as archive:
        for name, content in files(folder):
            member = tarfile.TarInfo(f"{around}{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


ARCHIVES: dict[str, Callable[[Path, Path], Path]] = {
    "a.zip": zipped,
    "deflated.ZIP": lambda folder, path: zipped(folder, path, method=zipfile.ZIP_DEFLATED),
    "bz2.zip": lambda folder, path: zipped(folder, path, method=zipfile.ZIP_BZIP2),
    "lzma.zip": lambda folder, path: zipped(folder, path, method=zipfile.ZIP_LZMA),
    "in a folder.zip": lambda folder, path: zipped(folder, path, "animals/"),
    "in two.zip": lambda folder, path: zipped(folder, path, "./a/animals/"),
    "backslashes.zip": lambda folder, path: zipped(folder, path, "data\\animals\\"),
    "a.tar": tarred,
    "a.tar.gz": lambda folder, path: tarred(folder, path, packed="gz"),
    "a.tgz": lambda folder, path: tarred(folder, path, "./", packed="gz"),
    "a.tar.bz2": lambda folder, path: tarred(folder, path, packed="bz2"),
    "a.tar.xz": lambda folder, path: tarred(folder, path, "animals/", packed="xz"),
    "a zip.tar": zipped,
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_the_folder_that_it_holds(animals: Path, name: str) -> None:
    path = ARCHIVES[name](animals, animals.parent / name)
    archive, folder = opened(path), opened(animals)
    assert archive.fingerprint == folder.fingerprint
    assert archive.class_names == folder.class_names
    assert archive.name == name.split(".")[0]
    assert set(left_out(archive).values()) == {"no_picture"}


def test_the_names_of_a_zip_made_on_a_mac(animals: Path) -> None:
    """They are UTF-8, and the zip does not say so."""
    path = zipped(animals, animals.parent / "mac.zip")
    content = path.read_bytes()
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(header, place + 1)) >= 0:
            bits = content[place + flags + 1] & ~8
            content = content[: place + flags + 1] + bytes([bits]) + content[place + flags + 2 :]
    path.write_bytes(content)
    assert opened(path).class_names["en"] == ("cats", "ñandúes")


def test_names_that_lead_out_of_an_archive(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    content = (animals / "cats" / "0.png").read_bytes()
    escaping = ["../cats/a.png", "cats/../../a.png", "/cats/a.png", "C:\\cats\\a.png", "..\\a.png"]
    with zipfile.ZipFile(path, "a") as archive:
        for name in escaping:
            archive.writestr(name, content)
    dataset = opened(path)
    assert set(left_out(dataset).values()) == {"outside", "no_picture"}
    assert sorted(pixels_by_name(dataset)) == sorted(NAMES)
    assert not list(animals.parent.glob("**/a.png"))


def test_members_of_a_tar_that_are_no_files(animals: Path) -> None:
    path = tarred(animals, animals.parent / "a.tar")
    kinds = {
        "link.png": tarfile.SYMTYPE,
        "hard.png": tarfile.LNKTYPE,
        "pipe.png": tarfile.FIFOTYPE,
        "device.png": tarfile.CHRTYPE,
        "disk.png": tarfile.BLKTYPE,
    }
    with tarfile.open(path, "a") as archive:
        for name, kind in kinds.items():
            member = tarfile.TarInfo(f"cats/{name}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        member = tarfile.TarInfo("../cats/out.png")
        archive.addfile(member)
        member = tarfile.TarInfo("cats/empty.png")
        archive.addfile(member)
    assert left_out(opened(path)) == {
        **{f"cats/{name}": "no_file" for name in kinds},
        "../cats/out.png": "outside",
        "cats/empty.png": "empty",
        "cats/notes.txt": "no_picture",
    }


def test_a_link_in_a_zip(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    member = zipfile.ZipInfo("cats/link.png")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "/etc/passwd")
    assert left_out(opened(path))["cats/link.png"] == "no_file"


def test_a_member_that_is_there_twice(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("cats/0.png", b"another")
    dataset = opened(path)
    assert left_out(dataset)["cats/0.png"] == "twice"
    assert "cats/0.png" in pixels_by_name(dataset)


def test_an_encrypted_zip(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    content = path.read_bytes()
    path.write_bytes(_encrypted(content, "cats/3.png"))
    assert left_out(opened(path))["cats/3.png"] == "unreadable"
    path = path.with_name("b.zip")  # of one of the same name and checksums the pictures are kept
    path.write_bytes(_encrypted(content, ""))
    assert error_of(path) == "none of the 12 pictures in PATH can be read. Are they whole?"


def _encrypted(content: bytes, name: str) -> bytes:
    """Set the bit that says that a member is encrypted; of all of them without a name."""
    changed = bytearray(content)
    for header, flags, names in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        place = -1
        while (place := content.find(header, place + 1)) >= 0:
            if content[place + names :].startswith(name.encode()):
                changed[place + flags] |= 1
    return bytes(changed)


def test_a_member_that_does_not_unpack(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    content = bytearray(path.read_bytes())
    content[content.index(b"cats/3.png") + 60] ^= 0xFF
    path.write_bytes(content)
    dataset = opened(path)
    assert left_out(dataset)["cats/3.png"] == "unreadable"
    assert len(pixels_by_name(dataset)) == 11


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_a_member_that_unpacks_to_far_too_much(animals: Path, monkeypatch, name: str) -> None:
    bomb = animals / "cats" / "bomb.png"
    bomb.write_bytes((animals / "cats" / "0.png").read_bytes() + b"\0" * 1_000_000)
    monkeypatch.setattr(holders, "MOST_MEMBER", 100_000)
    assert left_out(opened(ARCHIVES[name](animals, animals.parent / name)))["cats/bomb.png"] == (
        "unreadable"
    )


def test_an_archive_of_more_files_than_there_can_be(animals: Path, monkeypatch) -> None:
    monkeypatch.setattr(holders, "MOST_FILES", 10)
    for path in (zipped(animals, animals.parent / "a.zip"), animals):
        with (
            closing(holders.open_holder(path)) as holder,
            pytest.raises(CotejoError, match="holds more than 10 files"),
        ):
            holder.files()


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.xz", "tgz"])
@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_one_line(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    with pytest.raises(CotejoError) as caught:
        opened(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.zip", "lzma.zip", "bz2.zip", "a.tar.gz", "a.tar.xz", "a.tar"])
def test_a_damaged_archive_never_ends_in_a_traceback(animals: Path, name: str) -> None:
    path = ARCHIVES[name](animals, animals.parent / name)
    whole = path.read_bytes()
    generator = random.Random(3)
    for attempt in range(40):
        path.write_bytes(damaged(whole, generator, [1, 5, 50], cut=attempt % 4 == 0))
        try:
            with closing(holders.open_holder(path)) as holder:
                for file in holder.files():
                    with suppress(OSError):
                        holder.open(file.name).read()
        except CotejoError as error:
            assert "\n" not in str(error)


def test_an_archive_that_a_network_file_system_takes_away(animals: Path) -> None:
    path = zipped(animals, animals.parent / "a.zip")
    with closing(holders.open_holder(path)) as holder:
        held = holder.files()
        path.write_bytes(b"")
        for file in held:
            with pytest.raises(OSError):
                holder.open(file.name)


def test_pictures_in_an_archive_without_endings(animals: Path) -> None:
    for path in list(animals.rglob("*.png")):
        path.rename(path.with_suffix(".bin"))
    shutil.move(animals / "cats" / "0.bin", animals / "cats" / "0.png")
    assert len(class_by_name(opened(zipped(animals, animals.parent / "a.zip")))) == 12


def test_a_picture_of_a_gigabyte_is_not_read_whole(animals: Path) -> None:
    with (animals / "cats" / "film.mov").open("wb") as film:
        film.truncate(2**30)
    assert left_out(opened(animals))["cats/film.mov"] == "no_picture"
    flat = np.zeros((8, 8, 3), np.uint8)
    Image.fromarray(flat).save(animals / "cats" / "long.png")
    with (animals / "cats" / "long.png").open("r+b") as long:
        long.truncate(2**30)
    assert "cats/long.png" in pixels_by_name(opened(animals))
