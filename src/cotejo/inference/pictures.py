"""Pictures from files, brought to the size that a network takes."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["read_picture"]

MOST_PIXELS = 100_000_000
"""Above that a file is refused before it is decoded: it would fill the memory."""


def read_picture(path: Path, image_shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return a picture's middle square, at the size that a network takes.

    Turned as its EXIF says, transparent parts on white; the resampling averages over what
    a pixel of the small picture covers.

    Args:
        path: a JPEG, PNG, WebP, GIF (its first frame), BMP or TIFF.
        image_shape: ``(height, width, channels)``, of 1 or 3 channels.

    Returns:
        uint8 of ``image_shape``.

    Raises:
        DataError: it can't be read, is no picture, is damaged or far too large.

    Example:
        >>> read_picture(Path("nowhere.png"), (32, 32, 3))
        Traceback (most recent call last):
        cotejo.errors.DataError: nowhere.png: there is no such file.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    height, width, channels = image_shape
    if not path.exists():
        raise DataError("picture_missing", path=path)
    try:
        with warnings.catch_warnings(), _whole_files_only():
            # Pillow only warns of sizes that are refused here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise DataError("picture_too_large", path=path, most=MOST_PIXELS // 1_000_000)
                upright = _eight_bits(ImageOps.exif_transpose(opened)).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise DataError("picture_too_large", path=path, most=MOST_PIXELS // 1_000_000) from error
    except UnidentifiedImageError as error:
        raise DataError("picture_unknown", path=path) from error
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        # Pillow raises SyntaxError for some broken PNGs.
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DataError("picture_damaged", path=path, reason=reason) from error
    white = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(white, upright).convert("RGB" if channels == 3 else "L")
    small = ImageOps.fit(flat, (width, height), Image.Resampling.BOX, centering=(0.5, 0.5))
    return np.asarray(small, np.uint8).reshape(image_shape)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of deeper greys at 8 bits; Pillow cuts all above 255 to white."""
    from PIL import Image

    if picture.mode[0] not in "IF":
        return picture
    values = np.asarray(picture, np.float64)
    # 32 bits are asked of no sensor: what is in them is 16 bits, or its own range.
    most = 65535.0 if picture.mode.startswith("I") else float(values.max()) or 1.0
    return Image.fromarray(np.clip(values * 255 / most, 0, 255).round().astype(np.uint8))


@contextmanager
def _whole_files_only() -> Iterator[None]:
    # WeasyPrint turns this on for the whole process; half a picture is grey below.
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
