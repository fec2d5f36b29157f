"""Odd files that are left out, each with its reason."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from odd_making import BASE, SIDE, SMOOTH, chunk, image, left_out, plain, png, png_rows
from PIL import Image

# What is left out: cut short


def _cut(ending: str, keep: Callable[[int], int], **options: object) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        noise = np.random.default_rng(5).integers(0, 256, (40, 40, 3), dtype=np.uint8)
        image(noise).save(path, **options)
        content = path.read_bytes()
        path.write_bytes(content[: keep(len(content))])

    return make


for _ending in ("png", "jpg", "gif", "webp", "bmp", "tif"):
    left_out(f"a.{_ending}", "damaged", kind=f"half_a_{_ending}")(
        _cut(_ending, lambda size: size // 2)
    )
    left_out(f"a.{_ending}", "damaged", kind=f"{_ending}_without_its_end")(
        _cut(_ending, lambda size: size - 60)
    )
for _ending, _size in {"png": 8, "jpg": 3, "gif": 6, "bmp": 10, "tif": 8, "webp": 16}.items():
    left_out(f"a.{_ending}", "damaged", kind=f"beginning_of_a_{_ending}")(
        _cut(_ending, lambda size, kept=_size: kept)
    )
left_out("a.png", "damaged", kind="png_cut_in_its_header")(_cut("png", lambda size: 20))
left_out("a.jpg", "damaged", kind="progressive_jpeg_cut")(
    _cut("jpg", lambda size: size * 3 // 4, progressive=True)
)


# No pictures


def _content(content: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


left_out("a.png", "empty", kind="empty")(_content(b""))
left_out("a", "no_picture", kind="empty_without_ending")(_content(b""))
left_out("a.jpg", "no_picture", kind="text")(_content(b"no picture"))
left_out("a.jpg", "no_picture", kind="a_page_not_found")(_content(b"<!DOCTYPE html><h1>404"))
left_out("a.jpg", "no_picture", kind="one_byte")(_content(b"\xff"))
left_out("a.png", "no_picture", kind="zeros")(_content(b"\0" * 5000))
left_out("a.png", "no_picture", kind="svg")(_content(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
left_out("a.pdf", "no_picture", kind="pdf")(_content(b"%PDF-1.7\n%%EOF"))
left_out("a.md", "no_picture", kind="notes")(_content("año\n".encode("cp1252")))
left_out("a.heic", "no_picture", kind="heic_without_its_plug_in")(
    _content(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 60)
)
left_out("a.png", "no_picture", kind="pointer_of_a_large_file_store")(
    _content(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
)


@left_out("a.png", "no_picture")
def zip_named_png(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"")


@left_out("a.ppm", "no_picture")
def format_that_is_not_read(path: Path) -> None:
    image().save(path)


@left_out("a.png", "no_picture")
def postscript(path: Path) -> None:
    # Pillow would hand it to Ghostscript.
    image().save(path, "EPS")


@left_out("a.ico", "no_picture")
def icon(path: Path) -> None:
    image().save(path, sizes=[(8, 8)])


# Damaged


@left_out("a.png", "damaged")
def wrong_checksum(path: Path) -> None:
    image().save(path)
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


@left_out("a.png", "damaged")
def pixels_that_do_not_unpack(path: Path) -> None:
    broken = chunk(b"IDAT", b"\x78\x9c" + b"\x07" * 50)
    path.write_bytes(png((SIDE, SIDE, 8, 2, 0, 0, 0), broken, rows=None))


@left_out("a.png", "damaged")
def png_without_pixels(path: Path) -> None:
    path.write_bytes(png((SIDE, SIDE, 8, 2, 0, 0, 0), rows=None))


@left_out("a.png", "damaged")
def png_of_no_width(path: Path) -> None:
    path.write_bytes(png((0, SIDE, 8, 2, 0, 0, 0), rows=b""))


@left_out("a.png", "damaged")
def png_of_a_depth_that_is_none(path: Path) -> None:
    path.write_bytes(png((SIDE, SIDE, 7, 2, 0, 0, 0), rows=png_rows(BASE)))


@left_out("a.png", "damaged")
def header_of_a_bomb_without_the_bomb(path: Path) -> None:
    path.write_bytes(png((60_000, 60_000, 8, 2, 0, 0, 0), rows=b"\0" * 100))


@left_out("a.png", "too_large")
def bomb(path: Path) -> None:
    path.write_bytes(png((30_000, 30_000, 8, 2, 0, 0, 0), rows=b"\0" * 30_000_000))


@left_out("a.png", "too_large")
def side_longer_than_any_picture_has(path: Path) -> None:
    path.write_bytes(png((70_000, 1, 8, 0, 0, 0, 0), rows=b"\0" * 70_001))


@left_out("a.bmp", "damaged")
def bmp_of_negative_width(path: Path) -> None:
    image().save(path)
    content = bytearray(path.read_bytes())
    content[18:22] = struct.pack("<i", -SIDE)
    path.write_bytes(content)


@left_out("a.tif", "damaged")
def tiff_with_no_numbers(path: Path) -> None:
    floats = np.ones((SIDE, SIDE), np.float32)
    floats[3, 3] = np.nan
    Image.fromarray(floats).save(path)


@left_out("a.tif", "damaged")
def tiff_that_points_nowhere(path: Path) -> None:
    path.write_bytes(b"II*\0" + struct.pack("<I", 2**31) + b"\0" * 100)


@left_out("a.jpg", "damaged")
def jpeg_without_its_size(path: Path) -> None:
    image(SMOOTH).save(path)
    path.write_bytes(path.read_bytes().replace(b"\xff\xc0", b"\xff\xef"))


@left_out("a.webp", "damaged")
def webp_of_noise(path: Path) -> None:
    path.write_bytes(b"RIFF\x64\0\0\0WEBPVP8 " + b"\x99" * 92)


@left_out("a.avif", "damaged")
def half_an_avif(path: Path) -> None:
    image(SMOOTH).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


# No regular files


@left_out("a.png", "missing")
def link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere.png")


@left_out("a.png", "missing")
def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@left_out("again", "loop")
def link_to_the_folder_above(path: Path) -> None:
    path.symlink_to(path.parents[1])


@left_out("a.png", "no_file")
def pipe(path: Path) -> None:
    os.mkfifo(path)


@left_out("a.png", "no_file")
def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@left_out("a.png", "empty_class")
def empty_folder_named_like_a_picture(path: Path) -> None:
    path.mkdir()


@left_out("a.png", "unreadable")
def picture_without_permission(path: Path) -> None:
    plain(path)
    path.chmod(0)


@left_out("inside", "unreadable")
def folder_without_permission(path: Path) -> None:
    path.mkdir(mode=0)


# Hidden


for _kind, _name in {
    "file": ".a.png",
    "fork_of_a_mac": "._a.png",
    "store_of_a_mac": ".DS_Store",
    "thumbnails": "Thumbs.db",
    "settings_of_windows": "desktop.ini",
    "lock_of_an_office": "~$a.png",
}.items():
    left_out(_name, "hidden", kind=f"hidden_{_kind}")(lambda path: image().save(path, "PNG"))


@left_out(".ipynb_checkpoints", "hidden", ".ipynb_checkpoints/a.png")
def hidden_checkpoints(path: Path) -> None:
    path.mkdir()
    image().save(path / "a.png")


@left_out("__MACOSX", "hidden", "__MACOSX/a.png")
def hidden_folder_of_a_mac(path: Path) -> None:
    path.mkdir()
    image().save(path / "a.png")


@left_out(".git", "hidden", ".git/refs")
def hidden_empty_folder(path: Path) -> None:
    (path / "refs").mkdir(parents=True)


@left_out(".lock", "hidden")
def hidden_link_to_nowhere(path: Path) -> None:
    path.symlink_to("host:1234")
