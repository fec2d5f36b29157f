"""What a network makes of an image before its last layer: the features that its answer rests on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.errors import ConfigError
from cotejo.models.observing import observed
from cotejo.models.own.adapting import TWO_CLASSES
from cotejo.train import predict_logits

__all__ = ["FeaturesOf", "features_by", "features_of"]

FeaturesOf: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From images ``[n, height, width, channels]``, one or more, to their features ``[n, d]``."""

_BATCH_SIZE = 100
"""Images at a time where the network has to be looked into; it does not change the features."""


def features_of(network: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what enters the last dense layer of a network, ``[n, features]``.

    Args:
        network: from pixels in ``[0, 255]`` to logits or probabilities.
        images: ``[n, height, width, channels]``, uint8, one or more.

    Raises:
        ConfigError: the network has no dense layer.

    Example:
        >>> from cotejo.models import build_model
        >>> network = build_model("cnn3", (32, 32, 3), 10)
        >>> features_of(network, np.zeros((2, 32, 32, 3), np.uint8)).shape
        (2, 64)
    """
    return features_by(network)(images)


def features_by(network: keras.Model) -> FeaturesOf:
    """Return what gives the features of images, for a network that is asked again and again.

    The arguments and the errors are those of `features_of`. To find the last dense layer takes many
    times as long as to look at an image.
    """
    # In the order of the calls, which is not that of the layers where a network is inside another.
    calls, _ = observed(network, np.zeros((1, *network.inputs[0].shape[1:]), np.float32))
    dense = [call.layer for call in calls if _is_dense(call.layer)]
    if not dense:
        raise ConfigError("no_features", name=network.name)
    last = dense[-1]
    if last in network.layers and _is_of_the_graph(network, last):
        entering = partial(predict_logits, keras.Model(network.inputs[0], last.input))
    else:
        entering = partial(_observed_before, last, network)
    return lambda images: entering(images).reshape(len(images), -1)


def _observed_before(
    layer: Any, network: keras.Model, images: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Return what enters a layer at its last call."""
    parts = []
    for start in range(0, len(images), _BATCH_SIZE):
        calls, _ = observed(network, images[start : start + _BATCH_SIZE], only=layer)
        parts.append(ops.convert_to_numpy(ops.cast(calls[-1].inputs, "float32")))
    return np.concatenate(parts)


def _is_dense(layer: Any) -> bool:
    """Whether a layer is a dense one that has learned: not that which makes two outputs of one."""
    return isinstance(layer, keras.layers.Dense) and layer.name != TWO_CLASSES


def _is_of_the_graph(network: keras.Model, layer: Any) -> bool:
    """Whether a layer is called once, on a tensor of the network's own graph."""
    return hasattr(network, "_nodes_by_depth") and len(layer._inbound_nodes) == 1
