"""Pictures that the server makes: an explanation laid over its picture, and images as PNG."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import ConfigError, DataError
from cotejo.serve.models import Served

__all__ = ["explained", "nearest", "png", "png_url"]

_SHOWN = 256
"""Pixels of the longer side of a picture under its map: the maps are coarse, and so is this."""

_SMALL = 96


def png(image: NDArray[np.uint8], least: int = 0) -> bytes:
    """Return an image ``[height, width, channels]`` as PNG, made larger to ``least`` pixels."""
    from PIL import Image

    picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    side = max(picture.size)
    if side < least:
        scale = least / side
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def png_url(image: NDArray[np.uint8], least: int = 0) -> str:
    """Return an image as a data URL."""
    return "data:image/png;base64," + base64.b64encode(png(image, least)).decode()


def explained(served: Served, image: NDArray[np.uint8], label: int) -> dict[str, Any]:
    """Return where a model looked in one image for a class, as a map and as a picture."""
    # Deferred, because a server of exported models does without it.
    from cotejo.explain.overlay import overlaid

    model = served.explainer
    try:
        method = "grad-cam"
        values = model.explain(image[np.newaxis], [label], method=method)[0]
    except ConfigError as error:
        if error.key != "no_feature_map":
            raise
        method = "integrated-gradients"  # which takes networks without convolutions too
        values = model.explain(image[np.newaxis], [label], method=method)[0]
    values = np.nan_to_num(np.asarray(values, np.float32))
    largest = float(np.abs(values).max()) or 1.0
    return {
        "method": method,
        "seen": png_url(image, _SHOWN),
        "overlay": png_url(overlaid(image, values, largest), _SHOWN),
        "map": np.round(values / largest, 4).tolist(),
    }


def nearest(
    served: Served, image: NDArray[np.uint8], count: int, language: str
) -> list[dict[str, Any]] | None:
    """Return the training images that look most alike to a model; None if they are not here."""
    try:
        found = served.finder.nearest(image[np.newaxis], count=count)
    except (ConfigError, DataError):
        # It may be on a machine without the images that it learned from, or have no features.
        return None
    names = served.names(language)
    rows = zip(found.images[0], found.labels[0], found.likeness[0], strict=True)
    return [
        {
            "image": png_url(alike, _SMALL),
            "shown": names[int(label)],
            "likeness": round(float(likeness), 4),
        }
        for alike, label, likeness in rows
    ]
