"""Odd pictures that are read: turned ones, and those of other colours and depths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL
from odd_making import (
    BASE,
    SIDE,
    SMOOTH,
    Pixels,
    deep_grey,
    grey_pixels,
    image,
    on_white,
    png,
    png_rows,
    read,
    rgb,
    stored_again,
    with_alpha,
)
from PIL import Image, ImageCms, ImageOps

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


if int(PIL.__version__.partition(".")[0]) > 12:  # earlier ones can't read what they have written

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


@read("a.png")
def sixteen_bit_png(path: Path) -> Pixels:
    Image.fromarray(deep_grey()).save(path)
    return grey_pixels()


@read("a.tif")
def sixteen_bit_tiff(path: Path) -> Pixels:
    Image.fromarray(deep_grey()).save(path)
    return grey_pixels()


@read("a.tif")
def thirty_two_bit_tiff(path: Path) -> Pixels:
    Image.fromarray(deep_grey().astype(np.int32)).save(path)
    return grey_pixels()


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
