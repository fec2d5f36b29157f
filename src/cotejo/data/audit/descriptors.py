"""Descriptors of images that change little when one is recoloured, shifted or slightly cropped.

A descriptor has two parts, both computed from the luminance. The first is the image itself on 8 by
8 cells, without its mean and contrast. The second is the orientations of its edges on 4 by 4 cells;
the direction of an edge (dark to bright or bright to dark) does not count, so that a subject keeps
them on another background. Principal components bring both down to 64 numbers. Each component is
divided by the square root of its standard deviation: otherwise the few largest, which tell where an
image is bright, would outweigh what distinguishes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.likeness import Turn
from cotejo.data.audit.pixels import CHECKED, blurred, slopes, small_luminance
from cotejo.data.audit.threads import mapped

__all__ = ["DIMENSIONS", "descriptors", "normalised"]

DIMENSIONS = 64

_LOW, _CELLS, _ORIENTATIONS = 8, 4, 8
_FITTED_ON = 10_000


def descriptors(images: Iterable[NDArray[np.uint8]]) -> dict[Turn, NDArray[np.float32]]:
    """Return the descriptors of images, as they are and turned.

    Args:
        images: blocks of images, ``[n, height, width, channels]`` each, uint8.

    Returns:
        The descriptors under ``as it is``, ``mirrored`` and ``upside down``: ``[n, d]``, float32,
        each of length 1. ``d`` is 64, or less for few images.

    Example:
        >>> generator = np.random.default_rng(0)
        >>> images = generator.integers(0, 256, (100, 32, 32, 3), dtype=np.uint8)
        >>> vectors = descriptors([images, images[:, :, ::-1]])
        >>> bool(np.allclose(vectors["mirrored"][:100], vectors["as it is"][100:], atol=1e-4))
        True
    """
    raw = np.concatenate(list(mapped(_describe, images)))
    centre = raw.mean(axis=0)
    projection = _projection(raw[:: -(-len(raw) // _FITTED_ON)] - centre)
    moved = centre @ projection

    def projected(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return normalised(values @ projection - moved)

    return {
        "as it is": projected(raw),
        "mirrored": projected(_reversed(raw, axis=2)),
        "upside down": projected(_reversed(raw, axis=1)),
    }


def normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors ``[n, d]`` scaled to length 1; a vector of length 0 stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)


def _projection(centred: NDArray[np.float32]) -> NDArray[np.float32]:
    variances, axes = np.linalg.eigh(centred.T @ centred / max(len(centred) - 1, 1))
    variances, axes = variances[::-1][:DIMENSIONS], axes[:, ::-1][:, :DIMENSIONS]
    # Few images span few dimensions; the others hold nothing but rounding errors.
    kept = variances > 1e-6 * max(float(variances[0]), 1e-12)
    return np.asarray(axes[:, kept] / variances[kept] ** 0.25, np.float32)


def _describe(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = blurred(small_luminance(images, largest=CHECKED[0]))  # [n, 32, 32]
    low = _on_cells(grey, _LOW).reshape(len(grey), -1)
    low = normalised(low - low.mean(axis=1, keepdims=True))
    edges = np.sqrt(normalised(_orientations(grey).reshape(len(grey), -1)))
    return np.concatenate([low, normalised(edges)], axis=1)


def _orientations(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``[n, orientations, cells, cells]``: the strength of the edges of each orientation."""
    down, right = slopes(grey)
    strength = np.sqrt(right * right + down * down)
    angle = np.arctan2(down, right) * np.float32(_ORIENTATIONS / np.pi)
    # In [0, orientations]: an edge from dark to bright counts like one from bright to dark.
    angle += np.float32(_ORIENTATIONS) * (angle < 0)
    # It counts with the two orientations that it is between, more with the nearer one.
    lower = np.floor(angle)
    above = strength * (angle - lower)
    weights = np.zeros((_ORIENTATIONS + 2, grey.size), np.float32)
    places = lower.astype(np.int32).ravel() * np.int32(grey.size)
    places += np.arange(grey.size, dtype=np.int32)
    weights.ravel()[places] = (strength - above).ravel()
    weights.ravel()[places + grey.size] = above.ravel()
    weights[:2] += weights[_ORIENTATIONS:]  # all around: the last is next to the first
    on_cells = _on_cells(weights[:_ORIENTATIONS].reshape(-1, *grey.shape[1:]), _CELLS)
    return on_cells.reshape(_ORIENTATIONS, len(grey), _CELLS, _CELLS).swapaxes(0, 1)


def _reversed(raw: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Return what `_describe` would give for images turned upside down (axis 1) or mirrored (2).

    Their cells are the same in reverse order, and an edge that rose now falls.
    """
    count = len(raw)
    low = raw[:, : _LOW**2].reshape(count, _LOW, _LOW)
    edges = raw[:, _LOW**2 :].reshape(count, _ORIENTATIONS, _CELLS, _CELLS)
    falling = [-orientation % _ORIENTATIONS for orientation in range(_ORIENTATIONS)]
    turned = np.flip(edges[:, falling], axis=axis + 1)
    return np.concatenate(
        [np.flip(low, axis=axis).reshape(count, -1), turned.reshape(count, -1)], axis=1
    )


def _on_cells(grey: NDArray[np.float32], cells: int) -> NDArray[np.float32]:
    weights = _cell_weights(grey.shape[1], cells)
    return np.asarray(weights @ grey @ weights.T)


@cache
def _cell_weights(size: int, cells: int) -> NDArray[np.float32]:
    """Return overlapping weights ``[cells, size]``: a small shift changes each cell a little."""
    positions = (np.arange(size) + 0.5) / size * cells - 0.5
    distances = np.abs(positions - np.arange(cells)[:, np.newaxis])
    return np.asarray(np.maximum(0, 1 - distances), np.float32)
