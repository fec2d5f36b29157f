"""A wide residual network: few layers, many filters, for the highest accuracy on an accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cotejo.config.options import Activation, Dropout, Initializer, Width
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["wide_resnet"]

_BLOCKS = 2
"""In each of the three groups: 6 × 2 + 4 = 16 layers."""


@shipped("wide-resnet")
def wide_resnet(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "he",
    width: Width = 8,
    activation: Activation = "relu",
    dropout: Dropout = 0.0,
) -> keras.Model:
    """Sixteen layers with shortcuts, `width` times as wide as a plain residual network: WRN-16.

    Three groups of two blocks with 16, 32 and 64 times `width` filters, the second and the third
    on half the height and width of the one before. A block normalises and activates before each
    of its two convolutions, and what it finds is added to what it was given.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: ``"glorot"``, ``"he"`` or ``"dirac"``.
        width: how many times as many filters.
        activation: ``"relu"``, ``"silu"`` or ``"gelu"``.
        dropout: the rate between a block's convolutions.

    References:
        Zagoruyko and Komodakis 2016, "Wide Residual Networks" (arXiv 1605.07146).

    Example:
        >>> wide_resnet((32, 32, 3), 10, width=4).count_params()
        2752506
    """
    from cotejo.backend import keras
    from cotejo.models.layers import logits, normalized, pixels

    layers = keras.layers
    inputs, x = pixels(image_shape)
    x = layers.Rescaling(4.0, offset=-2.0, name="centre")(x)
    x = _convolution(x, 16, initializer)
    for group in range(3):
        filters = 16 * 2**group * width
        for block in range(_BLOCKS):
            strides = 2 if group and not block else 1
            x = _block(x, filters, strides, initializer, activation, dropout)
    x = layers.GlobalAveragePooling2D()(normalized(x, activation))
    return keras.Model(inputs, logits(x, num_classes, initializer), name="wide-resnet")


def _block(
    x: Any, filters: int, strides: int, initializer: str, activation: str, dropout: float
) -> Any:
    from cotejo.backend import keras
    from cotejo.models.layers import normalized

    layers = keras.layers
    before = normalized(x, activation)
    shortcut = x
    if strides > 1 or x.shape[-1] != filters:
        shortcut = _convolution(before, filters, initializer, strides, size=1)
    x = normalized(_convolution(before, filters, initializer, strides), activation)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return layers.Add()([_convolution(x, filters, initializer), shortcut])


def _convolution(x: Any, filters: int, initializer: str, strides: int = 1, size: int = 3) -> Any:
    from cotejo.models.convolution import Convolution
    from cotejo.models.layers import INITIALIZERS

    return Convolution(
        filters,
        size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer=INITIALIZERS[initializer],
    )(x)
