"""Pillow's resampling as operations of Keras's, exact to the last bit, for pictures of any size.

A picture is brought to the size of a network by `cotejo.pictures`, that is by Pillow, and an
exported network has to see the same pixels: a mean that is rounded the other way moves its
probabilities. Pillow resamples rows first and columns after. Each pass multiplies by weights that
are whole numbers of 2⁻²², and rounds to 8 bits. A pass is therefore a product with a matrix,
whose entries follow from the picture's size in float64, by the steps of Pillow's own code.

The product itself is in float32, with the weights in three parts of 8 bits: the sums are whole
numbers that float32 holds exactly, in any order, on any device. That holds for sides of up to 258
times the network's.

References:
    ``ImagingResample`` in Pillow's ``src/libImaging/Resample.c``; ``ImageOps.fit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cotejo.backend import ops
from cotejo.pictures import Fit

__all__ = ["BITS", "both_passes", "positions", "resampled"]

BITS = 22
"""How many binary places Pillow's weights have."""

_PART = 8
"""The bits of a part of a weight."""


@dataclass(frozen=True)
class _Axis:
    """Which part of a side of a picture comes to lie where, all in float64 but the edges.

    Attributes:
        positions: 0, 1, 2, … of the picture's pixels along the side, ``[length]``.
        start, stop: the edges of the part, in pixels, float32 as Pillow takes them.
        size: how many pixels it becomes.
        indices: the numbers of these pixels, ``[out]``; those that lie outside stay black.
    """

    positions: Any
    start: Any
    stop: Any
    size: Any
    indices: Any


def resampled(pictures: Any, image_shape: tuple[int, int, int], fit: Fit) -> Any:
    """Return pictures of any size at the size that a network takes, as `cotejo.pictures` does.

    Args:
        pictures: ``[n, height, width, channels]``, uint8; all sides but the last may be unknown
            until the operations are run.
        image_shape: ``(height, width, channels)`` of the network.
        fit: ``"crop"``, ``"pad"`` or ``"stretch"``.

    Returns:
        ``[n, *image_shape]``, float32, whole numbers in ``[0, 255]``.

    Example:
        >>> white = np.full((1, 5, 9, 3), 255, np.uint8)
        >>> small = ops.convert_to_numpy(resampled(white, (2, 2, 3), "pad"))
        >>> small[0, :, :, 0].tolist()
        [[255.0, 255.0], [0.0, 0.0]]
    """
    across, down, is_enlarged = _axes(pictures, image_shape, fit)
    return both_passes(
        pictures, _weights(across, is_enlarged), _weights(down, is_enlarged), image_shape
    )


def _axes(pictures: Any, image_shape: tuple[int, int, int], fit: Fit) -> tuple[_Axis, _Axis, Any]:
    """Return what becomes of the width and of the height, and whether the picture is enlarged."""
    rows, columns, _ = image_shape
    down, across = (positions(pictures, axis, "float64") for axis in (1, 2))
    height, width = ops.sum(ops.ones_like(down)), ops.sum(ops.ones_like(across))
    zero = width * 0.0
    start_x, start_y, stop_x, stop_y = zero, zero, width, height
    size_x, size_y = zero + columns, zero + rows
    index_x, index_y = (zero + np.arange(side, dtype=np.float64) for side in (columns, rows))
    if fit == "crop":
        ratio = columns / rows
        kept_x = ops.where(width / height > ratio, ratio * height, width)
        kept_y = ops.where(width / height < ratio, width / ratio, height)
        start_x, start_y = (width - kept_x) * 0.5, (height - kept_y) * 0.5
        stop_x, stop_y = start_x + kept_x, start_y + kept_y
    elif fit == "pad":
        size_x = ops.clip(ops.round(width / height * rows), 1.0, columns)
        size_y = ops.clip(ops.round(height / width * columns), 1.0, rows)
        index_x = index_x - ops.round((size_x * -1.0 + columns) / 2)
        index_y = index_y - ops.round((size_y * -1.0 + rows) / 2)
    shrinks = width / columns, height / rows
    shrink = _larger(*shrinks) if fit == "pad" else _smaller(*shrinks)
    return (
        _Axis(across, _single(start_x), _single(stop_x), size_x, index_x),
        _Axis(down, _single(start_y), _single(stop_y), size_y, index_y),
        shrink < 1,
    )


