"""Ice as on a window in winter, grown here: crystals of blades with barbs, on a clouded ground.

The published sets have photographs of frost, which are not ours to give away. These sheets have
their range of brightness, tint and contrast, so that frost changes an image about as much
(`docs/evaluate.md`).
"""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

__all__ = ["ice"]

_GROUNDS = ((84, 147, 164), (203, 207, 215), (196, 203, 212), (138, 153, 165), (112, 123, 135))
"""The colours of five sheets, from clear to white, as frost is."""
_CONTRASTS = (19.0, 22.0, 22.0, 30.0, 42.0)
"""How much each sheet's brightness varies, as a standard deviation of 255 values."""
_SIDE = 600
"""The side of a sheet, in pixels."""
_SMALL = 5
"""By what a sheet is reduced for an image below `_SMALL_BELOW` pixels, which sees more of it."""
_SMALL_BELOW = 120
_CRYSTALS = 1800


def ice(draw: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Return a part ``[height, width, 3]``, in ``[0, 1]``, of one of the sheets, both drawn.

    Of an image larger than a sheet, the sheet is continued by its mirror image.
    """
    sheet = _sheet(int(draw.integers(len(_GROUNDS))), min(height, width) < _SMALL_BELOW)
    down, across = (max(side - len(sheet), 0) for side in (height, width))
    if down or across:
        sheet = np.pad(sheet, ((0, down), (0, across), (0, 0)), mode="symmetric")
    top = int(draw.integers(sheet.shape[0] - height + 1))
    left = int(draw.integers(sheet.shape[1] - width + 1))
    return sheet[top : top + height, left : left + width]


@cache  # five of each size
def _sheet(number: int, small: bool) -> NDArray[np.float32]:
    """Return a sheet of ice ``[side, side, 3]`` in ``[0, 1]``, always the same."""
    from PIL import Image, ImageDraw, ImageFilter

    random = np.random.default_rng([1903, 12261, number])
    canvas = Image.new("L", (_SIDE, _SIDE), 128)
    pen = ImageDraw.Draw(canvas)
    for _ in range(_CRYSTALS):
        _crystal(pen, random)
    light = np.asarray(canvas.filter(ImageFilter.GaussianBlur(0.5)), np.float32)
    light += 0.4 * _clouds(random)
    if small:
        # Every fifth pixel, so that the ice stays as sharp as the photographs were made.
        light = light[::_SMALL, ::_SMALL]
    light = (light - light.mean()) / light.std() * _CONTRASTS[number]
    sheet = np.array(_GROUNDS[number], np.float32) + light[..., None]
    clipped: NDArray[np.float32] = np.clip(sheet / 255, 0, 1)
    return clipped


def _crystal(pen: ImageDraw, random: np.random.Generator) -> None:
    """Draw a fan of blades from one point, each with barbs on both sides, light or dark."""
    x, y = random.uniform(0, _SIDE, 2)
    first, shade = random.uniform(0, 2 * pi), int(random.integers(40, 240))
    for blade in range(int(random.integers(2, 6))):
        angle = first + blade * random.uniform(0.2, 0.6)
        length = random.exponential(16) + 6
        _blade(pen, (x, y), angle, length, shade)


def _blade(
    pen: ImageDraw, start: tuple[float, float], angle: float, length: float, shade: int
) -> None:
    x, y = start
    pen.line((x, y, x + length * cos(angle), y + length * sin(angle)), fill=shade, width=2)
    for place in np.arange(4, length, 4):
        root = x + place * cos(angle), y + place * sin(angle)
        barb = (length - place) / 3
        for side in (-pi / 4, pi / 4):
            end = root[0] + barb * cos(angle + side), root[1] + barb * sin(angle + side)
            pen.line((*root, *end), fill=shade)


def _clouds(random: np.random.Generator) -> NDArray[np.float32]:
    """Return what is thicker and thinner in a sheet, at three scales, ``[side, side]``."""
    from PIL import Image

    total = np.zeros((_SIDE, _SIDE), np.float32)
    for cells in (30, 10, 4):
        noise = Image.fromarray(random.standard_normal((cells, cells), np.float32))
        large = np.asarray(noise.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC))
        total += 18 * large / large.std()
    return total
