"""Pictures with bytes changed, cut off or added: the same pixels, or an error of one line.

`make fuzz CASES=3000` tries more cases. A PNG never gives other pixels. The other formats have no
checksum over theirs, so what is asked of them is that they end in a picture or in one line.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from fuzzing import cases
from PIL import Image

from cotejo.errors import DataError
from cotejo.pictures import read_picture

SHAPE = (32, 32, 3)
FORMATS = {
    "rgb.png": {}, "grey.png": {}, "clear.png": {}, "palette.png": {},
    "rgb.jpg": {}, "progressive.jpg": {"progressive": True}, "palette.gif": {}, "rgb.bmp": {},
    "rgb.tiff": {}, "deflated.tiff": {"compression": "tiff_deflate"}, "rgb.webp": {},
    "lossless.webp": {"lossless": True},
}  # fmt: skip
MODES = {"grey": "L", "clear": "RGBA", "palette": "P"}


def original(name):
    image = np.random.default_rng(3).integers(0, 256, (11, 13, 4), dtype=np.uint8)
    large = Image.fromarray(image.repeat(4, axis=0).repeat(4, axis=1))
    mode = MODES.get(name.partition(".")[0], "RGB")
    file = io.BytesIO()
    ending = name.rpartition(".")[2].replace("jpg", "jpeg")
    large.convert("RGB" if mode == "P" else mode).convert(mode).save(file, ending, **FORMATS[name])
    return file.getvalue()


def mutated(content, draw):
    """Return the content with a few bytes changed, some cut out, doubled or put in."""
    changed = bytearray(content)
    place = int(draw.integers(len(changed)))
    size = int(draw.integers(1, 9))
    match draw.integers(6):
        case 0 | 1:
            changed[place] ^= 1 << int(draw.integers(8))
        case 2:
            changed[place : place + size] = draw.bytes(size)
        case 3:
            del changed[place : place + int(draw.integers(1, len(changed)))]
        case 4:
            changed[place:place] = changed[place : place + size]
        case _:
            # The header has the sizes, where a wrong one costs most.
            changed[int(draw.integers(min(64, len(changed))))] = int(draw.integers(256))
    return bytes(changed)


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_picture_is_the_same_or_refused(name, tmp_path, capfd):
    path, content = tmp_path / name, original(name)
    path.write_bytes(content)
    meant = read_picture(path, SHAPE)
    draw = np.random.default_rng(sorted(FORMATS).index(name))
    refused = others = 0
    for _ in cases(40):  # of each file; there are twelve
        path.write_bytes(mutated(content, draw))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                seen = read_picture(path, SHAPE)
            except DataError as error:
                refused += 1
                assert "\n" not in str(error)
                assert name in str(error)
                continue
        assert (seen.shape, seen.dtype) == (SHAPE, np.uint8)
        others += not np.array_equal(seen, meant)
    assert refused
    assert not others or not name.endswith("png")
    # The libraries below Pillow have nothing to say of their own.
    assert capfd.readouterr().err == ""
