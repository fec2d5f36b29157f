"""A stronger network: seven convolutions in the shape of the CIFAR-10 speed records'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.config.options import Activation, Dropout, Initializer, Width
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["cnn7"]


@shipped("cnn7")
def cnn7(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "he",
    width: Width = 32,
    activation: Activation = "relu",
    dropout: Dropout = 0.0,
) -> keras.Model:
    """Seven convolutions with batch normalisation, each group pooled before it is normalised.

    A 2×2 convolution that `whiten` fills from the training images, then three groups of two 3×3
    convolutions of `width`, 4 `width` and 4 `width` filters. Each group pools right
    after its first convolution, so that normalising, activating and the second convolution work on
    a quarter of the pixels.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: ``"glorot"``, ``"he"`` or ``"dirac"``.
        width: the first group's filters; the cost grows with its square.
        activation: ``"relu"``, ``"silu"`` or ``"gelu"``.
        dropout: the rate before the logits.

    References:
        The shape is that of airbench94 (Jordan 2024, arXiv 2404.00498), narrower and without
        its initialisation and its test-time augmentation.

    Example:
        >>> cnn7((32, 32, 3), 10).count_params()
        499242
    """
    from cotejo.backend import keras
    from cotejo.models.layers import INITIALIZERS, convolution, logits, normalized, pixels
    from cotejo.models.whitening import WHITENING

    layers = keras.layers
    inputs, x = pixels(image_shape)
    x = layers.Rescaling(4.0, offset=-2.0, name="centre")(x)
    x = layers.Conv2D(
        8 * image_shape[-1],
        2,
        activation=activation,
        use_bias=False,
        kernel_initializer=INITIALIZERS[initializer],
        trainable=False,
        name=WHITENING,
    )(x)
    for filters in (width, 4 * width, 4 * width):
        x = normalized(layers.MaxPooling2D()(convolution(x, filters, initializer)), activation)
        x = normalized(convolution(x, filters, initializer), activation)
    x = layers.GlobalMaxPooling2D()(x)
    if dropout:
        x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, logits(x, num_classes, initializer), name="cnn7")
