"""A convolution that learns faster where its images are narrow, or its channels few."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras
from cotejo.models.kernels import as_products, convolved, multiplied

__all__ = ["Convolution"]


class Convolution(keras.layers.Conv2D):
    """Keras's convolution, its kernel's gradient taken from images side by side, or as a product.

    Same weights, same results but for the order in which sums are rounded. A saved network has
    Keras's own in its place (`cotejo.models.portable`).

    Example:
        >>> layer = Convolution(4, 3, padding="same", use_bias=False)
        >>> tuple(layer(keras.ops.ones((2, 7, 7, 3))).shape)
        (2, 7, 7, 4)
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the inputs convolved, ``[batch, height, width, filters]``."""
        is_plain = (self.strides, self.dilation_rate, self.groups) == ((1, 1), (1, 1), 1)
        if is_plain and self.data_format == "channels_last" and as_products(inputs, kernel):
            return multiplied(inputs, kernel, self.padding)
        settings = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        if settings != ((3, 3), (1, 1), "same", (1, 1)) or self.groups != 1:
            return super().convolution_op(inputs, kernel)
        return convolved(inputs, kernel)
