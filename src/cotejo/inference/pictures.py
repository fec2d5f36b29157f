"""Pictures from files, brought to the size that a network takes.

`read_picture` is the one way in. It looks at the file before it opens it, at the header before it
decodes, and decodes nothing that would fill the memory. `cotejo.inference.decoding` turns what
was decoded into the small picture.

What a damaged file can hide depends on its format. A PNG carries a checksum of every part, and
one that does not fit is refused. JPEG, BMP, GIF, TIFF and WebP carry none over their pixels: a
byte that changed there may give other pixels, and nobody can find that out from the file.
"""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError
from cotejo.inference.decoding import is_plain, is_turned, small_square
from cotejo.platform import quiet_stderr

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["read_picture"]

MOST_BYTES = 400_000_000
"""What a picture may fill of the memory; one that needs more is refused before it is decoded."""

MOST_SIDE = 65_535
"""The most pixels of a side: JPEG's own limit, and more than a picture of this world has."""

_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")

_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
"""The first bytes of files of these formats."""

_PIXELS_PER_BYTE = 1_000_000
"""More than a byte of a file stands for: a WebP of a single colour has some 25,000."""


def read_picture(path: Path | str, image_shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return a picture's middle square, at the size that a network takes.

    The picture is turned as its EXIF says, and its transparent parts become white. Each pixel of
    the result is the mean of the pixels that it covers.

    A PNG is refused where one of its checksums does not fit. The other formats have no checksum
    over their pixels, so a changed byte in them can give other pixels without an error.

    Args:
        path: a JPEG, PNG, WebP, GIF (its first frame), BMP or TIFF.
        image_shape: ``(height, width, channels)``, of 1 or 3 channels.

    Returns:
        uint8 of ``image_shape``.

    Raises:
        DataError: the file is missing, is no regular file or no picture, is damaged, holds
            numbers that are not finite, or is far too large.

    Example:
        >>> read_picture("nowhere.png", (32, 32, 3))
        Traceback (most recent call last):
        cotejo.errors.DataError: nowhere.png: there is no such file.
    """
    checked = _check_file(path)
    try:
        with checked.open("rb") as file, _strict_pillow(), _quiet_libtiff(file):
            return _decoded(checked, file, image_shape)
    except DataError:
        raise
    except Exception as error:  # Pillow has no one kind of error for a damaged file
        raise _damaged(checked, error) from error


def _check_file(path: Path | str) -> Path:
    """Refuse what is no regular file, without opening it: a pipe would be waited for."""
    if isinstance(path, str) and "://" in path:
        raise DataError("picture_address", path=path)
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError("picture_missing", path=path) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(mode):
        raise DataError("picture_folder", path=path)
    if not stat.S_ISREG(mode):
        raise DataError("picture_no_file", path=path)
    return Path(path)


def _decoded(path: Path, file: IO[bytes], image_shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=_FORMATS) as opened:
            scale = _decoding_scale(path, opened, image_shape[2])
            # Checks a PNG's checksums, which decoding does not. It leaves nothing to decode.
            opened.verify()
        file.seek(0)
        with Image.open(file, formats=_FORMATS) as opened:
            if scale > 1:
                width, height = opened.size
                opened.draft(None, (width // scale, height // scale))
            opened.load()
            return small_square(path, opened, image_shape)
    except UnidentifiedImageError as error:
        file.seek(0)
        known = file.read(8).startswith(_BEGINNINGS)
        raise DataError("picture_header" if known else "picture_unknown", path=path) from error


def _decoding_scale(path: Path, opened: Image.Image, channels: int) -> int:
    """Return by how much the sides are made smaller while the picture is decoded: 1 for most.

    It is decided by the header, before anything is decoded. Only a JPEG can be decoded smaller.

    Raises:
        DataError: the picture would fill the memory, or its header is damaged.
    """
    width, height = opened.size
    if max(width, height) <= MOST_SIDE:
        for scale in (1, 2, 4, 8) if opened.format in ("JPEG", "MPO") else (1,):
            if width * height * _bytes_per_pixel(opened, channels, scale) <= MOST_BYTES:
                return scale
    if width * height > _PIXELS_PER_BYTE * path.stat().st_size:
        # A header that is damaged, such as that of a BMP whose width is negative.
        raise DataError("picture_header", path=path)
    raise DataError("picture_too_large", path=path, width=width, height=height)


def _bytes_per_pixel(opened: Image.Image, channels: int, scale: int) -> float:
    """Return how many bytes of memory a pixel takes at most, decoded at a part of its sides."""
    shallow = {"1": 1, "L": 1, "P": 1}
    decoded = shallow.get(opened.mode, 2 if opened.mode.startswith("I;16") else 4)
    # A PNG may say only behind its pixels that it is to be turned.
    copied = 0 if opened.format != "PNG" and is_plain(opened, channels) else 4
    if opened.format == "TIFF" and is_turned(opened):
        copied = decoded  # which Pillow does itself
    if opened.format == "WEBP":
        decoded = 16  # its decoder keeps three canvases beside the picture
    # A progressive JPEG's coefficients are all kept until its last scan.
    kept = 6 if opened.info.get("progressive") else 0
    return kept + (decoded + copied) / scale**2


def _damaged(path: Path | str, error: Exception) -> DataError:
    if isinstance(error, OSError) and error.strerror:
        return _unreadable(path, error)
    reason = " ".join(str(error).split()) or type(error).__name__
    return DataError("picture_damaged", path=path, reason=reason)


def _unreadable(path: Path | str, error: OSError | ValueError) -> DataError:
    reason = getattr(error, "strerror", None) or str(error)
    return DataError("picture_unreadable", path=path, reason=reason)


@contextmanager
def _quiet_libtiff(file: IO[bytes]) -> Iterator[None]:
    """Keep libtiff's own lines about a damaged file from standard error: an error says it."""
    is_tiff = file.read(4) in (b"II*\0", b"MM\0*")
    file.seek(0)
    failure: Exception | None = None
    with quiet_stderr() if is_tiff else nullcontext():
        try:
            yield
        except Exception as error:  # what was heard is for a failure that nobody explains
            failure = error
    if failure is not None:
        raise failure


@contextmanager
def _strict_pillow() -> Iterator[None]:
    """Have Pillow decode whole files only, and refuse nothing by its size: that is done here.

    Others in the process may have turned the first off. Pillow's own limit says no more of a
    picture than that it is too large, which a damaged header is not.
    """
    from PIL import Image, ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = False, None
    try:
        with warnings.catch_warnings():
            # They are about metadata, which nothing here depends on.
            warnings.simplefilter("ignore")
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = before
