"""The calls of layers and operations as a program writes them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from cotejo.backend import keras
from cotejo.models.convolution import Convolution
from cotejo.models.normalization import BatchNormalization
from cotejo.models.program.graph import Call, Unsayable
from cotejo.models.program.values import parameters_of, plain, snake_case, text_of, written

__all__ = ["arguments_of", "has_usual_name", "layer_call", "operation_call"]

_KERAS_OWN: dict[type, type] = {
    BatchNormalization: keras.layers.BatchNormalization,
    Convolution: keras.layers.Conv2D,
}

_SIGNS = {"Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/"}
"""Operations that a program writes with a sign."""

_UNSAID = {"name", "dtype", "batch_input_shape", "build_config"}
"""What a layer's configuration has besides its arguments, or a program says in its own way."""


def layer_call(layer: Any, *, is_last: bool) -> tuple[str, list[str]]:
    """Return what makes a layer: the class, and its arguments.

    Raises:
        Unsayable: it is none of Keras's own, or has an argument that can't be written.
    """
    kind: Any = _KERAS_OWN.get(type(layer), type(layer))
    public: Any = getattr(keras.layers, kind.__name__, None)
    if public != kind or kind is keras.layers.Lambda:
        raise Unsayable
    config = layer.get_config()
    required, optional = parameters_of(kind)
    arguments = []
    for name in required:
        if name not in config:
            raise Unsayable
        is_classes = is_last and name in ("units", "filters")
        arguments.append("num_classes" if is_classes else written(name, config[name]))
    usual = kind(**{name: config[name] for name in required}).get_config()
    for name in [*optional, *(key for key in config if key not in (*required, *optional))]:
        if name in _UNSAID or name not in config:
            continue
        if plain(config[name]) != plain(usual.get(name)):
            arguments.append(f"{name}={written(name, config[name])}")
    if not has_usual_name(layer):
        arguments.append(f"name={text_of(layer.name)}")
    return f"layers.{kind.__name__}", arguments


def has_usual_name(layer: Any) -> bool:
    """Whether Keras gave a layer its name."""
    return bool(re.fullmatch(rf"{snake_case(type(layer).__name__)}(_\d+)?", layer.name))


def operation_call(call: Call, names: Mapping[int, str]) -> str:
    """Return the call of an operation of `keras.ops`.

    Raises:
        Unsayable: it is none that has a function of its name, or an argument has no plain words.
    """
    kind = type(call.operation).__name__
    given = call.node.arguments.args
    if kind == "GetItem" and len(given) == 2:
        return f"{_argument(given[0], names)}[{_key(given[1])}]"
    if kind in _SIGNS and len(given) == 2:
        return f" {_SIGNS[kind]} ".join(_argument(each, names) for each in given)
    function = getattr(keras.ops, snake_case(kind), None)
    if function is None or type(call.operation).__module__.partition(".")[0] != "keras":
        raise Unsayable
    parameters = [
        name for name in inspect.signature(function).parameters if name not in ("args", "kwargs")
    ]
    positional, named = list(given), dict(call.node.arguments.kwargs)
    said = []
    for position, name in enumerate(parameters):
        default = inspect.signature(function).parameters[name].default
        if positional:
            said.append(_argument(positional.pop(0), names))
            continue
        value = named.get(name, getattr(call.operation, name, default))
        if value is inspect.Parameter.empty:
            raise Unsayable
        if value is not default and value != default:
            words = _argument(value, names)
            said.append(f"{name}={words}" if position else words)
    return f"keras.ops.{snake_case(kind)}({', '.join(said)})"


def _key(key: Any) -> str:
    """Return what stands between the brackets that take a part of a tensor."""
    if isinstance(key, tuple):
        return ", ".join(map(_key, key))
    if key is Ellipsis:
        return "..."
    if not isinstance(key, slice):
        return written("", key)
    bounds = [key.start, key.stop, *([key.step] if key.step is not None else [])]
    return ":".join("" if bound is None else written("", bound) for bound in bounds)


def arguments_of(call: Call, names: Mapping[int, str]) -> str:
    """Return what a layer is called with."""
    given = [_argument(value, names) for value in call.node.arguments.args]
    for name, value in call.node.arguments.kwargs.items():
        # Keras says itself whether a network is being trained.
        if value is not None and not (name == "training" and value is False):
            given.append(f"{name}={_argument(value, names)}")
    return ", ".join(given)


def _argument(value: Any, names: Mapping[int, str]) -> str:
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, list | tuple) and any(id(each) in names for each in value):
        return f"[{', '.join(_argument(each, names) for each in value)}]"
    return written("", value)
