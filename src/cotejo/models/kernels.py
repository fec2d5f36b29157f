"""Faster ways than Keras's own to compute normalisation and the gradients of convolutions."""

from __future__ import annotations

import math
import os
from typing import Any

from cotejo.backend import accelerated, keras, ops

__all__ = ["as_products", "batch_normalized", "convolved", "multiplied"]

_PRODUCTS = "COTEJO_PRODUCTS"
"""The variable that decides whether convolutions are computed as matrix products: 0 or 1."""

_COPIED, _PAIRS = 2**24, 64 * 64
"""The most numbers that are copied for a product, and pairs of a channel and a filter.

Larger convolutions keep an accelerator busy as they are, and need no copies."""


def as_products(inputs: Any, kernel: Any) -> bool:
    """Return whether a convolution without strides is faster as a product of matrices.

    On an accelerator small ones are; those of several seeds at once, which XLA makes a convolution
    in groups of, more than others.

    Args:
        inputs: ``[batch, height, width, channels]``.
        kernel: ``[rows, columns, channels, filters]``.
    """
    if keras.config.backend() != "jax" or inputs.shape[0] is None:
        return False
    rows, columns, channels, filters = kernel.shape
    copied = math.prod(inputs.shape) * rows * columns
    small = copied <= _COPIED and channels * filters <= _PAIRS
    asked = os.environ.get(_PRODUCTS)
    return small and (accelerated() if asked is None else asked == "1")


def multiplied(inputs: Any, kernel: Any, padding: str) -> Any:
    """Return a convolution, computed as one product of shifted copies of its inputs.

    Args:
        inputs: ``[batch, height, width, channels]``.
        kernel: ``[rows, columns, channels, filters]``.
        padding: ``"same"``, or ``"valid"`` for only where the whole kernel fits.

    Returns:
        ``[batch, height, width, filters]``, or fewer rows and columns, in the type of the inputs.
    """
    rows, columns, channels, filters = kernel.shape
    if padding == "same":
        top, left = (rows - 1) // 2, (columns - 1) // 2
        around = ((0, 0), (top, rows - 1 - top), (left, columns - 1 - left), (0, 0))
        inputs = ops.pad(inputs, around)
    _, height, width, _ = inputs.shape
    high, wide = height - rows + 1, width - columns + 1
    copies = [
        inputs[:, row : row + high, column : column + wide]
        for row in range(rows)
        for column in range(columns)
    ]
    matrix = ops.reshape(kernel, (rows * columns * channels, filters))
    return ops.matmul(ops.concatenate(copies, axis=-1), matrix)


def batch_normalized(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """Return a batch normalised over all but its last axis, with its mean and variance.

    On TensorFlow it uses the fused kernel, which accepts bfloat16 and keeps the mean and the
    variance in float32.

    Args:
        inputs: ``[batch, height, width, channels]``.
        gamma: ``[channels]``, float32, the scale.
        beta: ``[channels]``, float32, the offset.
        epsilon: added to the variance.

    Returns:
        The outputs, with the shape and type of the inputs; the mean and the variance, both
        ``[channels]``, float32.
    """
    if keras.config.backend() == "tensorflow":
        import tensorflow

        outputs, mean, variance = tensorflow.compat.v1.nn.fused_batch_norm(
            inputs,
            ops.convert_to_tensor(gamma),
            ops.convert_to_tensor(beta),
            epsilon=epsilon,
            is_training=True,
        )
        return outputs, mean, variance
    floats = ops.cast(inputs, "float32")
    axes = list(range(len(inputs.shape) - 1))
    mean, variance = ops.moments(floats, axes=axes)
    outputs = ops.batch_normalization(floats, mean, variance, -1, beta, gamma, epsilon)
    return ops.cast(outputs, inputs.dtype), mean, variance


def convolved(inputs: Any, kernel: Any) -> Any:
    """Return the 3×3 convolution of a batch, of the same height and width.

    In bfloat16, oneDNN computes the gradient of a kernel along the rows of the images. Where rows
    are short, this takes two to four times as long as the convolution itself. So the kernel's
    gradient is computed from several images side by side in one row, with a column of zeros
    between them. The sum is the same (benchmarks/narrow_gradients.py).

    Args:
        inputs: ``[batch, height, width, channels]``.
        kernel: ``[3, 3, channels, filters]``.

    Returns:
        ``[batch, height, width, filters]``, with the type of the inputs.
    """
    if keras.config.backend() == "tensorflow":
        import tensorflow

        inputs, kernel = ops.convert_to_tensor(inputs), ops.convert_to_tensor(kernel)
        together = _images_per_row(inputs.shape)
        on_cpu = not tensorflow.config.list_physical_devices("GPU")
        if on_cpu and inputs.dtype == tensorflow.bfloat16 and together > 1:
            return _convolved_with_packed_gradient(inputs, kernel, together)
    return ops.conv(inputs, kernel, strides=1, padding="same")


def _images_per_row(shape: Any, narrow: int = 11, most: int = 20) -> int:
    """Return how many images of a batch are put side by side in one row: a divisor of the batch."""
    batch, _, width, _ = shape
    if batch is None or width is None or width > narrow:
        return 1
    return max(number for number in range(1, most + 1) if batch % number == 0)


def _convolved_with_packed_gradient(inputs: Any, kernel: Any, together: int) -> Any:
    import tensorflow

    def packed(images: Any) -> Any:
        batch, height, width, channels = images.shape
        rows = batch // together
        padded = tensorflow.pad(images, [[0, 0], [0, 0], [0, 1], [0, 0]])
        padded = tensorflow.reshape(padded, [rows, together, height, width + 1, channels])
        side_by_side = tensorflow.transpose(padded, [0, 2, 1, 3, 4])
        return tensorflow.reshape(side_by_side, [rows, height, -1, channels])

    same: dict[str, Any] = {"strides": [1, 1, 1, 1], "padding": "SAME"}

    @tensorflow.custom_gradient
    def convolve(inputs: Any, kernel: Any) -> tuple[Any, Any]:
        def gradient(upstream: Any) -> tuple[Any, Any]:
            of_inputs = tensorflow.raw_ops.Conv2DBackpropInput(
                input_sizes=inputs.shape, filter=kernel, out_backprop=upstream, **same
            )
            of_kernel = tensorflow.raw_ops.Conv2DBackpropFilter(
                input=packed(inputs),
                filter_sizes=kernel.shape,
                out_backprop=packed(upstream),
                **same,
            )
            return of_inputs, of_kernel

        return tensorflow.nn.conv2d(inputs, kernel, 1, "SAME"), gradient

    return convolve(inputs, kernel)
