"""The larger network of the CIFAR-10 speed records, for 96% and an accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.config.options import Activation, Initializer, Whitening, Width
from cotejo.models.builders.airbench import first_layers, normalized_unscaled, slow_logits
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["airbench96"]


@shipped("airbench96")
def airbench96(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "dirac",
    width: Width = 128,
    activation: Activation = "silu",
    whitening: Whitening = True,
) -> keras.Model:
    """Ten convolutions: `airbench` with three in each group and a shortcut around the last two.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: of the 3×3 convolutions: ``"glorot"``, ``"he"`` or ``"dirac"``.
        width: the first group's filters; the others have three and four times as many.
        activation: ``"relu"``, ``"silu"`` or ``"gelu"``.
        whitening: whether the first convolution is filled by `whiten` and kept as it is.

    References:
        airbench96 (Jordan 2024, arXiv 2404.00498).

    Example:
        >>> airbench96((32, 32, 3), 10, width=8).name
        'airbench96'
    """
    from cotejo.backend import keras
    from cotejo.models.layers import convolution, pixels

    layers = keras.layers
    inputs, x = pixels(image_shape)
    x = first_layers(x, image_shape[-1], activation, whitening)
    for filters in (width, 3 * width, 4 * width):
        x = normalized_unscaled(
            layers.MaxPooling2D()(convolution(x, filters, initializer)), activation
        )
        shortcut = x
        x = normalized_unscaled(convolution(x, filters, initializer), activation)
        x = normalized_unscaled(convolution(x, filters, initializer), None)
        x = layers.Activation(activation)(layers.Add()([x, shortcut]))
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, slow_logits(x, num_classes), name="airbench96")
