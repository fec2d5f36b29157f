"""Pictures from files, brought to the size that a network takes.

Everything that reads pictures does it here: training on somebody's own images, and predictions.
`read_picture` reads one file; `decode` and `measure` do the same for an open file, of many that
are read side by side in one block of `strict_pillow`. The file is looked at before it is opened,
its header before it is decoded, and nothing is decoded that would fill the memory.
`cotejo.pictures.fitting` turns what was decoded into the small picture.

What a damaged file can hide depends on its format. A PNG carries a checksum of every part, and
one that does not fit is refused. JPEG, BMP, GIF, TIFF and WebP carry none over their pixels: a
byte that changed there may give other pixels, and nobody can find that out from the file.
"""

from __future__ import annotations

import os
import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError
from cotejo.pictures.fitting import Fit, fitted, is_plain, is_turned, shrinkage, upright_size
from cotejo.platform import quiet_stderr

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "PictureSize",
    "decode",
    "file_ending",
    "measure",
    "read_one",
    "read_picture",
    "strict_pillow",
    "unreadable",
]

MOST_BYTES = 400_000_000
"""What a picture may fill of the memory; one that needs more is refused before it is decoded."""

MOST_SIDE = 65_535
"""The most pixels of a side: JPEG's own limit, and more than a picture of this world has."""

_BEGINNINGS = {
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"II*\0": ".tiff",
    b"MM\0*": ".tiff",
    b"RIFF": ".webp",
}
"""The first bytes of files of the formats that Pillow always reads, and how their names end."""

_AVIF = (b"ftypavif", b"ftypavis")
"""The bytes 4 to 12 of a file of this format."""

_PIXELS_PER_BYTE = 1_000_000
"""More than a byte of a file stands for: a WebP of a single colour has some 25,000."""

_libtiff = threading.Lock()
"""Held while a TIFF is decoded: what libtiff prints is kept from the one standard error."""


@dataclass(frozen=True)
class PictureSize:
    """What a picture's header says.

    Attributes:
        width, height: in pixels, upright.
        is_grey: whether it has a single channel of greys.
    """

    width: int
    height: int
    is_grey: bool


@cache
def _formats() -> tuple[str, ...]:
    """Return the formats that are read: six always, and AVIF and HEIC where Pillow can."""
    from PIL import features

    formats = ["BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"]
    if find_spec("pillow_heif"):
        import pillow_heif

        pillow_heif.register_heif_opener()
        formats.append("HEIF")
    with warnings.catch_warnings():
        # Versions of Pillow without AVIF warn about the name.
        warnings.simplefilter("ignore")
        if features.check("avif"):
            formats.append("AVIF")
    return tuple(formats)


