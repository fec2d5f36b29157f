"""A network with its features: what enters its last dense layer, beside its logits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.models.own.adapting import TWO_CLASSES

__all__ = ["features_and_logits", "with_features"]


def with_features(network: keras.Model) -> keras.Model | None:
    """Return the network with two outputs: its features, and its logits.

    The features of an image are what enters the last dense layer, ``[batch, features]``. Layers
    are shared with the network, not copied.

    Args:
        network: from pixels to logits.

    Returns:
        None if there is no such layer to be seen: the network ends in other layers, or its author
        wrote it as a class.

    Example:
        >>> from cotejo.models import build_model
        >>> network = build_model("cnn3", (32, 32, 3), 10)
        >>> [output.shape for output in with_features(network).outputs]
        [(None, 64), (None, 10)]
        >>> with_features(keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]))
    """
    features = _features(network)
    if features is None or len(features.shape) != 2 or features.shape[1] is None:
        return None
    return keras.Model(network.inputs[0], [features, network.outputs[0]], name=network.name)


def features_and_logits(
    network: keras.Model, images: NDArray[np.uint8], batch_size: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the features ``[n, features]`` and the logits ``[n, classes]`` of images.

    Args:
        network: as `with_features` returns it.
        images: ``[n, height, width, channels]``, uint8, one or more.
        batch_size: the number of images at a time; it does not change the result.
    """
    parts = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        missing = min(batch_size, len(images)) - len(batch)
        if missing:  # fill the last batch, so that nothing is compiled for its size
            batch = np.concatenate([batch, images[:missing]])
        outputs = network.predict_on_batch(batch)
        parts.append([np.asarray(each, np.float32)[: batch_size - missing] for each in outputs])
    features, logits = (np.concatenate(each) for each in zip(*parts, strict=True))
    return features, logits


def _features(network: Any) -> Any:
    """Return the tensor that enters the last dense layer of a graph of layers, or None."""
    outputs = getattr(network, "outputs", None)
    if not outputs or not getattr(network, "inputs", None):
        return None
    tensor = outputs[0]
    while True:
        operation, node_index, _ = tensor._keras_history
        if isinstance(operation, keras.layers.InputLayer):
            return None
        inputs = operation._inbound_nodes[node_index].input_tensors
        if isinstance(operation, keras.layers.Dense) and operation.name != TWO_CLASSES:
            return inputs[0]
        if isinstance(operation, keras.Model):
            inner = _features(operation)
            if inner is None:
                return None
            # The same layers, applied where the network applies them.
            return keras.Model(operation.inputs, inner)(inputs[0])
        # A softmax, a scaling or a change of precision may follow; what learns may not.
        if len(inputs) != 1 or _learns(operation):
            return None
        tensor = inputs[0]


def _learns(operation: Any) -> bool:
    """Whether an operation has weights, but for the layer that makes two outputs of one."""
    return bool(getattr(operation, "weights", None)) and operation.name != TWO_CLASSES
