"""A network from a list of layers in words, for who writes no Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cotejo.config.layer_list import MODEL, LayerEntry, read_layers
from cotejo.config.options import Initializer
from cotejo.errors import ConfigError
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["of_layers"]


@shipped(MODEL, cited=False)
def of_layers(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    layers: str = "conv 32 3 relu, pool 2, flatten, dense 64 relu",
    initializer: Initializer = "glorot",
) -> keras.Model:
    """The layers that a study lists; pixels are scaled before them, and logits come after them.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        layers: the list, such as ``"conv 32 3 relu, pool 2, flatten, dense 64 relu"``.
        initializer: of all kernels.

    Raises:
        ConfigError: an entry is wrong, or nothing makes a row of features out of the images.

    Example:
        >>> of_layers((32, 32, 3), 10, layers="conv 32 3 relu, pool 2, flatten").count_params()
        72906
    """
    from cotejo.backend import keras
    from cotejo.models.layers import INITIALIZERS, logits, pixels

    inputs, x = pixels(image_shape)
    for entry in read_layers(layers):
        x = _layer(entry, INITIALIZERS[initializer])(x)
    if len(x.shape) != 2:
        raise ConfigError("layers_not_flat")
    return keras.Model(inputs, logits(x, num_classes, initializer), name=MODEL)


def _layer(entry: LayerEntry, initializer: Any) -> Any:
    """Return the layer of Keras's, or of ours, that an entry stands for."""
    from cotejo.backend import keras
    from cotejo.models.normalization import BatchNormalization

    layers, kind = keras.layers, entry.kind
    share = entry.numbers[0] if entry.numbers else 0.0
    convolving: dict[str, Any] = {"activation": entry.activation, "padding": entry.padding}
    if kind == "conv":
        return layers.Conv2D(
            entry.whole(0), entry.whole(1), strides=entry.whole(2),
            kernel_initializer=initializer, **convolving,
        )  # fmt: skip
    if kind == "separable-conv":
        return layers.SeparableConv2D(
            entry.whole(0), entry.whole(1), strides=entry.whole(2),
            depthwise_initializer=initializer, pointwise_initializer=initializer, **convolving,
        )  # fmt: skip
    if kind == "depthwise-conv":
        return layers.DepthwiseConv2D(
            entry.whole(0), strides=entry.whole(1), depthwise_initializer=initializer, **convolving
        )
    if kind == "dense":
        return layers.Dense(
            entry.whole(0), activation=entry.activation, kernel_initializer=initializer
        )
    if kind == "pool":
        return layers.MaxPooling2D(entry.whole(0), padding=entry.padding)
    if kind == "average-pool":
        return layers.AveragePooling2D(entry.whole(0), padding=entry.padding)
    plain: dict[str, Any] = {
        "global-pool": layers.GlobalAveragePooling2D,
        "global-max-pool": layers.GlobalMaxPooling2D,
        "flatten": layers.Flatten,
        "batch-norm": BatchNormalization,
        "layer-norm": layers.LayerNormalization,
        "dropout": lambda: layers.Dropout(share),
        "spatial-dropout": lambda: layers.SpatialDropout2D(share),
        "noise": lambda: layers.GaussianNoise(share),
    }
    return plain[kind]() if kind in plain else layers.Activation(kind)
