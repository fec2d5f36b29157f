"""Pictures: from a file of any common format to the array that a network takes."""

from cotejo.pictures.fitting import FITS, Fit
from cotejo.pictures.reading import (
    PictureSize,
    decode,
    measure,
    read_one,
    read_picture,
    strict_pillow,
    unreadable,
)

__all__ = [
    "FITS", "Fit", "PictureSize", "decode", "measure", "read_one", "read_picture", "strict_pillow",
    "unreadable",
]  # fmt: skip
