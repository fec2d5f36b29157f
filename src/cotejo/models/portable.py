"""A network in Keras's own layers, so that its file loads wherever Keras does."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.models.convolution import Convolution
from cotejo.models.normalization import BatchNormalization

__all__ = ["load_portable", "portable"]

_RUNNING = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__")
"""Keras's layers that run what is in the file."""

_KERAS_OWN: dict[type, type] = {
    BatchNormalization: keras.layers.BatchNormalization,
    Convolution: keras.layers.Conv2D,
}


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
        kind: Any = _KERAS_OWN.get(type(layer), type(layer))
        if "kernel_initializer" in config:  # the weights that it gave are copied
            config["kernel_initializer"] = "zeros"
        return kind.from_config(config)

    copy = keras.models.clone_model(network, clone_function=plain)
    copy.set_weights(network.get_weights())
    return copy


def load_portable(path: Path) -> keras.Model:
    """Return the network in a ``.keras`` file, nothing of which is run.

    Its description is read first: only Keras's own layers are loaded, and of those none that
    brings code of its own, whatever the installed Keras would let pass.

    Args:
        path: the file, which a stranger could have made.

    Raises:
        OutputError: it is damaged, or holds something else than such layers.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            described = json.loads(archive.read("config.json"))
        foreign = next(_foreign(described), None)
        if foreign is None:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise OutputError("damaged_file", path=path) from error
    raise OutputError("foreign_layer", path=path, layer=foreign)


def _foreign(described: Any) -> Iterator[str]:
    """Yield the names of what is described and is not Keras's own, or runs what it holds."""
    if isinstance(described, list):
        for part in described:
            yield from _foreign(part)
    elif isinstance(described, dict):
        if "class_name" in described:
            name, module = described["class_name"], described.get("module")
            own = module is None or module == "keras" or str(module).startswith("keras.")
            registered = ">" in str(described.get("registered_name"))
            if not own or registered or name in _RUNNING:
                yield f"{module}.{name}"
        for part in described.values():
            yield from _foreign(part)
