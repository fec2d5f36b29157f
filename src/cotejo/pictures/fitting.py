"""From a decoded picture to the small one: turned, of eight bits, on white, fitted to its place.

All but the last step are done to strips of a million pixels, which are put together again, so
that there is one copy of the picture in memory beside what was decoded, and none where the
picture is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "FITS",
    "Fit",
    "fitted",
    "fitted_pixels",
    "is_plain",
    "is_turned",
    "shrinkage",
    "upright_size",
]

Fit = Literal["pad", "crop", "stretch"]
"""What is done with a picture of other proportions than a network takes."""

FITS: tuple[Fit, ...] = ("pad", "crop", "stretch")

_STRIP = 1_000_000
"""The pixels of a strip."""

_ORIENTATION = 0x0112

_TIFF_SIZE = (256, 257)
"""The tags of a TIFF's width and height."""

_TURNS = {
    2: ("FLIP_LEFT_RIGHT", False, False),
    3: ("ROTATE_180", False, True),
    4: ("FLIP_TOP_BOTTOM", False, True),
    5: ("TRANSPOSE", True, False),
    6: ("ROTATE_270", True, False),
    7: ("TRANSVERSE", True, True),
    8: ("ROTATE_90", True, True),
}
"""By EXIF's orientation: Pillow's turn; whether rows come from columns; whether from the last."""


def fitted(
    name: Path | str,
    picture: Image.Image,
    image_shape: tuple[int, int, int],
    fit: Fit,
    whole: tuple[int, int] | None = None,
) -> NDArray[np.uint8]:
    """Return a decoded picture as a network takes it, uint8 of ``image_shape``.

    Where the picture becomes smaller, each pixel is the mean of those that it covers; where it
    becomes larger, it is interpolated.

    Args:
        name: what an error calls the picture.
        picture: decoded.
        image_shape: ``(height, width, channels)``.
        fit: ``"crop"`` takes the middle of a picture of other proportions, ``"pad"`` adds black
            borders to it, and ``"stretch"`` changes its proportions.
        whole: the upright width and height of a picture that was decoded at a part of its size,
            which rounds them; borders are as wide as the whole picture wants them.

    Raises:
        DataError: the picture holds numbers that are not finite.
    """
    from PIL import Image

    height, width, channels = image_shape
    flat = picture if is_plain(picture, channels) else _flattened(name, picture, channels)
    method = Image.Resampling.BOX
    if shrinkage(flat.size, image_shape, fit) < 1:
        method = Image.Resampling.BILINEAR
    size = (width, height)
    if fit == "crop":
        small = _resized(flat, size, method, _middle(flat.size, size))
    elif fit == "pad":
        small = _padded(flat, size, method, whole or flat.size)
    else:
        small = _resized(flat, size, method)
    return np.array(small, np.uint8).reshape(image_shape)


def fitted_pixels(
    name: Path | str,
    pixels: NDArray[np.uint8],
    image_shape: tuple[int, int, int],
    fit: Fit,
) -> NDArray[np.uint8]:
    """Return `fitted` of a picture that is an array, uint8 ``[height, width, 1 or 3]``."""
    from PIL import Image

    plain = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    return fitted(name, Image.fromarray(np.ascontiguousarray(plain)), image_shape, fit)


def _padded(
    flat: Image.Image,
    size: tuple[int, int],
    method: Image.Resampling,
    whole: tuple[int, int],
) -> Image.Image:
    """Return the whole picture in the middle of black.

    Pillow's own `ImageOps.pad` leaves nothing of a picture that is a line: 1 pixel high, say, and
    3,000 wide. Here a side becomes one pixel at least.
    """
    from PIL import Image

    width = max(1, min(size[0], round(whole[0] / whole[1] * size[1])))
    height = max(1, min(size[1], round(whole[1] / whole[0] * size[0])))
    padded = Image.new(flat.mode, size)
    place = round((size[0] - width) / 2), round((size[1] - height) / 2)
    padded.paste(_resized(flat, (width, height), method), place)
    return padded


