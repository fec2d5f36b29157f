"""Odd files, each made by a small function: those that are read, and those that are left out.

A function gets the path to write to. What is read says in its value which pixels come out.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

__all__ = ["BASE", "LEFT_OUT", "READ", "LeftOutFile", "ReadFile"]

SIDE = 8

BASE = np.random.default_rng(8).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
"""Pixels that only lossless formats keep."""

SMOOTH = np.stack(
    np.broadcast_arrays(*np.ogrid[60 : 60 + 8 * SIDE : 8, 90 : 90 + 8 * SIDE : 8], 120), axis=2
).astype(np.uint8)
"""Pixels that a JPEG keeps nearly."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ReadFile:
    """An odd file that is read: its name, its maker, how far the pixels may be off."""

    name: str
    make: Callable[[Path], Pixels]
    tolerance: int


@dataclass(frozen=True)
class LeftOutFile:
    """An odd file that is left out: its name, its maker, the reason, and what has it.

    Attributes:
        listed: the name under which it is listed; None for its own.
    """

    name: str
    make: Callable[[Path], None]
    reason: str
    listed: str | None


READ: dict[str, ReadFile] = {}
LEFT_OUT: dict[str, LeftOutFile] = {}


def read(
    name: str, tolerance: int = 0, kind: str = ""
) -> Callable[[Callable[[Path], Pixels]], Callable[[Path], Pixels]]:
    def register(make: Callable[[Path], Pixels]) -> Callable[[Path], Pixels]:
        READ[kind or make.__name__] = ReadFile(name, make, tolerance)
        return make

    return register


