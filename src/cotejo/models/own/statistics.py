"""The mean and the variance of the training images, for a network that normalises by them itself.

A layer `keras.layers.Normalization` is made without them, and told them by ``adapt``. Here every
such layer that has none is told those of the training images, as they arrive at it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.models.observing import leaves, observed
from cotejo.models.own.adapting import is_adapted

__all__ = ["adapt_normalization"]

_MOST = 5000
"""How many training images the statistics are of."""

_BATCH = 100


def adapt_normalization(network: keras.Model, images: NDArray[np.uint8]) -> None:
    """Adapt the network's normalising layers that know no statistics yet; only the user's own have.

    Args:
        network: from pixels in ``[0, 255]``.
        images: the training images ``[n, height, width, channels]``.
    """
    if not is_adapted(network):
        return
    sample = images[:: max(1, len(images) // _MOST)][:_MOST]
    for layer in leaves(network):
        if isinstance(layer, keras.layers.Normalization) and _knows_nothing(layer):
            # One after another, because one can stand behind another.
            arriving = [
                ops.convert_to_numpy(ops.cast(call.inputs, "float32"))
                for start in range(0, len(sample), _BATCH)
                for call in observed(network, sample[start : start + _BATCH], layer)[0]
            ]
            if arriving:
                layer.adapt(np.concatenate(arriving))


def _knows_nothing(layer: Any) -> bool:
    if layer.input_mean is not None:
        return False
    mean, variance = (
        ops.convert_to_numpy(each) for each in (layer.adapt_mean, layer.adapt_variance)
    )
    return not mean.any() and bool((variance == 1).all())
