"""A 3×3 convolution that learns faster where its images have become narrow."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras
from cotejo.models.kernels import convolved

__all__ = ["Convolution"]


class Convolution(keras.layers.Conv2D):
    """Keras's convolution, its kernel's gradient taken from images side by side.

    Same weights, same results but for the order in which sums are rounded. A saved network has
    Keras's own in its place (`cotejo.models.portable`).

    Example:
        >>> layer = Convolution(4, 3, padding="same", use_bias=False)
        >>> tuple(layer(keras.ops.ones((2, 7, 7, 3))).shape)
        (2, 7, 7, 4)
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Return the inputs convolved, ``[batch, height, width, filters]``."""
        settings = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        if settings != ((3, 3), (1, 1), "same", (1, 1)) or self.groups != 1:
            return super().convolution_op(inputs, kernel)
        return convolved(inputs, kernel)
