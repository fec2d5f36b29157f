"""A network in Keras's own layers, so that its file loads wherever Keras does.

The file computes in float32, whatever the network was trained in: few processors have bfloat16,
and onnxruntime has no convolution in it. The weights are the same, because Keras keeps those of a
network that computes in bfloat16 in float32. What a training measured was computed in its own
precision, so a run's record names it layer by layer (`precisions`), and `load_trained` brings it
back: the same probabilities, bit for bit, as the network had when it was trained.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.models.convolution import Convolution
from cotejo.models.normalization import BatchNormalization
from cotejo.models.observing import layers_of
from cotejo.store import RunFile, RunFolder
from cotejo.store.files import damaged

__all__ = [
    "as_trained", "computing_in", "load_portable", "load_trained", "portable", "precisions",
    "read_description",
]  # fmt: skip

_PRECISIONS = {"mixed_bfloat16": "bfloat16", "float32": "float32"}
_POLICIES = {precision: policy for policy, precision in _PRECISIONS.items()}
"""Keras's policy for each precision that a layer computes in."""

_MODULES = {
    "activations", "applications", "constraints", "dtype_policies", "initializers", "layers",
    "losses", "metrics", "models", "ops", "optimizers", "random", "regularizers",
}  # fmt: skip
"""Of Keras, or of ``keras.src``, where what networks are made of and compiled with lies."""

_TOP = {"DTypePolicy", "FloatDTypePolicy", "Functional", "Model", "Sequential"}
"""What may be described as of ``keras`` itself."""

_VALUES = {"__bytes__", "__ellipsis__", "__keras_tensor__", "__numpy__", "__slice__", "__tensor__"}
"""Keras's descriptions of values, which name no module."""

_RUNNING = {
    "FlaxLayer", "JaxLayer", "Lambda", "TFSMLayer", "TorchModuleWrapper", "function",
}  # fmt: skip
"""Of those modules, what runs code that is in the file or is named there."""

_READING = {"FeatureSpace", "IndexLookup", "IntegerLookup", "StringLookup", "TextVectorization"}
"""Of those modules, what can name another file, to be read: a vocabulary."""

_UNPACKED = 4
"""By how much the content of a file may be larger than the file."""

_KERAS_OWN: dict[type, type] = {
    BatchNormalization: keras.layers.BatchNormalization,
    Convolution: keras.layers.Conv2D,
}


def portable(network: keras.Model) -> keras.Model:
    """Return a copy of the network that needs nothing of Cotejo's to be loaded.

    It has the network's weights and computes in float32.

    Example:
        >>> from cotejo.models import build_model
        >>> kept = portable(build_model("cnn7", (32, 32, 3), 10, initializer="dirac"))
        >>> {type(layer).__module__.partition(".")[0] for layer in kept.layers}
        {'keras'}
    """

    def plain(layer: Any) -> Any:
        config = _computing_in("float32", layer.get_config())
        kind: Any = _KERAS_OWN.get(type(layer), type(layer))
        if "kernel_initializer" in config:  # the weights that it gave are copied
            config["kernel_initializer"] = "zeros"
        return kind.from_config(config)

    return _copy(network, plain)


def precisions(network: keras.Model) -> dict[str, str]:
    """Return what each layer computes in, by its name: ``"float32"`` or ``"bfloat16"``.

    A layer that computes in something else is left out; its file keeps it as it is.

    Example:
        >>> from cotejo.models import build_model
        >>> precisions(build_model("cnn3", (32, 32, 3), 10))["logits"]
        'float32'
    """
    policies = {layer.name: str(layer.dtype_policy.name) for layer, _ in layers_of(network)}
    return {name: _PRECISIONS[each] for name, each in policies.items() if each in _PRECISIONS}


def load_trained(run: RunFolder) -> keras.Model:
    """Return a finished run's network, which computes as it did when it was trained.

    A run of an older Cotejo, whose record names no precisions, has them in its file.

    Raises:
        OutputError: its model or its record is damaged.
    """
    model = load_portable(run.model)
    layers = (run.record.get("model") or {}).get("layers") or []
    try:
        return as_trained(model, {layer["name"]: layer.get("precision") for layer in layers})
    except (AttributeError, KeyError, TypeError) as error:
        raise damaged(run.path / RunFile.RECORD, "model.layers") from error


def as_trained(model: keras.Model, precisions: Mapping[str, str | None]) -> keras.Model:
    """Return a model whose layers compute in the precisions that they were trained in.

    Args:
        model: from a file, which has another precision in it.
        precisions: by layer, as `precisions` returns them; a layer without one stays as it is.

    Raises:
        KeyError: there is no such precision.
    """
    found = {name: _POLICIES[each] for name, each in precisions.items() if each is not None}
    return _restored(model, found)


