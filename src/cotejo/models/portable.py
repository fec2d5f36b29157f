"""A network in Keras's own layers, so that its file loads wherever Keras does."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras
from cotejo.models.normalization import BatchNormalization

__all__ = ["portable"]


def portable(network: keras.Model) -> keras.Model:
    """Return a copy of the network, weights and all, that needs nothing of Cotejo's to be loaded.

    Example:
        >>> from cotejo.models import build_model
        >>> kept = portable(build_model("cnn7", (32, 32, 3), 10, initializer="dirac"))
        >>> {type(layer).__module__.partition(".")[0] for layer in kept.layers}
        {'keras'}
    """

    def plain(layer: Any) -> Any:
        config = layer.get_config()
        kind = type(layer)
        if kind is BatchNormalization:
            kind = keras.layers.BatchNormalization
        if "kernel_initializer" in config:  # the weights that it gave are copied
            config["kernel_initializer"] = "zeros"
        return kind.from_config(config)

    copy = keras.models.clone_model(network, clone_function=plain)
    copy.set_weights(network.get_weights())
    return copy