def read_picture(
    path: Path | str, image_shape: tuple[int, int, int], fit: Fit = "crop"
) -> NDArray[np.uint8]:
    """Return a picture at the size that a network takes.

    The picture is turned as its EXIF says, and its transparent parts become white. Each pixel of
    the result is the mean of the pixels that it covers. A JPEG that is more than four times too
    large is decoded at a half, a quarter or an eighth of its size, which is several times faster.

    A PNG is refused where one of its checksums does not fit. The other formats have no checksum
    over their pixels, so a changed byte in them can give other pixels without an error.

    Args:
        path: a JPEG, PNG, WebP, GIF (its first frame), BMP or TIFF; an AVIF where Pillow reads it,
            and a HEIC where the package ``pillow-heif`` is installed.
        image_shape: ``(height, width, channels)``, of 1 or 3 channels.
        fit: what is done with a picture of other proportions: ``"crop"`` takes its middle,
            ``"pad"`` adds black borders, ``"stretch"`` changes its proportions.

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
    with strict_pillow():
        return read_one(path, image_shape, fit)[0]


def read_one(
    path: Path | str, image_shape: tuple[int, int, int], fit: Fit
) -> tuple[NDArray[np.uint8], PictureSize]:
    """Return the picture of a file and what its header says, within `strict_pillow`: one of many.

    The arguments, the picture and the errors are those of `read_picture`.
    """
    checked = check_file(path)
    try:
        with checked.open("rb") as file:
            return decode(checked, file, image_shape, fit)
    except OSError as error:
        raise _damaged(checked, error) from error


def check_file(path: Path | str) -> Path:
    """Return the path of a regular file, without opening it: a pipe would be waited for.

    Raises:
        DataError: it is an address, a folder, missing, or no regular file.
    """
    if isinstance(path, str) and "://" in path:
        raise DataError("picture_address", path=path)
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError("picture_missing", path=path) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise unreadable(path, error) from error
    if stat.S_ISDIR(mode):
        raise DataError("picture_folder", path=path)
    if not stat.S_ISREG(mode):
        raise DataError("picture_no_file", path=path)
    return Path(path)


def measure(name: Path | str, file: IO[bytes]) -> PictureSize:
    """Return what the header of an open file says, within a block of `strict_pillow`.

    Args:
        name: what an error calls the picture.
        file: open at its start, and searchable.

    Raises:
        DataError: it is no picture, it is far too large, or its header is damaged.
    """
    with _explained(name, file), _opened(name, file) as picture:
        _decoding_scale(name, file, picture, 3)
        if picture.format == "PNG" and "exif" not in picture.info:
            # EXIF behind the pixels, which few have, would mean to decode them for their size.
            return PictureSize(*picture.size, _is_grey(picture))
        return _size_of(picture)


def decode(
    name: Path | str,
    file: IO[bytes],
    image_shape: tuple[int, int, int],
    fit: Fit,
    most_pixels: int | None = None,
) -> tuple[NDArray[np.uint8], PictureSize]:
    """Return the picture of an open file and what its header says, within `strict_pillow`.

    The arguments, the picture and the errors are those of `read_picture`; ``name`` is what an
    error calls the picture, and ``file`` is open at its start and searchable. A picture of more
    than ``most_pixels`` is refused before it is decoded.
    """
    with _explained(name, file):
        with _opened(name, file) as picture:
            width, height = picture.size
            if most_pixels is not None and width * height > most_pixels:
                raise DataError(
                    "picture_over_limit", path=name, width=width, height=height, most=most_pixels
                )
            scale = _decoding_scale(name, file, picture, image_shape[2])
            if picture.format != "PNG":
                size = _size_of(picture)
                return _small(name, picture, scale, image_shape, fit), size
            # Checks the checksums, which decoding does not. It leaves nothing to decode.
            picture.verify()
        file.seek(0)
        with _opened(name, file) as picture:
            size = _size_of(picture)
            return _small(name, picture, scale, image_shape, fit), size


def _size_of(picture: Image.Image) -> PictureSize:
    width, height = upright_size(picture)
    return PictureSize(width, height, _is_grey(picture))


def _is_grey(picture: Image.Image) -> bool:
    return picture.mode in ("1", "L", "LA") or picture.mode[0] in "IF"


def _small(
    name: Path | str,
    picture: Image.Image,
    scale: int,
    image_shape: tuple[int, int, int],
    fit: Fit,
) -> NDArray[np.uint8]:
    """Decode an opened picture, at a part of its size where that is enough, and fit it."""
    whole = None
    if picture.format in ("JPEG", "MPO"):
        # Half of what it will be shrunk by, so that each pixel is still a mean of four or more.
        whole = upright_size(picture)
        wanted = shrinkage(whole, image_shape, fit) / 2
        scale = max(scale, *(step for step in (1, 2, 4, 8) if step <= max(wanted, 1)))
    if scale > 1:
        width, height = picture.size
        picture.draft(None, (width // scale, height // scale))
    picture.load()
    return fitted(name, picture, image_shape, fit, whole)


@contextmanager
def _opened(name: Path | str, file: IO[bytes]) -> Iterator[Image.Image]:
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(file, formats=_formats())
    except UnidentifiedImageError as error:
        file.seek(0)
        start = file.read(12)
        known = start.startswith(tuple(_BEGINNINGS)) or (
            start[4:] in _AVIF and "AVIF" in _formats()
        )
        raise DataError("picture_header" if known else "picture_unknown", path=name) from error
    with picture:
        yield picture


def file_ending(content: bytes | bytearray) -> str:
    """Return how the name of a picture's file ends, by what is in it: one that can be decoded.

    Example:
        >>> file_ending(b"GIF89a"), file_ending(b"....ftypavif")
        ('.gif', '.avif')
    """
    known = (ending for start, ending in _BEGINNINGS.items() if content.startswith(start))
    return next(known, ".avif" if content[4:12] in _AVIF else ".heic")


def _decoding_scale(name: Path | str, file: IO[bytes], opened: Image.Image, channels: int) -> int:
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
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    if width * height > _PIXELS_PER_BYTE * size:
        # A header that is damaged, such as that of a BMP whose width is negative.
        raise DataError("picture_header", path=name)
    raise DataError("picture_too_large", path=name, width=width, height=height)


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
        return unreadable(path, error)
    reason = " ".join(str(error).split()) or type(error).__name__
    return DataError("picture_damaged", path=path, reason=reason)


def unreadable(path: Path | str, error: OSError | ValueError) -> DataError:
    """Return the error of a file that the system does not let be read."""
    reason = getattr(error, "strerror", None) or str(error)
    return DataError("picture_unreadable", path=path, reason=reason)


@contextmanager
def _explained(name: Path | str, file: IO[bytes]) -> Iterator[None]:
    """Turn what Pillow raises into an error of one line, and keep libtiff's own lines to itself."""
    try:
        if file.read(4) in (b"II*\0", b"MM\0*"):
            file.seek(0)
            with _libtiff, _quiet_libtiff():
                yield
        else:
            file.seek(0)
            yield
    except DataError:
        raise
    except Exception as error:  # Pillow has no one kind of error for a damaged file
        raise _damaged(name, error) from error


@contextmanager
def _quiet_libtiff() -> Iterator[None]:
    failure: Exception | None = None
    with quiet_stderr():
        try:
            yield
        except Exception as error:  # what was heard is for a failure that nobody explains
            failure = error
    if failure is not None:
        raise failure


@contextmanager
def strict_pillow() -> Iterator[None]:
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
