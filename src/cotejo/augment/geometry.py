"""Parts that move an image: rotations, zoom and shifts in one resampling, crops by two gathers.

A flip costs nothing beside either, so both take one along.
"""

from __future__ import annotations

import math
from typing import Any

from cotejo.backend import keras, ops

__all__ = ["crop", "move", "resampled", "shift_flip", "transformed"]


def move(
    images: Any,
    seed: keras.random.SeedGenerator,
    *,
    rotate: float = 0.0,
    zoom: float = 0.0,
    shift: float = 0.0,
    flip: bool = False,
) -> Any:
    """Rotate, zoom and shift each image at random, and flip half of them, in one resampling.

    Every number is drawn uniformly, as by Keras's former `ImageDataGenerator`.

    Args:
        images: ``[batch, height, width, channels]``, float.
        seed: where the draws come from.
        rotate: the largest angle to either side, in degrees.
        zoom: by how much an image may become larger or smaller, as a share of its size.
        shift: the largest shift in each direction, as a share of each side.
        flip: whether half of the images are mirrored left to right.

    Returns:
        The same shape, float32.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    rows = (1 if rotate else 0) + (1 if zoom else 0) + (2 if shift else 0) + (1 if flip else 0)
    draws = keras.random.uniform((rows, count), -1.0, 1.0, seed=seed)
    waiting = iter(range(rows))
    zeros = ops.zeros((count,))
    return resampled(
        ops.cast(images, "float32"),
        angles=draws[next(waiting)] * math.radians(rotate) if rotate else zeros,
        zooms=1.0 + draws[next(waiting)] * zoom if zoom else None,
        shift_y=draws[next(waiting)] * (shift * height) if shift else zeros,
        shift_x=draws[next(waiting)] * (shift * width) if shift else zeros,
        flips=ops.cast(draws[next(waiting)] < 0, "float32") if flip else zeros,
    )


def resampled(
    images: Any, angles: Any, shift_y: Any, shift_x: Any, flips: Any, zooms: Any = None
) -> Any:
    """Rotate each image about its centre, zoom, shift and flip it left to right, all at once.

    Args:
        images: ``[batch, height, width, channels]``, float.
        angles: ``[batch]``, radians.
        shift_y: ``[batch]``, pixels.
        shift_x: ``[batch]``, pixels.
        flips: ``[batch]``, 1 where the image is flipped, else 0.
        zooms: ``[batch]``, how many times as large the image becomes; None for no zoom.

    Returns:
        ``[batch, height, width, channels]``: at row y and column x, the input at
        ``R(angle) / zoom @ (y + shift_y - c_y, x' + shift_x - c_x) + c``, where c is the centre
        and x' is x, or its mirror where flipped.
    """
    height, width = images.shape[1:3]
    centre_y, centre_x = (height - 1) / 2, (width - 1) / 2
    cosine, sine = ops.cos(angles), ops.sin(angles)
    if zooms is not None:
        cosine, sine = cosine / zooms, sine / zooms
    # The mirror x' = (width - 1) - x is a factor of -1 and an offset on the column.
    mirror = 1.0 - 2.0 * flips
    offset_y = shift_y - centre_y
    offset_x = shift_x - centre_x + flips * (width - 1)
    rows = [
        [cosine * mirror, sine, cosine * offset_x + sine * offset_y + centre_x],
        [-sine * mirror, cosine, -sine * offset_x + cosine * offset_y + centre_y],
    ]
    return transformed(images, rows)


def transformed(images: Any, rows: list[list[Any]]) -> Any:
    """Resample each image by a linear map of its own.

    Bilinear, and outside the image the nearest pixel, as by Keras's former `ImageDataGenerator`.

    Args:
        images: ``[batch, height, width, channels]``, float.
        rows: two rows of three, each ``[batch]``: the column and the row that a pixel of the
            result comes from are ``rows @ (column, row, 1)``.
    """
    zeros = ops.zeros_like(rows[0][0])
    transform = ops.stack([*rows[0], *rows[1], zeros, zeros], axis=1)
    return ops.image.affine_transform(
        images, transform, interpolation="bilinear", fill_mode="nearest"
    )


def crop(
    images: Any, seed: keras.random.SeedGenerator, rows: int, columns: int, *, flip: bool = False
) -> Any:
    """Pad each image with its mirrored border, crop it at random to its size, and flip half.

    Padding and crop are the usual augmentation of CIFAR-10, there by 4 black pixels (He et al.
    2015, arXiv 1512.03385).

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
        rows: padded above and below, fewer than the image has.
        columns: padded to the left and to the right, fewer than the image has.
        flip: whether half of the images are mirrored left to right.
    """
    count = ops.shape(images)[0]
    draws = keras.random.uniform((3 if flip else 2, count), 0.0, 1.0, seed=seed)
    flips = draws[2] < 0.5 if flip else ops.zeros((count,), "bool")
    return shift_flip(images, _whole(draws[0], rows), _whole(draws[1], columns), flips)


def _whole(draw: Any, most: int) -> Any:
    """Turn draws from ``[0, 1)`` into whole numbers from ``-most`` to ``most``."""
    return ops.cast(ops.floor(draw * (2 * most + 1)), "int32") - most


def shift_flip(images: Any, shift_y: Any, shift_x: Any, flips: Any) -> Any:
    """Shift each image by whole pixels, its border mirrored outwards, and flip it left to right.

    Args:
        images: ``[batch, height, width, channels]``.
        shift_y: ``[batch]``, int32, whole pixels, fewer than the image has.
        shift_x: the same, to the side.
        flips: ``[batch]``, bool.

    Returns:
        The same shape and type: at row y and column x the input at ``(y + shift_y, x' +
        shift_x)``, mirrored at the border without repeating it, x' being x or its mirror.
    """
    height, width = images.shape[1:3]
    rows = ops.expand_dims(ops.arange(height), 0) + ops.expand_dims(shift_y, 1)
    columns = ops.arange(width)
    columns = ops.where(ops.expand_dims(flips, 1), width - 1 - columns, columns)
    columns = columns + ops.expand_dims(shift_x, 1)
    # Two gathers of whole rows and of columns: far less arithmetic than a resampling.
    rows = ops.expand_dims(_mirrored(rows, height), (2, 3))
    columns = ops.expand_dims(_mirrored(columns, width), (1, 3))
    images = ops.take_along_axis(images, rows, axis=1)
    return ops.take_along_axis(images, columns, axis=2)


def _mirrored(index: Any, size: int) -> Any:
    index = ops.abs(index)
    return (size - 1) - ops.abs((size - 1) - index)
