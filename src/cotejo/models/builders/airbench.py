"""The network of the CIFAR-10 speed records, in the form and at the scales that they train it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cotejo.config.options import Activation, Initializer, Whitening, Width
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["airbench", "first_layers", "normalized_unscaled", "slow_logits"]


@shipped("airbench")
def airbench(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "dirac",
    width: Width = 64,
    activation: Activation = "silu",
    whitening: Whitening = True,
) -> keras.Model:
    """Seven convolutions at the scales of the CIFAR-10 speed records, made for `muon`.

    Like `cnn7`, and in four things unlike it: the whitening has a bias that is trained;
    normalisations have no scale, which the next kernel's fixed norm would take away; their
    memory is a few steps; and the last layer has weights of unit deviation, no bias, and logits
    divided by its inputs' number, so that the classes part slowly.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: of the 3×3 convolutions: ``"glorot"``, ``"he"`` or ``"dirac"``.
        width: the first group's filters; the other two have four times as many.
        activation: ``"relu"``, ``"silu"`` or ``"gelu"``.
        whitening: whether the first convolution is filled by `whiten` and kept as it is; it is
            trained like the others if not.

    References:
        airbench94 and airbench94_muon (Jordan 2024, arXiv 2404.00498).

    Example:
        >>> airbench((32, 32, 3), 10).count_params()
        1973944
    """
    from cotejo.backend import keras
    from cotejo.models.layers import convolution, pixels

    layers = keras.layers
    inputs, x = pixels(image_shape)
    x = first_layers(x, image_shape[-1], activation, whitening)
    for filters in (width, 4 * width, 4 * width):
        x = normalized_unscaled(
            layers.MaxPooling2D()(convolution(x, filters, initializer)), activation
        )
        x = normalized_unscaled(convolution(x, filters, initializer), activation)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, slow_logits(x, num_classes), name="airbench")


def first_layers(x: Any, channels: int, activation: str, whitening: bool) -> Any:
    """Return what comes before the groups: pixels about 0, and a 2×2 convolution of them."""
    from cotejo.backend import keras
    from cotejo.models.whitening import WHITENING

    layers = keras.layers
    x = layers.Rescaling(4.0, offset=-2.0, name="centre")(x)
    name = WHITENING if whitening else "first"
    first = layers.Conv2D(8 * channels, 2, kernel_initializer="he_uniform", name=name)
    x = layers.Activation(activation)(first(x))
    if whitening:
        first.kernel.trainable = False
    return x


def normalized_unscaled(x: Any, activation: str | None) -> Any:
    """Return ``x`` normalised without a scale, and activated."""
    from cotejo.backend import keras
    from cotejo.models.normalization import BatchNormalization

    x = BatchNormalization(momentum=0.6, scale=False)(x)
    return keras.layers.Activation(activation)(x) if activation else x


def slow_logits(x: Any, num_classes: int) -> Any:
    """Return logits of weights of unit deviation, divided by the number of features."""
    from cotejo.backend import keras

    layers = keras.layers
    features = x.shape[-1]
    unit = keras.initializers.RandomUniform(-math.sqrt(3), math.sqrt(3))
    x = layers.Dense(
        num_classes, use_bias=False, kernel_initializer=unit, name="logits", dtype="float32"
    )(x)
    return layers.Rescaling(1 / features, name="scaled", dtype="float32")(x)
