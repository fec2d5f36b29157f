"""Odd pictures that are read: by their form, what lies beside the pixels, size and name."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from odd_making import (
    BASE,
    SIDE,
    SMOOTH,
    Pixels,
    chunk,
    deep_grey,
    grey_pixels,
    image,
    on_white,
    plain,
    png,
    png_rows,
    read,
    rgb,
    stored_again,
    with_alpha,
)
from PIL import Image, PngImagePlugin

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
    deep = Image.fromarray(deep_grey().astype(">u2"))
    assert deep.mode == "I;16B"
    deep.save(path)
    return grey_pixels()


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
    read(_name, kind=f"name_with_{_kind}")(plain)


@read("a.png", 9)
def jpeg_named_png(path: Path) -> Pixels:
    image(SMOOTH).save(path, "JPEG", quality=100, subsampling=0)
    return SMOOTH


@read("a.jpg")
def link_to_a_picture(path: Path) -> Pixels:
    outside = path.parents[2] / "outside.png"
    plain(outside)
    path.symlink_to(outside)
    return BASE


@read("a.png/inside.png")
def folder_named_like_a_picture(path: Path) -> Pixels:
    path.parent.mkdir(exist_ok=True)
    return plain(path)


@read("deeper/and/deeper/a.png")
def far_below_its_class(path: Path) -> Pixels:
    path.parent.mkdir(parents=True, exist_ok=True)
    return plain(path)
