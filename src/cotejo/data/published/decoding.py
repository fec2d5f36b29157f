"""What comes out of a published file: decoded by its form, and checked before it is used."""

from __future__ import annotations

import pickle
import struct
import zipfile
import zlib
from typing import NoReturn

import numpy as np

from cotejo.data.published.forms import Batch, Decoded, Form, PublishedSet
from cotejo.errors import DataError

__all__ = ["READING_ERRORS", "decoded", "refuse"]

READING_ERRORS = (
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""The errors that a damaged or hostile file can cause while it is decoded."""


def decoded(
    published: PublishedSet, form: Form, batch: Batch, content: bytes, name: str
) -> Decoded:
    """Return what a file holds.

    Args:
        published: the set to which the file belongs.
        form: the form in which the set is.
        batch: the published file.
        content: its content, whose checksum has been compared already.
        name: what an error calls the file.

    Returns:
        The images ``[rows, height, width, channels]``, uint8, and the labels ``[rows]``, in
        ``[0, classes)``; None for what the file doesn't hold.

    Raises:
        DataError: the content is not such a file.
    """
    try:
        images, labels = form.decode(content, batch)
    except READING_ERRORS:
        refuse(published, batch.rows, name)
    right = (images is not None or labels is not None) and (
        images is None
        or (images.dtype == np.uint8 and images.shape == (batch.rows, *published.image_shape))
    )
    if right and labels is not None:
        right = (
            labels.dtype.kind in "iu"
            and labels.shape == (batch.rows,)
            and bool(((labels >= 0) & (labels < published.classes)).all())
        )
    if not right:
        refuse(published, batch.rows, name)
    return images, labels


def refuse(published: PublishedSet, rows: int, name: str) -> NoReturn:
    """Refuse a file whose content is not what its name promises.

    Raises:
        DataError: always.
    """
    raise DataError(
        "data_damaged_batch",
        path=name,
        title=published.title,
        rows=rows,
        shape="×".join(str(size) for size in published.image_shape),
        last=published.classes - 1,
    ) from None
