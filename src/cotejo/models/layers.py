"""The layers that the networks share: pixels in, logits out, and the initialisers' names."""

from __future__ import annotations

from typing import Any

import numpy as np

from cotejo.backend import keras
from cotejo.models.convolution import Convolution
from cotejo.models.normalization import BatchNormalization

__all__ = ["INITIALIZERS", "Dirac", "convolution", "dirac", "logits", "normalized", "pixels"]

layers = keras.layers


@keras.saving.register_keras_serializable("cotejo")
class Dirac(keras.initializers.Initializer):
    """A convolution's first filters pass their inputs on; those beyond are uniform.

    A network then starts as one that looks at its whitened pixels, and its depth costs no signal.
    The others are uniform within ±1/√fan_in; so is every weight of a dense kernel.

    References:
        Zagoruyko and Komodakis 2017, "DiracNets" (arXiv 1706.00388); in this form in airbench94
        (Jordan 2024, arXiv 2404.00498).

    Example:
        >>> kernel = keras.ops.convert_to_numpy(Dirac()((3, 3, 2, 4)))
        >>> kernel[1, 1, :, :2].tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Return a kernel ``[height, width, inputs, outputs]`` or ``[inputs, outputs]``."""
        return dirac(shape, dtype)


def dirac(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Filters that pass their inputs on; those beyond, and dense weights, are uniform."""
    # A program of a network has this function in it: it rests on Keras and NumPy alone.
    limit = float(np.prod(shape[:-1])) ** -0.5
    kernel = keras.random.uniform(shape, -limit, limit, dtype=dtype or keras.config.floatx())
    if len(shape) < 4:
        return kernel
    height, width, inputs, outputs = shape
    passed = min(inputs, outputs)
    identity = np.zeros((height, width, inputs, passed), "float32")
    identity[height // 2, width // 2, range(passed), range(passed)] = 1
    identity = keras.ops.cast(identity, kernel.dtype)
    return keras.ops.concatenate([identity, kernel[..., passed:]], axis=-1)


INITIALIZERS = {"glorot": "glorot_uniform", "he": "he_uniform", "dirac": Dirac}
"""Glorot and Bengio 2010; He et al. 2015 (arXiv 1502.01852), both uniform, as in Keras; `Dirac`."""


def pixels(image_shape: tuple[int, int, int]) -> tuple[Any, Any]:
    """Return the input, pixels in ``[0, 255]``, and the same scaled to ``[0, 1]``.

    The scaling is a layer, so that a saved model takes images as they are.
    """
    inputs = keras.Input(image_shape, name="pixels")
    return inputs, layers.Rescaling(1 / 255, name="scale")(inputs)


def convolution(x: Any, filters: int, initializer: str) -> Any:
    """Return a 3×3 convolution without a bias, which the normalisation after it would take away."""
    return Convolution(
        filters,
        3,
        padding="same",
        use_bias=False,
        kernel_initializer=INITIALIZERS[initializer],
    )(x)


def normalized(x: Any, activation: str) -> Any:
    """Return ``x`` normalised and activated."""
    # A short memory (0.9) because a training here is a few hundred to a few thousand steps.
    return layers.Activation(activation)(BatchNormalization(momentum=0.9)(x))


def logits(x: Any, num_classes: int, initializer: str) -> Any:
    """Return the last layer: logits in float32, which a loss in bfloat16 would round away."""
    return layers.Dense(
        num_classes,
        kernel_initializer=INITIALIZERS[initializer],
        name="logits",
        dtype="float32",
    )(x)
