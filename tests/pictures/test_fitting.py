"""Three ways to fit a picture, against Pillow's; a JPEG that is decoded at a part of its size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from cotejo.pictures import FITS, PictureSize, decode, measure, read_picture, strict_pillow
from cotejo.pictures.fitting import fitted, shrinkage
from cotejo.pictures.sizes import chosen_shape

SIZES = [(8, 8), (20, 30), (61, 45), (45, 61), (200, 31), (7, 5), (5, 90), (64, 64), (33, 32)]
SHAPES = [(32, 32, 3), (24, 40, 3), (40, 24, 1)]


def noise(width: int, height: int) -> Image.Image:
    generator = np.random.default_rng(width * 1000 + height)
    return Image.fromarray(generator.integers(0, 256, (height, width, 3), dtype=np.uint8))


def smooth(width: int, height: int) -> Image.Image:
    rows, columns = np.mgrid[:height, :width]
    waves = [np.sin(rows / 90 + hue) + np.cos(columns / 70 - hue) for hue in range(3)]
    return Image.fromarray((np.stack(waves, axis=2) * 60 + 128).astype(np.uint8))


def mean_or_between(size: tuple[int, int], width: int, height: int, fit: str) -> Image.Resampling:
    """Return the mean for pictures that shrink, and interpolation for those that grow."""
    sides = size[0] / width, size[1] / height
    smaller = (max if fit == "pad" else min)(sides) >= 1
    return Image.Resampling.BOX if smaller else Image.Resampling.BILINEAR


class RowsFirst(Image.Image):
    """A picture whose rows are resampled before its columns, as by Pillow before its version 13."""

    def resize(self, size, resample=None, box=None, reducing_gap=None):
        left, top, right, bottom = box or (0, 0, *self.size)
        box = (left, 0, right, self.height)
        narrow = Image.Image.resize(self, (size[0], self.height), resample, box)
        return Image.Image.resize(narrow, size, resample, (0, top, size[0], bottom))


def rows_first(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    changed.__class__ = RowsFirst
    return changed


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", SIZES)
def test_each_fit_is_pillow_s(size: tuple[int, int], shape: tuple[int, int, int]) -> None:
    height, width, channels = shape
    picture = noise(*size).convert("RGB" if channels == 3 else "L")
    expected = {
        "pad": lambda method: ImageOps.pad(rows_first(picture), (width, height), method, color=0),
        "crop": lambda method: ImageOps.fit(rows_first(picture), (width, height), method),
        "stretch": lambda method: rows_first(picture).resize((width, height), method),
    }
    assert sorted(expected) == sorted(FITS)
    for fit in FITS:
        found = fitted("a.png", picture, shape, fit)
        assert (found.shape, found.dtype) == (shape, np.uint8)
        reference = expected[fit](mean_or_between(size, width, height, fit))
        np.testing.assert_array_equal(found, np.asarray(reference).reshape(shape))


def test_padding_loses_nothing_and_adds_only_black() -> None:
    white = Image.new("RGB", (64, 20), "white")
    pixels = fitted("a.png", white, (32, 32, 3), "pad")
    inside = (pixels == 255).all(axis=(1, 2))
    assert inside.sum() == 10
    assert (pixels[~inside] == 0).all()
    np.testing.assert_array_equal(np.flatnonzero(inside), np.arange(11, 21))


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1), (1, 1), (2, 999)])
@pytest.mark.parametrize("fit", FITS)
def test_a_line_is_not_lost(size: tuple[int, int], fit: str) -> None:
    pixels = fitted("a.png", Image.new("RGB", size, "white"), (16, 16, 3), fit)
    assert pixels.max() == 255
    assert fit == "pad" or pixels.min() == 255


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(1000, 700), (640, 1280), (400, 400), (3000, 200)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_a_jpeg_decoded_at_a_part_of_its_size_looks_the_same(
    tmp_path: Path, size: tuple[int, int], fit: str, options: dict[str, object]
) -> None:
    path = tmp_path / "a.jpg"
    smooth(*size).save(path, quality=92, **options)
    with Image.open(path) as opened:
        whole = fitted(path, opened.convert("RGB"), (32, 32, 3), fit)
    found = read_picture(path, (32, 32, 3), fit)
    assert np.abs(found.astype(int) - whole).max() <= 10
    assert np.abs(found.astype(int) - whole).mean() < 2


def test_a_jpeg_that_is_not_much_too_large_is_decoded_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    noise(120, 120).save(path)
    with Image.open(path) as opened:
        whole = fitted(path, opened.convert("RGB"), (32, 32, 3), "stretch")
    np.testing.assert_array_equal(read_picture(path, (32, 32, 3), "stretch"), whole)


def test_shrinkage_is_of_the_side_that_decides() -> None:
    assert shrinkage((320, 64), (32, 32, 3), "pad") == 10
    assert shrinkage((320, 64), (32, 32, 3), "crop") == 2
    assert shrinkage((320, 64), (32, 32, 3), "stretch") == 2
    assert shrinkage((16, 64), (32, 32, 3), "pad") == 2


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "bmp", "tiff", "avif"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_measuring_tells_what_decoding_finds(ending: str, mode: str) -> None:
    file = io.BytesIO()
    noise(37, 21).convert(mode).save(file, "JPEG" if ending == "jpg" else ending)
    with strict_pillow():
        file.seek(0)
        size = measure("a", file)
        file.seek(0)
        pixels, decoded = decode("a", file, (8, 8, 3), "pad")
    assert size == decoded
    assert (size.width, size.height) == (37, 21)
    if ending not in ("gif", "webp", "avif"):  # which not all versions of Pillow read as greys
        assert size.is_grey == (mode == "L")
    assert pixels.shape == (8, 8, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["png", "jpeg", "webp", "tiff"])
def test_measuring_is_upright(orientation: int, ending: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    noise(37, 21).save(file, ending, exif=exif)
    file.seek(0)
    with strict_pillow():
        size = measure("a", file)
    assert (size.width, size.height) == ((21, 37) if orientation > 4 else (37, 21))


def test_measuring_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {}
    for ending in ("PNG", "JPEG", "WEBP", "BMP", "TIFF"):
        files[ending] = io.BytesIO()
        noise(37, 21).save(files[ending], ending)

    def load(self: Image.Image) -> None:
        pytest.fail("it is decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    for ending, file in files.items():
        file.seek(0)
        with strict_pillow():
            assert measure(ending, file) == PictureSize(37, 21, False)


def test_pictures_of_one_small_size_keep_it() -> None:
    assert chosen_shape([PictureSize(28, 28, True)] * 5) == (28, 28, 1)
    assert chosen_shape([PictureSize(28, 28, True)] * 5 + [PictureSize(28, 28, False)]) == (
        28,
        28,
        3,
    )
    assert chosen_shape([PictureSize(2, 1, True)]) == (4, 4, 1)


@pytest.mark.parametrize(
    ("sides", "chosen"),
    [
        ([10, 12], 16),
        ([30, 31], 28),
        ([32, 33], 32),
        ([640, 480, 20], 96),
        ([97], 96),
        ([40] * 9 + [4000], 32),
    ],
)
def test_the_side_is_one_that_half_of_them_have(sides: list[int], chosen: int) -> None:
    sizes = [PictureSize(side, side // 2 + 1, False) for side in sides]
    assert chosen_shape(sizes) == (chosen, chosen, 3)
    assert chosen_shape(sizes, 48) == (48, 48, 3)
