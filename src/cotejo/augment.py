"""Augmentation policies: batched functions of `keras.ops`, run inside the compiled step.

A policy takes pixels ``[batch, height, width, channels]``, float, and a seed generator, and
returns as many of the same shape and range. Each image draws its own change.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cotejo.backend import keras, ops
from cotejo.config.augmentations import MIRRORING

__all__ = [
    "ALTERNATING",
    "POLICIES",
    "crop",
    "crop_cut_out",
    "cut_out",
    "flip_crop",
    "notebook",
    "rotate_shift_flip",
    "shift_flip",
]

Policy = Callable[[Any, keras.random.SeedGenerator], Any]


def rotate_shift_flip(images: Any, angles: Any, shift_y: Any, shift_x: Any, flips: Any) -> Any:
    """Rotate each image about its centre, shift it, and flip it left to right, in one resampling.

    Bilinear, and outside the image the nearest pixel, as Keras's `ImageDataGenerator`.

    Args:
        images: ``[batch, height, width, channels]``, float.
        angles: ``[batch]``, radians.
        shift_y: ``[batch]``, pixels.
        shift_x: ``[batch]``, pixels.
        flips: ``[batch]``, 1 where the image is flipped, else 0.

    Returns:
        ``[batch, height, width, channels]``: at row y and column x, the input at
        ``R(angle) @ (y + shift_y - c_y, x' + shift_x - c_x) + c``, where c is the centre and x'
        is x, or its mirror where flipped.
    """
    height, width = images.shape[1:3]
    centre_y, centre_x = (height - 1) / 2, (width - 1) / 2
    cosine, sine = ops.cos(angles), ops.sin(angles)
    # The mirror x' = (width - 1) - x is a factor of -1 and an offset on the column.
    mirror = 1.0 - 2.0 * flips
    offset_y = shift_y - centre_y
    offset_x = shift_x - centre_x + flips * (width - 1)
    zeros = ops.zeros_like(angles)
    # Rows of [x_in, y_in] = matrix @ [x_out, y_out, 1]: x comes first in affine_transform.
    transform = ops.stack(
        [
            cosine * mirror,
            sine,
            cosine * offset_x + sine * offset_y + centre_x,
            -sine * mirror,
            cosine,
            -sine * offset_x + cosine * offset_y + centre_y,
            zeros,
            zeros,
        ],
        axis=1,
    )
    return ops.image.affine_transform(
        images, transform, interpolation="bilinear", fill_mode="nearest"
    )


def notebook(images: Any, seed: keras.random.SeedGenerator) -> Any:
    """Rotate by up to 15°, shift by up to 10% of each side, flip half: the notebooks' policy.

    Args:
        images: ``[batch, height, width, channels]``, float.
        seed: where the draws come from.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    draws = keras.random.uniform((4, count), -1.0, 1.0, seed=seed)
    return rotate_shift_flip(
        ops.cast(images, "float32"),
        angles=draws[0] * math.radians(15),
        shift_y=draws[1] * (0.1 * height),
        shift_x=draws[2] * (0.1 * width),
        flips=ops.cast(draws[3] < 0, "float32"),
    )


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


def flip_crop(images: Any, seed: keras.random.SeedGenerator) -> Any:
    """Pad by an eighth of each side, crop at random to the old size, flip half.

    At 32×32 that is 4 pixels, the usual augmentation of CIFAR-10 (He et al. 2015, arXiv
    1512.03385), with a mirrored border in place of a black one.

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    draws = keras.random.uniform((3, count), 0.0, 1.0, seed=seed)
    return shift_flip(
        images, _whole(draws[0], height // 8), _whole(draws[1], width // 8), draws[2] < 0.5
    )


def crop(images: Any, seed: keras.random.SeedGenerator, part: int = 16) -> Any:
    """Pad by a part of each side with the border mirrored, and crop to the old size.

    At 32×32 a sixteenth is 2 pixels, as in the speed records (Jordan 2024, arXiv 2404.00498).

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
        part: of each side, the one that is padded.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    draws = keras.random.uniform((2, count), 0.0, 1.0, seed=seed)
    never = ops.zeros((count,), "bool")
    return shift_flip(
        images, _whole(draws[0], height // part), _whole(draws[1], width // part), never
    )


def cut_out(images: Any, centre_y: Any, centre_x: Any, fill: float = 127.5) -> Any:
    """Hide a square of three eighths of each side, as far as it lies within the image.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        centre_y: ``[batch]``, the square's centre, in pixels.
        centre_x: the same, to the side.
        fill: what is put in its place: the middle of the range.

    References:
        DeVries and Taylor 2017 (arXiv 1708.04552); 12 pixels of 32 in airbench96.
    """
    height, width = images.shape[1:3]
    rows = ops.cast(ops.arange(height), "float32") + 0.5
    columns = ops.cast(ops.arange(width), "float32") + 0.5
    in_rows = ops.abs(rows[None] - centre_y[:, None]) < 3 * height / 16
    in_columns = ops.abs(columns[None] - centre_x[:, None]) < 3 * width / 16
    hidden = ops.logical_and(in_rows[:, :, None, None], in_columns[:, None, :, None])
    return ops.where(hidden, ops.cast(fill, images.dtype), images)


def crop_cut_out(images: Any, seed: keras.random.SeedGenerator) -> Any:
    """Pad by an eighth of each side, crop to the old size, and hide a square: for long trainings.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        seed: where the draws come from.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    images = crop(images, seed, part=8)
    draws = keras.random.uniform((2, count), 0.0, 1.0, seed=seed)
    return cut_out(images, draws[0] * height, draws[1] * width)


def _whole(draw: Any, most: int) -> Any:
    """Turn draws from ``[0, 1)`` into whole numbers from ``-most`` to ``most``."""
    return ops.cast(ops.floor(draw * (2 * most + 1)), "int32") - most


ALTERNATING = tuple(name for name, when in MIRRORING.items() if when == "every second epoch")
"""The policies in which each image is mirrored in every second epoch, as the training's order says.

Two epochs then show every image both ways, where a coin shows a quarter of them twice the same
(Jordan 2024, arXiv 2404.00498).
"""

POLICIES: dict[str, Policy | None] = {
    "none": None,
    "notebook": notebook,
    "flip-crop": flip_crop,
    "alternating-flip-crop": crop,
    "alternating-flip-crop-cutout": crop_cut_out,
}
"""Every augmentation by the name that studies use."""
