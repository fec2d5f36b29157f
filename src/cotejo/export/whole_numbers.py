"""Pillow's resampling by 32-bit whole numbers alone, for devices that have no float64.

Pillow's weights follow from a picture's size in float64. Where the edges of the pixels that a pixel
of the result covers fall on the middle of one, it depends on float64's rounding whether that one
counts. Nothing is rounded, and whole numbers say the same, where the network's images are square
and their side is a power of two. All lengths here are in units of half a pixel divided by that
side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cotejo.backend import ops
from cotejo.export.resampling import both_passes, positions
from cotejo.pictures import Fit

__all__ = ["is_exact_in_whole_numbers", "resampled_in_whole_numbers"]

_STEPS = (6, 6, 5, 5)
"""The bits of a weight that each step of a division gives: no step passes 31 bits."""


def is_exact_in_whole_numbers(image_shape: tuple[int, int, int], fit: Fit) -> bool:
    """Return whether whole numbers give the pixels of `resampled`.

    A picture that is padded takes a side of any number of pixels, so it is none of them.

    Example:
        >>> [is_exact_in_whole_numbers((side, side, 3), "crop") for side in (28, 32)]
        [False, True]
    """
    height, width, _ = image_shape
    return fit != "pad" and height == width and not height & (height - 1)


def resampled_in_whole_numbers(pictures: Any, image_shape: tuple[int, int, int], fit: Fit) -> Any:
    """Return what `cotejo.export.resampling.resampled` does, in whole numbers of 32 bits.

    Example:
        >>> white = np.full((1, 5, 9, 3), 255, np.uint8)
        >>> small = ops.convert_to_numpy(resampled_in_whole_numbers(white, (2, 2, 3), "crop"))
        >>> small.min(), small.shape
        (np.float32(255.0), (1, 2, 2, 3))
    """
    side = image_shape[0]
    down, across = (positions(pictures, axis, "int32") for axis in (1, 2))
    height, width = ops.sum(ops.ones_like(down)), ops.sum(ops.ones_like(across))
    shorter = ops.minimum(height, width)
    is_enlarged = shorter < side
    rows, columns = (
        _weights(places, length, shorter if fit == "crop" else length, side, is_enlarged)
        for places, length in ((across, width), (down, height))
    )
    return both_passes(pictures, rows, columns, image_shape)


def _weights(places: Any, length: Any, part: Any, side: int, is_enlarged: Any) -> Any:
    """Return the weights ``[side, length]`` of the middle ``part`` of a length, in 2⁻²²."""
    steps = np.arange(side, dtype=np.int32)[:, None]
    lowest = (length - part) * side + part * (2 * steps)  # [side, 1]: where each pixel begins
    middles = ops.expand_dims(places * (2 * side) + side, 0)  # [1, length]
    is_covered = ops.logical_and(middles > lowest, middles <= lowest + part * 2)
    reach = ops.maximum(part * 2, 2 * side)
    near = ops.maximum(reach - ops.absolute(middles - lowest - part), 0)
    weights = ops.where(is_enlarged, near, ops.cast(is_covered, "int32"))
    sums = ops.sum(weights, axis=1, keepdims=True)
    # By long division: 22 bits of a share would not fit into 32 bits together with it.
    whole, rest = ops.zeros_like(weights), weights
    for bits in _STEPS:
        shifted = rest * 2**bits
        digit = ops.floor_divide(shifted, sums)
        whole, rest = whole * 2**bits + digit, shifted - digit * sums
    return whole + ops.cast(rest * 2 >= sums, "int32")
