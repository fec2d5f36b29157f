"""Values as a program writes them: numbers, texts, tuples, and objects of Keras's by name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from cotejo.backend import keras
from cotejo.models.layers import Dirac
from cotejo.models.program.graph import Unsayable

__all__ = ["parameters_of", "plain", "snake_case", "text_of", "written"]

_OF_SIDES = {"kernel_size", "strides", "pool_size", "dilation_rate", "size"}
"""Arguments that may be one number for all sides."""

_SAID_BY_NAME = ("initializers", "regularizers", "constraints")
"""The modules of Keras's whose objects a layer's arguments can be."""


def parameters_of(kind: Any) -> tuple[list[str], list[str]]:
    """Return the names of the parameters of a class without a default, and of those with one."""
    various = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = {
        name: parameter.default
        for name, parameter in list(inspect.signature(kind.__init__).parameters.items())[1:]
        if parameter.kind not in various
    }
    required = [name for name, default in named.items() if default is inspect.Parameter.empty]
    return required, [name for name in named if name not in required]


def snake_case(name: str) -> str:
    """Return the name that Keras gives to the layers of a class.

    Example:
        >>> snake_case("Conv2D"), snake_case("GlobalAveragePooling2D")
        ('conv2d', 'global_average_pooling2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def plain(value: Any) -> Any:
    """Return a part of a configuration for a comparison: a list is a tuple, and no seed counts."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items() if key != "seed"}
    return tuple(map(plain, value)) if isinstance(value, list | tuple) else value


def written(name: str, value: Any) -> str:
    """Return an argument as a program writes it.

    Raises:
        Unsayable: it is an object that has no plain words.
    """
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, bool | int) or value is None:
        return repr(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list | tuple):
        if name in _OF_SIDES and len(set(value)) == 1:
            return written(name, value[0])
        parts = ", ".join(written("", part) for part in value)
        if isinstance(value, list):
            return f"[{parts}]"
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if isinstance(value, Mapping):
        return _described(value)
    raise Unsayable


def _described(value: Mapping[str, Any]) -> str:
    """Return an initialiser, a regulariser or a constraint as a program writes it."""
    name, config = str(value.get("class_name")), value.get("config")
    if value.get("registered_name") == f"cotejo>{Dirac.__name__}":
        return "dirac"
    package, _, module = str(value.get("module")).partition(".")
    kind = getattr(getattr(keras, module, None), name, None)
    if package != "keras" or module not in _SAID_BY_NAME or not isinstance(config, dict):
        raise Unsayable
    if kind is None:
        raise Unsayable
    required, optional = parameters_of(kind)
    usual = {} if required else kind().get_config()
    given = [
        f"{key}={written(key, config[key])}"
        for key in (*required, *optional)
        if key in config and not isinstance(config[key], Mapping)
        if key in required or _differs(config[key], usual.get(key))
    ]
    if not given and module == "initializers":
        return text_of(snake_case(name))
    return f"keras.{module}.{name}({', '.join(given)})"


def _differs(value: Any, usual: Any) -> bool:
    return bool(plain(value) != plain(usual))


def text_of(value: str) -> str:
    """Return a text in quotes, in double ones where it can be."""
    quoted = repr(value)
    return f'"{value}"' if quoted == f"'{value}'" and '"' not in value else quoted


def _float(value: float) -> str:
    """Return a number as somebody would write it.

    Example:
        >>> _float(1 / 255), _float(0.25), _float(1e-5)
        ('1 / 255', '0.25', '1e-05')
    """
    if value and len(repr(value)) > 10:
        whole = round(1 / value)
        if abs(whole) > 1 and 1 / whole == value:
            return f"1 / {whole}"
        if float(f"{value:.6g}") == value:
            return f"{value:.6g}"
    return repr(value)
