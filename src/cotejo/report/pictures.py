"""Images of the data set, small enough to be part of the page."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["data_uri"]

_LOSSLESS = 64
"""The longest side, in pixels, of an image that is kept as it is; larger ones take much space."""


def data_uri(image: NDArray[np.uint8]) -> str:
    """Return an image as a ``data:`` address.

    An image of up to 64 pixels a side becomes a PNG with every pixel as it was, a larger one a
    JPEG of at most 128 pixels a side.

    Args:
        image: ``[height, width, channels]``, uint8, of 1 or 3 channels.

    Example:
        >>> data_uri(np.zeros((8, 8, 3), np.uint8))[:22]
        'data:image/png;base64,'
    """
    from PIL import Image

    pixels = np.ascontiguousarray(image[..., 0] if image.shape[-1] == 1 else image)
    picture = Image.fromarray(pixels)
    file = io.BytesIO()
    options: dict[str, Any]
    if max(picture.size) <= _LOSSLESS:
        kind, options = "png", {"optimize": True}
    else:
        picture.thumbnail((128, 128))
        kind, options = "jpeg", {"quality": 85}
    picture.save(file, format=kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
