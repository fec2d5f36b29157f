"""Pictures from files: the middle, at the right size; what is none is refused in one line."""

from __future__ import annotations

import io
import os
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from cotejo.errors import DataError
from cotejo.pictures import read_picture, reading
from cotejo.pictures.fitting import fitted

SHAPE = (32, 32, 3)


def saved(path, array, **options):
    Image.fromarray(array).save(path, **options)
    return path


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "bmp", "tiff"])
def test_every_format_is_read(tmp_path, ending):
    path = saved(tmp_path / f"a.{ending}", np.full((50, 40, 3), 200, np.uint8))
    picture = read_picture(path, SHAPE)
    assert (picture.shape, picture.dtype) == (SHAPE, np.uint8)
    assert abs(int(picture.mean()) - 200) < 5


def test_an_image_of_the_right_size_is_left_as_it_is(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    np.testing.assert_array_equal(read_picture(saved(tmp_path / "a.png", image), SHAPE), image)


def test_the_middle_square_is_looked_at(tmp_path):
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, 32:96] = 255
    assert (read_picture(saved(tmp_path / "a.png", wide), SHAPE) == 255).all()


def test_transparent_parts_are_white_and_grey_stays_grey(tmp_path):
    clear = np.zeros((40, 40, 4), np.uint8)
    assert (read_picture(saved(tmp_path / "a.png", clear), SHAPE) == 255).all()
    grey = np.full((40, 40), 90, np.uint8)
    assert read_picture(saved(tmp_path / "b.png", grey), (28, 28, 1)).shape == (28, 28, 1)
    deep = Image.fromarray(np.full((40, 40), 40_000, np.uint16))
    deep.save(tmp_path / "c.png")
    assert (read_picture(tmp_path / "c.png", SHAPE) == round(40_000 / 257)).all()


def test_a_turned_photograph_is_set_upright(tmp_path):
    upper = np.zeros((40, 40, 3), np.uint8)
    upper[:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    path = saved(tmp_path / "a.png", upper, exif=exif)
    picture = read_picture(path, SHAPE)
    assert picture[24:].mean() > 250
    assert picture[:8].mean() < 5


def refused(path, said):
    with pytest.raises(DataError, match=said) as caught:
        read_picture(path, SHAPE)
    assert "\n" not in str(caught.value)


def test_what_is_no_picture_is_refused(tmp_path, monkeypatch):
    text = tmp_path / "a.png"
    text.write_text("no picture")
    refused(text, "is no picture that can be read")
    refused(tmp_path / "b.png", "there is no such file")
    refused(str(text / "inside.png"), "there is no such file")
    refused(tmp_path, "is a folder; give the pictures in it")
    refused("https://example.org/a.png", "https://example.org/a.png is an address; download")
    refused("x" * 300, "can't be read: File name too long")
    refused("a\0b", "can't be read: .*embedded null")
    whole = saved(tmp_path / "c.png", np.zeros((60, 60, 3), np.uint8))
    whole.write_bytes(whole.read_bytes()[:-40])
    refused(whole, "can't be decoded")
    # What another library of the process has turned on has no say.
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    refused(whole, "can't be decoded")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_regular_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    refused(tmp_path / "pipe.png", "is no regular file")
    refused(os.devnull, "is no regular file")


def test_what_would_fill_the_memory_is_refused_by_its_header(tmp_path, monkeypatch):
    large = saved(tmp_path / "d.png", np.zeros((20, 20, 3), np.uint8))
    photograph = saved(tmp_path / "d.jpg", np.full((80, 80, 3), 90, np.uint8))
    monkeypatch.setattr(reading, "MOST_BYTES", 3000)
    refused(large, "is 20 × 20 pixels, which would fill the memory")
    # A JPEG can be decoded smaller.
    assert abs(int(read_picture(photograph, SHAPE).mean()) - 90) < 3
    monkeypatch.setattr(reading, "MOST_BYTES", 300)
    refused(photograph, "would fill the memory")
    monkeypatch.undo()
    refused(saved(tmp_path / "e.png", np.zeros((2, 70_000), np.uint8)), "70000 × 2 pixels")


@pytest.mark.parametrize(("place", "value"), [(18, -30), (22, -(2**31)), (22, 2**31 - 1)])
def test_a_header_that_can_t_be_is_called_damaged(tmp_path, place, value):
    path = saved(tmp_path / "a.bmp", np.zeros((40, 30, 3), np.uint8))
    content = bytearray(path.read_bytes())
    content[place : place + 4] = struct.pack("<i", value)
    path.write_bytes(content)
    refused(path, "its header is damaged")


def test_a_bmp_from_the_top_down_is_read(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    path = saved(tmp_path / "a.bmp", image)
    content = bytearray(path.read_bytes())
    content[22:26] = struct.pack("<i", -32)
    rows = np.frombuffer(bytes(content[54:]), np.uint8).reshape(32, -1)[::-1]
    path.write_bytes(bytes(content[:54]) + rows.tobytes())
    np.testing.assert_array_equal(read_picture(path, SHAPE), image)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(tmp_path, value):
    floats = np.ones((40, 40), np.float32)
    path = saved(tmp_path / "a.tiff", floats)
    assert (read_picture(path, SHAPE) == 255).all()
    floats[20, 20] = value
    refused(saved(path, floats), "no finite numbers")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["png", "tiff", "webp"])
def test_strips_are_put_together_as_the_whole_would_be(tmp_path, monkeypatch, ending, orientation):
    image = np.random.default_rng(1).integers(0, 256, (45, 61, 4), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / f"a.{ending}", image, exif=exif, lossless=True)
    whole = read_picture(path, SHAPE)
    monkeypatch.setattr("cotejo.pictures.fitting._STRIP", 150)
    np.testing.assert_array_equal(read_picture(path, SHAPE), whole)
    with Image.open(io.BytesIO(path.read_bytes())) as opened:
        upright = ImageOps.exif_transpose(opened)
        flat = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    np.testing.assert_array_equal(whole, fitted("a", flat.convert("RGB"), SHAPE, "crop"))
