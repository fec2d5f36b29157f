"""Cutout: a square of each image is hidden."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops

__all__ = ["cutout", "hidden", "inside"]


def cutout(images: Any, seed: keras.random.SeedGenerator, rows: float, columns: float) -> Any:
    """Hide a rectangle of each image whose centre is anywhere in the image.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        seed: where the draws come from.
        rows: the rectangle's height, in pixels.
        columns: its width.

    References:
        DeVries and Taylor 2017 (arXiv 1708.04552). The fill is the middle of the range, where
        theirs is the mean of the normalised images.
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    draws = keras.random.uniform((2, count), 0.0, 1.0, seed=seed)
    return hidden(images, draws[0] * height, draws[1] * width, rows, columns)


def hidden(
    images: Any, centre_y: Any, centre_x: Any, rows: float, columns: float, fill: float = 127.5
) -> Any:
    """Hide a rectangle of each image, as far as it lies within the image.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        centre_y: ``[batch]``, the rectangle's centre, in pixels from the upper edge.
        centre_x: ``[batch]``, the same from the left edge.
        rows: the rectangle's height, in pixels.
        columns: its width.
        fill: what is put in its place.
    """
    covered = inside(images, centre_y, centre_x, rows / 2, columns / 2)
    return ops.where(covered, ops.cast(fill, images.dtype), images)


def inside(images: Any, centre_y: Any, centre_x: Any, half_rows: Any, half_columns: Any) -> Any:
    """Return which pixels lie within a rectangle, ``[batch, height, width, 1]``, bool.

    Args:
        images: ``[batch, height, width, channels]``.
        centre_y: ``[batch]``, the rectangle's centre, in pixels from the upper edge.
        centre_x: ``[batch]``, the same from the left edge.
        half_rows: half of its height in pixels, a number or ``[batch, 1]``.
        half_columns: half of its width, the same.
    """
    height, width = images.shape[1:3]
    rows = ops.cast(ops.arange(height), "float32") + 0.5
    columns = ops.cast(ops.arange(width), "float32") + 0.5
    in_rows = ops.abs(rows[None] - centre_y[:, None]) < half_rows
    in_columns = ops.abs(columns[None] - centre_x[:, None]) < half_columns
    return ops.logical_and(in_rows[:, :, None, None], in_columns[:, None, :, None])
