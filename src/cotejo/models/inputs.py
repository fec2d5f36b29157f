"""What stands before a backbone: images brought to three channels, a size, and its own scale.

All of it is layers and operations of Keras's, so that a saved network takes images as they are.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from cotejo.backend import keras, ops

__all__ = ["coloured", "enlarged", "preprocessed"]


def coloured(x: Any) -> Any:
    """Return images with three channels: grey ones are repeated.

    Example:
        >>> tuple(coloured(keras.Input((8, 8, 1))).shape)
        (None, 8, 8, 3)
    """
    return keras.layers.Concatenate(name="three_channels")([x] * 3) if x.shape[-1] == 1 else x


def enlarged(x: Any, least: int) -> Any:
    """Return images whose shorter side has at least ``least`` pixels, enlarged bilinearly.

    Args:
        x: images ``[batch, height, width, channels]``.
        least: in pixels. Larger images stay as they are.

    Example:
        >>> tuple(enlarged(keras.Input((8, 16, 3)), 32).shape)
        (None, 32, 64, 3)
    """
    height, width = x.shape[1:3]
    shorter = min(height, width)
    if shorter >= least:
        return x
    sides = (round(side * least / shorter) for side in (height, width))
    return keras.layers.Resizing(
        *sides, interpolation="bilinear", name="enlarged", dtype="float32"
    )(x)


def preprocessed(x: Any, application: Any) -> Any:
    """Return pixels as an application of Keras's takes them.

    Its own `preprocess_input` is asked what it does to black and to the three primary colours.
    That says all of it, because it scales and shifts each channel, and perhaps turns RGB to BGR.

    Args:
        x: pixels ``[batch, height, width, 3]`` in ``[0, 255]``, RGB.
        application: a function of `keras.applications`.
    """
    module: Any = inspect.getmodule(application)
    # [4, 1, 1, 3]: black, red, green, blue
    probes = np.concatenate([np.zeros((1, 3)), 255 * np.eye(3)]).reshape(4, 1, 1, 3)
    seen = np.array(module.preprocess_input(probes.astype("float32").copy())).reshape(4, 3)
    offset, gains = seen[0], (seen[1:] - seen[0]) / 255
    is_bgr = bool(abs(gains[0, 2]) > abs(gains[0, 0]))
    scale = gains[::-1].diagonal() if is_bgr else gains.diagonal()
    if is_bgr:
        x = ops.flip(x, axis=-1)
    if np.allclose(scale, 1) and np.allclose(offset, 0):
        return x
    return keras.layers.Rescaling(
        [round(float(number), 9) for number in scale],
        [round(float(number), 9) for number in offset],
        name="preprocessed",
        dtype="float32",
    )(x)
