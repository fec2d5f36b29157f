"""The logit of a class, which the maps by gradients are of, and the network that gives it.

A probability is a poor thing to take a gradient of: where the network is almost certain it hardly
changes. A logit alone says nothing either, because the softmax gives the same probabilities if all
logits rise alike; a network of two classes may even keep one of them at 0. So what is explained
is the logit of a class above the mean of all classes' logits.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.errors import ConfigError
from cotejo.train import predict_logits

__all__ = [
    "above_mean",
    "batch_size",
    "check_classes",
    "logit_of",
    "mean_logits",
    "without_softmax",
]

_PIXELS = 2**18
"""The most pixels of a batch: for a gradient, what every layer gave is kept in memory."""


def without_softmax(network: keras.Model) -> keras.Model:
    """Return a network from pixels to logits: the same one, if no softmax ends it.

    Example:
        >>> pixels = keras.Input((4, 4, 1))
        >>> logits = keras.layers.Dense(3, name="logits")(keras.layers.Flatten()(pixels))
        >>> network = keras.Model(pixels, keras.layers.Softmax()(logits))
        >>> without_softmax(network).layers[-1].name
        'logits'
    """
    layers = getattr(network, "layers", [])
    if not layers or not isinstance(layers[-1], keras.layers.Softmax):
        return network
    return keras.Model(network.inputs[0], layers[-1].input, name=network.name)


def logit_of(network: keras.Model, pixels: Any, classes: NDArray[np.integer[Any]]) -> Any:
    """Return the logit of a class of each image above the mean of all, a tensor ``[n]``.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        pixels: a tensor, ``[n, height, width, channels]``.
        classes: ``[n]``.
    """
    logits = ops.cast(network(pixels, training=False), "float32")
    chosen = above_mean(np.eye(logits.shape[-1], dtype=np.float32))[classes]
    return ops.sum(logits * ops.convert_to_tensor(chosen), axis=1)


def mean_logits(network: keras.Model, images: NDArray[Any], tta: str) -> NDArray[np.float32]:
    """Return logits ``[n, classes]``, each the mean over all views of its image.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: ``[n, height, width, channels]``.
        tta: a name of `cotejo.config.views.VIEWS`.
    """
    return predict_logits(network, images, min(len(images), 128), tta=tta, margin=inf)


def above_mean(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return logits ``[n, classes]`` minus the mean of each row.

    Example:
        >>> above_mean(np.array([[1.0, 2.0, 6.0]])).tolist()
        [[-2.0, -1.0, 3.0]]
    """
    centred: NDArray[np.float32] = logits - logits.mean(axis=1, keepdims=True)
    return centred


def batch_size(images: NDArray[Any]) -> int:
    """Return how many images a gradient is computed of at a time; it does not change the maps."""
    height, width = images.shape[1:3]
    return int(np.clip(_PIXELS // (height * width), 1, 64))


def check_classes(images: NDArray[Any], classes: NDArray[np.integer[Any]]) -> None:
    """Refuse classes that are not one row per image.

    Raises:
        ConfigError: they are of another shape.
    """
    if classes.ndim != 2 or len(classes) != len(images):
        raise ConfigError("explain_classes", images=len(images), received=list(classes.shape))
