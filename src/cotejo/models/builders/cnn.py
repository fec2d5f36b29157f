"""The notebooks' convolutional networks, and one whose depth is free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cotejo.config.options import BatchNorm, Convolutions, Dropout, Initializer, KernelSize
from cotejo.models.registry import shipped

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["cnn", "cnn2", "cnn3"]


@shipped("cnn2", cited=False)
def cnn2(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "glorot",
    kernel_size: KernelSize = 3,
    dropout: Dropout | None = None,
    batch_norm: BatchNorm = True,
) -> keras.Model:
    """Two convolutions (32, 64) with batch normalisation and dropout, 128 units.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: ``"glorot"`` or ``"he"``.
        kernel_size: the convolutions' height and width in pixels.
        dropout: one rate for both dropout layers; None for the notebook's 0.3 and 0.4.
        batch_norm: whether to normalise after the first pooling.

    Example:
        >>> cnn2((32, 32, 3), 10).count_params()
        315850
    """
    from cotejo.backend import keras
    from cotejo.models.layers import INITIALIZERS, logits, pixels
    from cotejo.models.normalization import BatchNormalization

    layers = keras.layers
    rates = (0.3, 0.4) if dropout is None else (dropout, dropout)
    inputs, x = pixels(image_shape)
    x = _pooled(_convolution(x, 32, kernel_size, initializer))
    if batch_norm:
        x = BatchNormalization()(x)
    x = _pooled(_convolution(x, 64, kernel_size, initializer))
    x = _dropout(x, rates[0])
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu", kernel_initializer=INITIALIZERS[initializer])(x)
    x = _dropout(x, rates[1])
    return keras.Model(inputs, logits(x, num_classes, initializer), name="cnn2")


@shipped("cnn3", cited=False)
def cnn3(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    initializer: Initializer = "glorot",
    kernel_size: KernelSize = 3,
    dropout: Dropout = 0.0,
    batch_norm: BatchNorm = False,
) -> keras.Model:
    """Three convolutions (32, 64, 64), 64 units: the second notebook's.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        initializer: ``"glorot"`` or ``"he"``.
        kernel_size: the convolutions' height and width in pixels.
        dropout: the rate before the logits; the notebook has none.
        batch_norm: whether to normalise after each convolution; the notebook does not.

    Example:
        >>> cnn3((32, 32, 3), 10).count_params()
        122570
    """
    network = _stacked((32, 64, 64), image_shape, num_classes, 64, initializer, kernel_size,
                       dropout, batch_norm)  # fmt: skip
    network.name = "cnn3"
    return network


@shipped("cnn", cited=False)
def cnn(
    image_shape: tuple[int, int, int],
    num_classes: int,
    *,
    convolutions: Convolutions = 3,
    initializer: Initializer = "glorot",
    kernel_size: KernelSize = 3,
    dropout: Dropout = 0.0,
    batch_norm: BatchNorm = False,
) -> keras.Model:
    """One to four convolutions (32, then 64), 64 units: `cnn3` with its depth free.

    Args:
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        convolutions: how many, from 1 to 4; 3 is `cnn3`.
        initializer: ``"glorot"`` or ``"he"``.
        kernel_size: the convolutions' height and width in pixels.
        dropout: the rate before the logits.
        batch_norm: whether to normalise after each convolution.

    Example:
        >>> cnn((32, 32, 3), 10, convolutions=2).count_params()
        167562
    """
    filters = (32, 64, 64, 64)[:convolutions]
    return _stacked(filters, image_shape, num_classes, 64, initializer, kernel_size,
                    dropout, batch_norm)  # fmt: skip


def _stacked(
    filters: Sequence[int],
    image_shape: tuple[int, int, int],
    num_classes: int,
    units: int,
    initializer: str,
    kernel_size: int,
    dropout: float,
    batch_norm: bool,
) -> keras.Model:
    from cotejo.backend import keras
    from cotejo.models.layers import INITIALIZERS, logits, pixels
    from cotejo.models.normalization import BatchNormalization

    layers = keras.layers
    inputs, x = pixels(image_shape)
    for index, count in enumerate(filters):
        x = _convolution(x, count, kernel_size, initializer)
        pools = index < 2  # the notebook pools after the first two
        if batch_norm:
            x = BatchNormalization()(layers.ReLU()(x))
            x = layers.MaxPooling2D()(x) if pools else x
        else:
            x = _pooled(x) if pools else layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(units, activation="relu", kernel_initializer=INITIALIZERS[initializer])(x)
    x = _dropout(x, dropout)
    return keras.Model(inputs, logits(x, num_classes, initializer), name="cnn")


def _convolution(x: Any, filters: int, kernel_size: int, initializer: str) -> Any:
    from cotejo.models.convolution import Convolution
    from cotejo.models.layers import INITIALIZERS

    return Convolution(filters, kernel_size, kernel_initializer=INITIALIZERS[initializer])(x)


def _pooled(x: Any) -> Any:
    """Return the largest of each 2×2 pixels, if positive.

    The notebooks apply ReLU first and pool afterwards. The result is the same, and so is its
    gradient, but ReLU sees a quarter of the pixels.
    """
    from cotejo.backend import keras

    return keras.layers.ReLU()(keras.layers.MaxPooling2D()(x))


def _dropout(x: Any, rate: float) -> Any:
    from cotejo.backend import keras

    return keras.layers.Dropout(rate)(x) if rate else x
