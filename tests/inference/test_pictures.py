"""Pictures from files: the middle, at the right size; what is none is refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cotejo.errors import DataError
from cotejo.inference import pictures, read_picture

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


def test_what_is_no_picture_is_refused(tmp_path, monkeypatch):
    text = tmp_path / "a.png"
    text.write_text("no picture")
    with pytest.raises(DataError, match="is no picture that can be read"):
        read_picture(text, SHAPE)
    with pytest.raises(DataError, match="there is no such file"):
        read_picture(tmp_path / "b.png", SHAPE)
    with pytest.raises(DataError, match="can't be decoded"):
        read_picture(tmp_path, SHAPE)
    whole = saved(tmp_path / "c.png", np.zeros((60, 60, 3), np.uint8))
    whole.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(DataError, match="can't be decoded"):
        read_picture(whole, SHAPE)
    # What another library of the process has turned on has no say.
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(DataError, match="can't be decoded"):
        read_picture(whole, SHAPE)
    large = saved(tmp_path / "d.png", np.zeros((20, 20, 3), np.uint8))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(DataError, match="more than"):
        read_picture(large, SHAPE)
    # Past twice its own limit Pillow refuses by itself.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(DataError, match="more than"):
        read_picture(large, SHAPE)
