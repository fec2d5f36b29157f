"""Maps of an answer that is a mean over several views of the image (`cotejo.config.views`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config.views import VIEWS
from cotejo.train.predict import view

__all__ = ["summed_over_views"]

MapsOf = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""From images ``[m, height, width, channels]`` to maps ``[m, k, height, width]``."""


def summed_over_views(
    images: NDArray[np.uint8], tta: str, maps_of: MapsOf, *, additive: bool
) -> NDArray[np.float32]:
    """Return the maps of all views, each put back where its pixels come from, as one map.

    Args:
        images: ``[m, height, width, channels]``, uint8.
        tta: a name of `VIEWS`.
        maps_of: gives the maps of the images as they are seen in one view.
        additive: whether the values of a map are shares of a whole, which must stay the same. If
            not, a pixel has the mean of its values in the views that show it.

    Returns:
        ``[m, k, height, width]``, float32.
    """
    height, width = images.shape[1:3]
    places = np.arange(height * width).reshape(1, height, width, 1)
    total: Any = 0.0
    weights = np.zeros(height * width)
    for (shift, mirrored), weight in VIEWS[tta].items():
        seen = images if not shift and not mirrored else view(images, shift, mirrored)
        # Which pixel of the image each one of the view is: at the border, some are there twice.
        sources = view(places, shift, mirrored).ravel()
        maps = maps_of(np.ascontiguousarray(seen))
        flat = maps.reshape(-1, height * width)
        put_back = np.stack([np.bincount(sources, row, height * width) for row in flat])
        total = total + weight * put_back.reshape(maps.shape)
        weights += weight * np.bincount(sources, minlength=height * width)
    if not additive:
        total = total / weights.reshape(height, width)
    return np.asarray(total, np.float32)