def positions(pictures: Any, axis: int, dtype: str) -> Any:
    """Return 0, 1, 2, … along an axis of pictures, whose length may be unknown."""
    # A sum over a slice that may be empty: there may be no picture at all.
    slices = tuple(slice(None) if place == axis else slice(0, 1) for place in range(4))
    others = tuple(place for place in range(4) if place != axis)
    zeros = ops.cast(pictures[slices], dtype) * 0
    return ops.cast(ops.cumsum(ops.sum(zeros, axis=others) + 1), dtype) - 1


def _whole(number: Any) -> Any:
    """Return a number as C casts it to a whole one: towards zero."""
    # Not `floor`, `maximum` and `minimum`, which in Keras on PyTorch make float32 of float64.
    return ops.cast(ops.cast(number, "int32"), "float64")


def _larger(first: Any, second: Any) -> Any:
    return ops.where(first > second, first, second)


def _smaller(first: Any, second: Any) -> Any:
    return ops.where(first < second, first, second)


def _single(number: Any) -> Any:
    return ops.cast(number, "float32")


def _weights(axis: _Axis, is_enlarged: Any) -> Any:
    """Return Pillow's weights of a side, ``[out, length]``, whole numbers of type int32.

    Enlarged, a pixel is interpolated between two (its BILINEAR); else it is the mean of those that
    it covers (its BOX).
    """
    scale = ops.cast(axis.stop - axis.start, "float64") / axis.size
    one = scale * 0.0 + 1.0
    widened = _larger(scale, one)
    support = (ops.cast(is_enlarged, "float64") * 0.5 + 0.5) * widened
    centres = ops.cast(axis.start, "float64") + (axis.indices + 0.5) * scale
    # Cut to the picture by the places themselves, which are those in it.
    first = _whole(centres - support + 0.5)
    last = _whole(centres + support + 0.5)
    places = ops.expand_dims(axis.positions, 0)  # [1, length]
    offsets = (places - ops.expand_dims(centres, 1) + 0.5) * (one / widened)
    linear = 1.0 - ops.absolute(offsets)
    linear = _larger(linear, linear * 0.0)
    covered = ops.cast(ops.logical_and(offsets > -0.5, offsets <= 0.5), "float64")
    weights = ops.where(is_enlarged, linear, covered)
    is_near = ops.logical_and(
        places >= ops.expand_dims(first, 1), places < ops.expand_dims(last, 1)
    )
    is_inside = ops.logical_and(axis.indices >= 0.0, axis.indices < axis.size)
    is_used = ops.logical_and(is_near, ops.expand_dims(is_inside, 1))
    weights = weights * ops.cast(is_used, "float64")
    sums = ops.sum(weights, axis=1, keepdims=True)
    # A row outside the picture has no weights: it stays black.
    weights = weights / (sums + ops.cast(ops.equal(sums, 0.0), "float64"))
    return ops.cast(weights * float(2**BITS) + 0.5, "int32")


def both_passes(pictures: Any, across: Any, down: Any, image_shape: tuple[int, int, int]) -> Any:
    """Return pictures resampled by the weights of their rows, and then of their columns.

    Args:
        pictures: ``[n, height, width, channels]``, uint8.
        across: the weights of the rows, ``[out, length]`` in 2⁻²², int32.
        down: those of the columns.
        image_shape: of the result.

    Returns:
        ``[n, *image_shape]``, float32.
    """
    pixels = ops.cast(ops.transpose(pictures, (0, 3, 1, 2)), "float32")
    pixels = _passed(pixels, across, image_shape[1])
    pixels = ops.transpose(pixels, (0, 1, 3, 2))  # [n, channels, width, rows of the picture]
    pixels = _passed(pixels, down, image_shape[0])
    return ops.transpose(pixels, (0, 3, 2, 1))


def _passed(pixels: Any, weights: Any, size: int) -> Any:
    """Return pixels ``[…, length]`` resampled to ``[…, size]`` and rounded to 8 bits, float32."""
    high = ops.floor_divide(weights, 2 ** (2 * _PART))
    rest = weights - high * 2 ** (2 * _PART)
    middle = ops.floor_divide(rest, 2**_PART)
    parts = ops.concatenate([high, middle, rest - middle * 2**_PART], axis=0)
    sums = ops.cast(ops.matmul(pixels, ops.transpose(_single(parts))), "int32")
    high, middle, low = (sums[..., part * size : (part + 1) * size] for part in range(3))
    whole = (high * 2**_PART + middle) * 2**_PART + low
    return _single(ops.floor_divide(whole + 2 ** (BITS - 1), 2**BITS))