def _restored(model: keras.Model, policies: Mapping[str, str]) -> keras.Model:
    """Return the model with each layer that ``policies`` names computing by its policy."""
    if not set(policies.values()) - {"float32"}:
        return model

    def restored(layer: Any) -> Any:
        policy = policies.get(layer.name, "float32")
        return type(layer).from_config(_computing_in(policy, layer.get_config()))

    return _copy(model, restored)


def computing_in(network: keras.Model, policy: str) -> keras.Model:
    """Return a copy of a network with its weights, whose layers compute by a policy of Keras's."""

    def changed(layer: Any) -> Any:
        return type(layer).from_config(_computing_in(policy, layer.get_config()))

    return _copy(network, changed)


def _copy(network: keras.Model, clone: Any) -> keras.Model:
    own: dict[str, Any] = {"clone_function": clone}
    if any(map(_is_cast, getattr(network, "operations", ()))):
        own["call_function"] = _called_without_casts
    copy = keras.models.clone_model(network, **own)
    copy.set_weights(network.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.Normalization):
            # It computes from what it made of its weights when they were loaded.
            layer.finalize_state()
    return copy


def _is_cast(operation: Any) -> bool:
    """Whether this only changes the precision, which Keras 3.8 does by operations of their own."""
    return type(operation).__name__ == "Cast"


def _called_without_casts(operation: Any, *arguments: Any, **named: Any) -> Any:
    return arguments[0] if _is_cast(operation) else operation(*arguments, **named)


def _computing_in(policy: str, config: Any) -> Any:
    """Return a layer's configuration with another policy, in the layers within it too.

    Only a layer that has a policy of Cotejo's changes: an input has a type of its own.
    """
    if isinstance(config, list | tuple):
        return type(config)(_computing_in(policy, part) for part in config)
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy" and config["config"]["name"] in _PRECISIONS:
        return {**config, "config": {**config["config"], "name": policy}}
    return {key: _computing_in(policy, part) for key, part in config.items()}


def load_portable(path: Path) -> keras.Model:
    """Return the network in a ``.keras`` file, nothing of which is run.

    Its description is read first: only those parts of Keras that networks are made of are
    loaded, and of those none that brings code of its own or reads another file, whatever the
    installed Keras would let pass.

    Args:
        path: the file, which a stranger could have made.

    Raises:
        OutputError: it is missing, damaged, or holds something else than such layers.
    """
    try:
        described = read_description(path)
        foreign = next(_foreign(described), None)
        if foreign is None:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
    except FileNotFoundError as error:
        raise OutputError("missing_file", path=path) from error
    except PermissionError as error:
        raise OutputError("cannot_read", path=path, reason=error.strerror) from error
    except Exception as error:  # zipfile, h5py and Keras each have their own for a damaged file
        raise damaged(path) from error
    raise OutputError("foreign_layer", path=path, layer=foreign)


def read_description(path: Path) -> Any:
    """Return what the file says of its layers, once all of it is found to be as it was written.

    Raises:
        ValueError: a checksum does not fit, or the file would unpack to far more than its size.
    """
    with zipfile.ZipFile(path) as archive:
        # Keras packs without compression.
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _UNPACKED * path.stat().st_size:
            raise ValueError("it unpacks to far more than its size")
        # Keras reads a part of the weights at a time, and never comes to compare the checksum.
        if archive.testzip() is not None:
            raise ValueError("a checksum does not fit")
        return json.loads(archive.read("config.json"))


def _foreign(described: Any) -> Iterator[str]:
    """Yield the names of what is described and is none of those that `_is_known` allows."""
    if isinstance(described, list):
        for part in described:
            yield from _foreign(part)
    elif isinstance(described, dict):
        if "class_name" in described and not _is_known(described):
            yield f"{described.get('module')}.{described['class_name']}"
        for part in described.values():
            yield from _foreign(part)


def _is_known(described: dict[str, Any]) -> bool:
    """Whether what is described is a value, or one of those classes of Keras's that do no harm."""
    name, module = described["class_name"], described.get("module")
    if not isinstance(name, str) or ">" in str(described.get("registered_name")):
        return False
    if name in _VALUES:
        return True
    if name in _RUNNING | _READING or name.startswith("_") or not name.isidentifier():
        return False
    package, *parts = str(module).split(".")
    if package != "keras":
        return False
    if parts[:1] == ["src"]:  # where an object lies that has no public name
        return len(parts) > 1 and parts[1] in _MODULES
    return parts[0] in _MODULES if parts else name in _TOP
