"""The fully connected network of the first notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.config.options import BatchNorm, Dropout, Initializer
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["mlp"]


@shipped("mlp", cited=False)
def mlp(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "glorot",
    dropout: Dropout = 0.5,
    batch_norm: BatchNorm = False,
) -> keras.Model:
    """Fully connected: 512 and 256 units with ReLU, dropout between them.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: ``"glorot"`` or ``"he"``.
        dropout: the share of the first layer's units left out of each training step.
        batch_norm: whether to normalise after each hidden layer.

    Example:
        >>> mlp((32, 32, 3), 10).count_params()
        1707274
    """
    from cotejo.backend import keras
    from cotejo.models.layers import INITIALIZERS, logits, pixels

    layers = keras.layers
    inputs, x = pixels(image_shape)
    x = layers.Flatten()(x)
    for units in (512, 256):
        x = layers.Dense(units, activation="relu", kernel_initializer=INITIALIZERS[initializer])(x)
        if batch_norm:
            x = layers.BatchNormalization()(x)
        if dropout and units == 512:
            x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, logits(x, num_classes, initializer), name="mlp")
