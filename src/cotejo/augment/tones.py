"""What automatic policies do to an image's tones besides: nothing here is drawn at random.

Each follows Pillow's function of that name (`ImageOps`, `ImageFilter.SMOOTH`), for a whole batch.
"""

from __future__ import annotations

from typing import Any

from cotejo.backend import ops

__all__ = ["auto_contrasted", "equalized", "posterized", "smoothed", "solarized"]

LEVELS = 256


def posterized(images: Any, bits: Any) -> Any:
    """Keep the upper bits of each value.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        bits: ``[batch]``, how many of 8 are kept.
    """
    step = ops.reshape(ops.power(2.0, 8.0 - ops.cast(bits, "float32")), (-1, 1, 1, 1))
    return ops.floor(images / step) * step


def solarized(images: Any, thresholds: Any) -> Any:
    """Invert the values from a threshold on.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        thresholds: ``[batch]``.
    """
    return ops.where(images >= ops.reshape(thresholds, (-1, 1, 1, 1)), 255.0 - images, images)


def auto_contrasted(images: Any) -> Any:
    """Stretch each channel of each image over the whole range; one of a single value stays.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
    """
    low = ops.min(images, axis=(1, 2), keepdims=True)
    high = ops.max(images, axis=(1, 2), keepdims=True)
    flat = high <= low
    spread = ops.where(flat, ops.ones_like(high), high - low)
    stretched = ops.clip((images - low) * (255.0 / spread), 0.0, 255.0)
    return ops.where(flat, images, stretched)


def equalized(images: Any) -> Any:
    """Make all values of each channel of each image about equally frequent.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``; fractions are cut off.
    """
    count, (height, width, channels) = ops.shape(images)[0], images.shape[1:]
    levels = ops.cast(ops.clip(images, 0.0, 255.0), "int32")
    # The histograms lie one after another: each image and channel counts in 256 places of its own.
    histograms = ops.reshape(ops.arange(count * channels), (-1, 1, 1, channels)) * LEVELS
    places = ops.reshape(levels + histograms, (-1,))
    frequencies = ops.segment_sum(
        ops.ones_like(places), places, num_segments=count * channels * LEVELS
    )
    frequencies = ops.reshape(frequencies, (-1, channels, LEVELS))
    below = ops.cumsum(frequencies, axis=-1) - frequencies
    brightest = ops.max(levels, axis=(1, 2))
    most = ops.take_along_axis(frequencies, brightest[:, :, None], axis=-1)
    step = (height * width - most) // (LEVELS - 1)
    table = ops.minimum((step // 2 + below) // ops.maximum(step, 1), LEVELS - 1)
    # With so few values that the steps would be none, the image stays as it is.
    table = ops.where(step == 0, ops.arange(LEVELS), table)
    changed = ops.take(ops.reshape(table, (-1,)), places)
    return ops.cast(ops.reshape(changed, (-1, height, width, channels)), images.dtype)


def smoothed(images: Any) -> Any:
    """Average each pixel with its eight neighbours, itself counting five times; not at the border.

    Args:
        images: ``[batch, height, width, channels]``.
    """
    height, width = images.shape[1:3]
    if min(height, width) < 3:
        return images
    sums = 4.0 * images[:, 1:-1, 1:-1]
    for row in range(3):
        for column in range(3):
            sums = sums + images[:, row : row + height - 2, column : column + width - 2]
    inner = ops.pad(sums / 13.0, ((0, 0), (1, 1), (1, 1), (0, 0)))
    rows, columns = ops.arange(height), ops.arange(width)
    in_rows = ops.logical_and(rows > 0, rows < height - 1)
    in_columns = ops.logical_and(columns > 0, columns < width - 1)
    within = ops.logical_and(in_rows[:, None, None], in_columns[None, :, None])
    return ops.where(within[None], inner, images)
