"""The layers that the networks share: pixels in, logits out, and the initialisers' names."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras

__all__ = ["INITIALIZERS", "logits", "pixels"]

layers = keras.layers

INITIALIZERS = {"glorot": "glorot_uniform", "he": "he_uniform"}
"""Glorot and Bengio 2010; He et al. 2015 (arXiv 1502.01852). Both uniform, as in Keras."""


def pixels(image_shape: tuple[int, int, int]) -> tuple[Any, Any]:
    """Return the input, pixels in ``[0, 255]``, and the same scaled to ``[0, 1]``.

    The scaling is a layer, so that a saved model takes images as they are.
    """
    inputs = keras.Input(image_shape, name="pixels")
    return inputs, layers.Rescaling(1 / 255, name="scale")(inputs)


def logits(x: Any, num_classes: int, initializer: str) -> Any:
    """Return the last layer: logits in float32, which a loss in bfloat16 would round away."""
    return layers.Dense(
        num_classes,
        kernel_initializer=INITIALIZERS[initializer],
        name="logits",
        dtype="float32",
    )(x)