def _resized(
    flat: Image.Image,
    size: tuple[int, int],
    method: Image.Resampling,
    box: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """Return a part of a picture at another size: its rows are resampled first, then its columns.

    Pillow 13 takes the columns of tall pictures first, and earlier ones never do. Which comes
    first changes the rounding, so that each pass is asked for by itself here, and one picture is
    the same pixels to all of them. An exported model does the same (`cotejo.export.resampling`).
    """
    left, top, right, bottom = box or (0, 0, *flat.size)
    narrow = flat.resize((size[0], flat.height), method, (left, 0, right, flat.height))
    return narrow.resize(size, method, (0, top, size[0], bottom))


def _middle(whole: tuple[int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the largest part in the middle of a picture that has the proportions of a size.

    Example:
        >>> _middle((9, 4), (32, 32))
        (2.5, 0.0, 6.5, 4.0)
    """
    (width, height), ratio = whole, size[0] / size[1]
    kept_width = ratio * height if width / height > ratio else float(width)
    kept_height = width / ratio if width / height < ratio else float(height)
    left, top = (width - kept_width) * 0.5, (height - kept_height) * 0.5
    return left, top, left + kept_width, top + kept_height


def shrinkage(size: tuple[int, int], image_shape: tuple[int, int, int], fit: Fit) -> float:
    """Return how many times smaller a picture's sides become; below 1 if they become larger.

    Args:
        size: the picture's width and height.
        image_shape: ``(height, width, channels)`` of what it becomes.
        fit: as for `fitted`. A picture that is stretched counts by the side that shrinks less.

    Example:
        >>> shrinkage((128, 64), (32, 32, 3), "pad"), shrinkage((128, 64), (32, 32, 3), "crop")
        (4.0, 2.0)
    """
    sides = size[0] / image_shape[1], size[1] / image_shape[0]
    return max(sides) if fit == "pad" else min(sides)


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Return the width and height of an opened picture, turned as its EXIF says."""
    from PIL import TiffImagePlugin

    turn, (width, height) = _turn(picture), picture.size
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        # Some versions of Pillow give the size of a TIFF upright, others as it is in the file.
        width, height = (int(picture.tag_v2[tag]) for tag in _TIFF_SIZE)
    return (height, width) if turn is not None and turn[1] else (width, height)


def is_plain(picture: Image.Image, channels: int) -> bool:
    """Whether a picture is upright, opaque and of as many channels as are wanted."""
    return (
        picture.mode == _mode(channels)
        and "transparency" not in picture.info
        and not is_turned(picture)
    )


def is_turned(picture: Image.Image) -> bool:
    """Whether its EXIF says to turn the picture."""
    return _turn(picture) is not None


def _mode(channels: int) -> str:
    return "RGB" if channels == 3 else "L"


def _turn(picture: Image.Image) -> tuple[str, bool, bool] | None:
    if picture.format == "PNG" and "exif" not in picture.info:
        # It may lie behind the pixels. What is wrong with these must be told, not passed by.
        picture.load()
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # Pillow has no one kind of error for it; the pixels don't depend on it
        return None
    return _TURNS.get(orientation)


def _flattened(name: Path | str, picture: Image.Image, channels: int) -> Image.Image:
    """Return the picture upright, of eight bits, transparent parts on white."""
    from PIL import Image

    turn, (columns, rows) = _turn(picture), picture.size
    if turn is not None and turn[1]:
        columns, rows = rows, columns
    white_point = _white_point(name, picture)
    flat = Image.new(_mode(channels), (columns, rows))
    for start, strip in _upright_strips(picture, turn, columns, rows):
        clear = _eight_bits(strip, white_point).convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        flat.paste(Image.alpha_composite(white, clear).convert(flat.mode), (0, start))
    return flat


def _upright_strips(
    picture: Image.Image, turn: tuple[str, bool, bool] | None, columns: int, rows: int
) -> Iterator[tuple[int, Image.Image]]:
    """Yield the picture in strips of whole rows, turned, each with the number of its first row."""
    from PIL import Image

    step = max(1, _STRIP // columns)
    for start in range(0, rows, step):
        end = min(start + step, rows)
        if turn is None:
            yield start, picture.crop((0, start, columns, end))
            continue
        method, from_columns, from_last = turn
        first, last = (rows - end, rows - start) if from_last else (start, end)
        box = (first, 0, last, columns) if from_columns else (0, first, columns, last)
        yield start, picture.crop(box).transpose(Image.Transpose[method])


def _white_point(name: Path | str, picture: Image.Image) -> float:
    """Return the value that becomes 255 where a picture has more than 8 bits a channel.

    32 bits are asked of no sensor: what is in them is 16 bits, or, in floats, its own range.
    """
    if not picture.mode.startswith("F"):
        return 65535.0
    highest = 0.0
    for _, strip in _upright_strips(picture, None, *picture.size):
        values = np.asarray(strip)
        if not np.isfinite(values).all():
            raise DataError("picture_not_finite", path=name)
        highest = max(highest, float(values.max()))
    return highest or 1.0


def _eight_bits(strip: Image.Image, white_point: float) -> Image.Image:
    """Return a strip of deeper greys at 8 bits; Pillow cuts all above 255 to white."""
    from PIL import Image

    if strip.mode[0] not in "IF":
        return strip
    values = np.asarray(strip, np.float64)
    scaled = np.clip(values * 255 / white_point, 0, 255).round().astype(np.uint8)
    return Image.fromarray(scaled)
