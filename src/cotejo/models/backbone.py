"""A backbone: the part of a network that was trained before, which gives features to a new head.

A network with a backbone has a layer named `FEATURES`. What comes before this layer is the
backbone, what comes after it is the head. As it is built, a pretrained backbone is frozen: none of
its layers learns. The training sees this from the network alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras

__all__ = ["FEATURES", "has_frozen_backbone", "split", "standardise", "thaw", "with_head"]

FEATURES = "backbone_features"
"""The name of the layer at the end of the backbone: features ``[batch, features]``."""

_STANDARDISED = "standardised"
"""The name of the head's first layer, which `standardise` fills."""

_LEAST_VARIANCE = 0.01
"""The least variance of a feature that counts, as a share of the mean over all features.

A feature that hardly varies over the training images would be blown up on others.
"""


def with_head(
    inputs: Any, features: Any, num_classes: int, *, name: str, frozen: bool, dropout: float = 0.0
) -> keras.Model:
    """Return a network of a backbone and a new head: standardised features and one dense layer.

    Args:
        inputs: of the backbone, pixels in ``[0, 255]``.
        features: what the backbone makes of them, ``[batch, features]``.
        num_classes: how many classes.
        name: of the network.
        frozen: whether the backbone was trained before and is frozen.
        dropout: the rate before the logits.

    Example:
        >>> inputs = keras.Input((8, 8, 3))
        >>> features = keras.layers.GlobalMaxPooling2D()(keras.layers.Conv2D(4, 3)(inputs))
        >>> network = with_head(inputs, features, 2, name="small", frozen=True)
        >>> network.count_params(), has_frozen_backbone(network)
        (130, True)
    """
    x = keras.layers.Identity(name=FEATURES)(features)
    # Its statistics come from `standardise` and then stay. Before that it changes nothing.
    x = keras.layers.BatchNormalization(
        center=False,
        scale=False,
        epsilon=1e-6,
        trainable=False,
        name=_STANDARDISED,
        dtype="float32",
    )(x)
    if dropout:
        x = keras.layers.Dropout(dropout)(x)
    logits = keras.layers.Dense(num_classes, name="logits", dtype="float32")(x)
    network = keras.Model(inputs, logits, name=name)
    if frozen:
        for layer in _backbone_layers(network):
            layer.trainable = False
    return network


def has_frozen_backbone(network: keras.Model) -> bool:
    """Return whether a network has a backbone of which nothing learns."""
    layers = _backbone_layers(network)
    weighted = [layer for layer in layers if layer.weights]
    return bool(weighted) and not any(layer.trainable_weights for layer in weighted)


def split(network: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Return the backbone, from pixels to features, and the head, from features to logits.

    Both share their layers with the network: what the head learns, the network knows.
    """
    features = network.get_layer(FEATURES).output
    backbone = keras.Model(network.inputs[0], features, name="backbone")
    return backbone, keras.Model(features, network.output, name="head")


def standardise(network: keras.Model, features: NDArray[np.float32]) -> None:
    """Let the head see features of mean 0 and deviation 1, by those of the training images.

    A new head then learns at the same pace from any backbone. A head that has learned before, as in
    another run that this one starts from, keeps the statistics that it learned with.

    Args:
        network: a network with a head.
        features: ``[n, features]``.
    """
    layer = network.get_layer(_STANDARDISED)
    mean, variance = layer.get_weights()
    if mean.any() or (variance != 1).any():
        return
    variances = features.var(axis=0, dtype="float64")
    least = max(_LEAST_VARIANCE * variances.mean(), np.finfo("float32").tiny)
    layer.set_weights([features.mean(axis=0, dtype="float64"), np.maximum(variances, least)])


def thaw(network: keras.Model) -> None:
    """Let the backbone learn, but for its batch normalisation.

    Batch normalisation stays as it was pretrained, weights and statistics: the statistics of a few
    small batches would destroy what the layers after it have learned to expect. Nothing changes in
    a network without a frozen backbone.
    """
    if not has_frozen_backbone(network):
        return
    for layer in _backbone_layers(network):
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)


def _backbone_layers(network: keras.Model) -> list[Any]:
    names = [layer.name for layer in network.layers]
    if FEATURES not in names:
        return []
    # Keras sorts layers by their distance from the output: the whole backbone stands before this
    # layer, and the head after it.
    return list(network.layers[: names.index(FEATURES)])