def left_out(
    name: str, reason: str, listed: str | None = None, kind: str = ""
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def register(make: Callable[[Path], None]) -> Callable[[Path], None]:
        LEFT_OUT[kind or make.__name__] = LeftOutFile(name, make, reason, listed)
        return make

    return register


def image(pixels: Pixels = BASE) -> Image.Image:
    return Image.fromarray(pixels)


def rgb(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"))


def on_white(picture: Image.Image) -> Pixels:
    clear = picture.convert("RGBA")
    return rgb(Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear))


def with_alpha() -> Image.Image:
    clear = image()
    clear.putalpha(Image.fromarray(BASE[..., 0]))
    return clear


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png(
    header: tuple[int, int, int, int, int, int, int], *chunks: bytes, rows: bytes | None
) -> bytes:
    """Return a PNG of any header: width, height, depth, colour type, 0, 0, interlacing."""
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", *header)), *chunks]
    if rows is not None:
        parts.append(chunk(b"IDAT", zlib.compress(rows)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def png_rows(pixels: Pixels) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in pixels)


# Turned photographs

_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _turned(orientation: int, pixels: Pixels, **options: object) -> Callable[[Path], Pixels]:
    def make(path: Path) -> Pixels:
        turn = _STORED[orientation]
        stored = image(pixels) if turn is None else image(pixels).transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(path, exif=exif, **options)
        assert (
            np.abs(rgb(ImageOps.exif_transpose(stored_again(path))).astype(int) - pixels).max() < 9
        )
        return pixels

    return make


def stored_again(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.load()
        return opened


for _orientation in range(1, 9):
    read("turned.png", kind=f"png_orientation_{_orientation}")(_turned(_orientation, BASE))
    read("turned.jpg", 9, kind=f"jpeg_orientation_{_orientation}")(
        _turned(_orientation, SMOOTH, quality=100, subsampling=0)
    )


@read("a.png")
def orientation_out_of_range(path: Path) -> Pixels:
    exif = Image.Exif()
    exif[0x0112] = 77
    image().save(path, exif=exif)
    return BASE


# Modes


@read("a.png")
def one_bit(path: Path) -> Pixels:
    picture = image().convert("1")
    picture.save(path)
    return rgb(picture)


@read("a.png")
def grey(path: Path) -> Pixels:
    picture = image().convert("L")
    picture.save(path)
    return rgb(picture)


@read("a.png", 1)
def grey_with_alpha(path: Path) -> Pixels:
    picture = with_alpha().convert("LA")
    picture.save(path)
    return on_white(picture)


@read("a.png")
def palette(path: Path) -> Pixels:
    picture = image().quantize(64)
    picture.save(path)
    return rgb(picture)


@read("a.png")
def palette_with_a_transparent_colour(path: Path) -> Pixels:
    picture = image().quantize(64)
    picture.save(path, transparency=int(np.asarray(picture)[0, 0]))
    pixels = rgb(picture).copy()
    pixels[np.asarray(picture) == np.asarray(picture)[0, 0]] = 255
    return pixels


@read("a.gif")
def gif_with_a_transparent_colour(path: Path) -> Pixels:
    numbers = np.arange(64, dtype=np.uint8).reshape(SIDE, SIDE)
    picture = Image.fromarray(numbers).convert("P")
    picture.putpalette([level for number in range(256) for level in (number, 9, 200)])
    picture.save(path, transparency=5)
    pixels = rgb(picture).copy()
    pixels[numbers == 5] = 255
    return pixels


@read("a.png", 1)
def colours_with_alpha(path: Path) -> Pixels:
    picture = with_alpha()
    picture.save(path)
    return on_white(picture)


@read("a.png")
def a_transparent_colour_of_rgb(path: Path) -> Pixels:
    colour = tuple(int(level) for level in BASE[2, 3])
    image().save(path, transparency=colour)
    pixels = BASE.copy()
    pixels[(BASE[2, 3] == BASE).all(axis=2)] = 255
    return pixels


@read("a.jpg", 9)
def cmyk_jpeg(path: Path) -> Pixels:
    picture = image(SMOOTH).convert("CMYK")
    picture.save(path, quality=100, subsampling=0)
    return rgb(picture)


@read("a.tif")
def cmyk_tiff(path: Path) -> Pixels:
    picture = image().convert("CMYK")
    picture.save(path)
    return rgb(picture)


@read("a.jpg", 9)
def jpeg_with_half_the_colours(path: Path) -> Pixels:
    image(SMOOTH).convert("YCbCr").save(path, quality=100, subsampling=2)
    return SMOOTH


@read("a.tif", 9)
def tiff_of_brightness_and_colour(path: Path) -> Pixels:
    image(SMOOTH).convert("YCbCr").save(path)
    return SMOOTH


@read("a.tif", 6)
def lab_tiff(path: Path) -> Pixels:
    profiles = [ImageCms.createProfile(kind) for kind in ("sRGB", "LAB")]
    picture = ImageCms.profileToProfile(image(SMOOTH), *profiles, outputMode="LAB")
    assert picture is not None
    picture.save(path)
    return SMOOTH


def _deep_grey() -> NDArray[np.uint16]:
    return BASE[..., 0].astype(np.uint16) * 257


def _grey_pixels() -> Pixels:
    return np.repeat(BASE[..., :1], 3, axis=2)


@read("a.png")
def sixteen_bit_png(path: Path) -> Pixels:
    Image.fromarray(_deep_grey()).save(path)
    return _grey_pixels()


@read("a.tif")
def sixteen_bit_tiff(path: Path) -> Pixels:
    Image.fromarray(_deep_grey()).save(path)
    return _grey_pixels()


@read("a.tif")
def thirty_two_bit_tiff(path: Path) -> Pixels:
    Image.fromarray(_deep_grey().astype(np.int32)).save(path)
    return _grey_pixels()


@read("a.tif")
def float_tiff(path: Path) -> Pixels:
    floats = BASE[..., 0].astype(np.float32) / float(BASE[..., 0].max())
    Image.fromarray(floats).save(path)
    return np.repeat((floats * 255).round().astype(np.uint8)[..., np.newaxis], 3, axis=2)


@read("a.png")
def sixteen_bit_colours(path: Path) -> Pixels:
    deep = np.repeat(BASE, 2, axis=2)  # each level twice is the level times 257
    path.write_bytes(png((SIDE, SIDE, 16, 2, 0, 0, 0), rows=png_rows(deep)))
    return BASE


# Several pictures in one: the first counts


def _frames() -> list[Image.Image]:
    return [image(np.roll(BASE, step, axis=0)) for step in range(3)]


@read("a.tiff")
def tiff_of_pages(path: Path) -> Pixels:
    first, *more = _frames()
    first.save(path, save_all=True, append_images=more)
    return BASE


@read("a.gif")
def animated_gif(path: Path) -> Pixels:
    frames = [frame.quantize(64) for frame in _frames()]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return rgb(frames[0])


@read("a.webp")
def animated_webp(path: Path) -> Pixels:
    first, *more = _frames()
    first.save(path, save_all=True, append_images=more, lossless=True)
    return BASE


@read("a.png")
def animated_png(path: Path) -> Pixels:
    first, *more = _frames()
    first.save(path, save_all=True, append_images=more)
    return BASE


@read("a.jpg", 9)
def photograph_of_two_eyes(path: Path) -> Pixels:
    image(SMOOTH).save(path, "MPO", save_all=True, append_images=[image(SMOOTH[::-1])], quality=100)
    return SMOOTH


# Ways to write a format


@read("a.jpg", 9)
def progressive_jpeg(path: Path) -> Pixels:
    image(SMOOTH).save(path, progressive=True, quality=100, subsampling=0)
    return SMOOTH


@read("a.jpg", 3)
def grey_jpeg(path: Path) -> Pixels:
    picture = image(SMOOTH).convert("L")
    picture.save(path, quality=100)
    return rgb(picture)


@read("a.png")
def interlaced_png(path: Path) -> Pixels:
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
    rows = [png_rows(BASE[top::down, left::right]) for top, left, down, right in passes]
    rows.append(png_rows(BASE[1::2]))
    path.write_bytes(png((SIDE, SIDE, 8, 2, 0, 0, 1), rows=b"".join(rows)))
    return BASE


@read("a.gif")
def interlaced_gif(path: Path) -> Pixels:
    picture = image().quantize(64)
    picture.save(path, interlace=1)
    return rgb(picture)


def _compressed(method: str) -> Callable[[Path], Pixels]:
    def make(path: Path) -> Pixels:
        image().save(path, compression=method)
        return BASE

    return make


for _method in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
    read("a.tif", kind=f"tiff_by_{_method.removeprefix('tiff_')}")(_compressed(_method))


@read("a.tif")
def big_endian_tiff(path: Path) -> Pixels:
    deep = Image.fromarray(_deep_grey().astype(">u2"))
    assert deep.mode == "I;16B"
    deep.save(path)
    return _grey_pixels()


@read("a.bmp")
def bmp_from_the_top_down(path: Path) -> Pixels:
    image(BASE[::-1]).save(path)
    content = bytearray(path.read_bytes())
    content[22:26] = struct.pack("<i", -SIDE)
    path.write_bytes(content)
    return BASE


@read("a.dib")
def bmp_of_one_bit(path: Path) -> Pixels:
    picture = image().convert("1")
    picture.save(path, "BMP")
    return rgb(picture)


@read("a.webp", 1)
def webp_with_alpha(path: Path) -> Pixels:
    picture = with_alpha()
    picture.save(path, lossless=True, exact=True)
    return on_white(picture)


@read("a.avif", 12)
def avif(path: Path) -> Pixels:
    image(SMOOTH).save(path, quality=100, subsampling="4:4:4")
    return SMOOTH


# Things beside the pixels


@read("a.jpg", 9)
def exif_that_is_none(path: Path) -> Pixels:
    image(SMOOTH).save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=100, subsampling=0)
    return SMOOTH


@read("a.png")
def exif_of_text(path: Path) -> Pixels:
    image().save(path)
    content = path.read_bytes()
    path.write_bytes(content[:33] + chunk(b"eXIf", b"no exif") + content[33:])
    return BASE


@read("a.jpg", 9)
def exif_of_noise(path: Path) -> Pixels:
    image(SMOOTH).save(path, exif=b"Exif\0\0" + b"\x99" * 500, quality=100, subsampling=0)
    return SMOOTH


@read("a.jpg", 9)
def huge_colour_profile(path: Path) -> Pixels:
    image(SMOOTH).save(path, icc_profile=b"\0" * 1_500_000, quality=100, subsampling=0)
    return SMOOTH


@read("a.png")
def colour_profile_of_nothing(path: Path) -> Pixels:
    image().save(path, icc_profile=b"nothing")
    return BASE


@read("a.jpg", 9)
def bytes_behind_the_end(path: Path) -> Pixels:
    image(SMOOTH).save(path, quality=100, subsampling=0)
    path.write_bytes(path.read_bytes() + b"\0<script>" * 100)
    return SMOOTH


@read("a.png")
def bytes_behind_the_end_of_a_png(path: Path) -> Pixels:
    image().save(path)
    path.write_bytes(path.read_bytes() + b"PK\3\4" * 100)
    return BASE


@read("a.jpg", 9)
def long_comment(path: Path) -> Pixels:
    image(SMOOTH).save(path, comment=b"\xff\xd8" * 30_000, quality=100, subsampling=0)
    return SMOOTH


@read("a.png")
def text_in_a_png(path: Path) -> Pixels:
    about = PngImagePlugin.PngInfo()
    about.add_itxt("title", "ñ" * 10_000, zip=True)
    image().save(path, pnginfo=about)
    return BASE


@read("a.png")
def a_palette_that_is_too_short(path: Path) -> Pixels:
    numbers = np.arange(64, dtype=np.uint8).reshape(SIDE, SIDE)
    colours = chunk(b"PLTE", bytes([10, 20, 30] * 4))
    path.write_bytes(png((SIDE, SIDE, 8, 3, 0, 0, 0), colours, rows=png_rows(numbers)))
    return rgb(stored_again(path))  # what lies behind the palette is black


# Sizes


@read("a.png")
def a_single_pixel(path: Path) -> Pixels:
    image(np.full((1, 1, 3), 77, np.uint8)).save(path)
    return np.full((SIDE, SIDE, 3), 77, np.uint8)


@read("a.png")
def a_pixel_wide(path: Path) -> Pixels:
    image(np.full((3000, 1, 3), 77, np.uint8)).save(path)
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:, 4] = 77
    return pixels


@read("a.png")
def a_pixel_high(path: Path) -> Pixels:
    image(np.full((1, 3000, 3), 77, np.uint8)).save(path)
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[4] = 77
    return pixels


# Names


def _plain(path: Path) -> Pixels:
    image().save(path, "PNG")
    return BASE


for _kind, _name in {
    "png_named_jpg": "a.jpg",
    "png_named_gif": "a.gif",
    "upper_case_ending": "A.PNG",
    "mixed_case_ending": "a.JpEg",
    "no_ending": "a",
    "ending_of_a_text": "a.txt",
    "two_endings": "a.tar.png",
    "emoji": "🐱👩🏽‍🔬.png",
    "composed_accents": "\u00f1and\u00fa.png",
    "decomposed_accents": "n\u0303andu\u0301.png",
    "newline": "two\nlines.png",
    "escape_sequence": "\x1b[31mred\x1b]0;title\x07.png",
    "right_to_left": "\u202egnp.\u05d0\u05d1\u05d2.png",
    "two_hundred_letters": "x" * 200 + ".png",
    "bytes_of_no_text": os.fsdecode(b"\xff\xfe\xe9.png"),
    "spaces_at_the_ends": "  a.png",
    "space_behind": "a.png ",
    "leading_dash": "-rf.png",
    "markup": "<b>$x|`a`&amp;.png",
    "wildcards": "*?[a].png",
    "percents": "%s{0}%00.png",
    "backslash": "cats\\a.png",
    "quotes": '"it\'s".png',
    "dots": "a...png",
    "reserved_on_windows": "con.png",
}.items():
    read(_name, kind=f"name_with_{_kind}")(_plain)


@read("a.png", 9)
def jpeg_named_png(path: Path) -> Pixels:
    image(SMOOTH).save(path, "JPEG", quality=100, subsampling=0)
    return SMOOTH


@read("a.jpg")
def link_to_a_picture(path: Path) -> Pixels:
    outside = path.parents[2] / "outside.png"
    _plain(outside)
    path.symlink_to(outside)
    return BASE


@read("a.png/inside.png")
def folder_named_like_a_picture(path: Path) -> Pixels:
    path.parent.mkdir(exist_ok=True)
    return _plain(path)


@read("deeper/and/deeper/a.png")
def far_below_its_class(path: Path) -> Pixels:
    path.parent.mkdir(parents=True, exist_ok=True)
    return _plain(path)


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
    _plain(path)
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
