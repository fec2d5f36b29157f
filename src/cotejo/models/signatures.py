"""A model's options, as the signature of its builder declares them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, SimpleNamespace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cotejo.config.checking import checked_value, parts_of
from cotejo.config.options import COMMON_OPTIONS
from cotejo.config.settings import Settings
from cotejo.config.tables import RESERVED
from cotejo.errors import ConfigError
from cotejo.messages import message

__all__ = ["Option", "declared_options", "option_of", "required"]

_PLAIN = (bool, int, float, str)
"""The types of values that a study file can give, and a record keep."""


@dataclass(frozen=True)
class Option:
    """A keyword-only argument of a builder.

    Attributes:
        name: the argument's.
        default: its value where none is given.
        kind: its annotated type; None if a study can't give it, and it keeps its default.
    """

    name: str
    default: Any
    kind: Any

    def checked(self, value: Any, where: str) -> Any:
        """Return a value as the option takes it.

        Args:
            value: that is given.
            where: the table that gives it, in words, for an error.

        Raises:
            ConfigError: it is of the wrong type or out of range.
        """
        shared = COMMON_OPTIONS.get(self.name)
        # Where the type is the shared one, so are its words.
        is_shared = shared is not None and any(kind is shared for kind in _members(self.kind))
        words = f"settings.{self.name}.expected" if is_shared else ""
        return checked_value(self.kind, self.name, value, where, words)


def required(call: Callable[..., Any] | inspect.Signature) -> list[str]:
    """Return the names of the parameters that a call must be given a value for.

    Example:
        >>> required(lambda image_shape, units=3, *more, **others: None)
        ['image_shape']
    """
    signature = call if isinstance(call, inspect.Signature) else inspect.signature(call)
    various = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        name
        for name, parameter in signature.parameters.items()
        if parameter.default is inspect.Parameter.empty and parameter.kind not in various
    ]


def declared_options(model: str, build: Callable[..., Any]) -> dict[str, Option]:
    """Return a builder's options by name, in the order of its signature.

    An option's type is its annotation. Without one it is that of the shared option of its name
    (`cotejo.config.options`), or else the type of its default. A study can give those options
    whose values are numbers, texts, and true or false. It can't give one by the name of a setting.

    Args:
        model: the model's name, for an error.
        build: the builder.

    Raises:
        ConfigError: an option has no default, or its type does not take its default.

    Example:
        >>> def build(image_shape, num_classes, *, units: int = 64, norm=None): ...
        >>> {name: option.kind for name, option in declared_options("mine", build).items()}
        {'units': <class 'int'>, 'norm': None}
    """
    options = {}
    for name, parameter in inspect.signature(build).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        if parameter.default is inspect.Parameter.empty:
            raise ConfigError("option_without_default", model=model, option=name)
        options[name] = option_of(model, parameter, _annotation(parameter, build))
    return options


def option_of(model: str, parameter: inspect.Parameter, annotation: Any) -> Option:
    """Return the option that a parameter with a default is.

    Args:
        model: the model's name, for an error.
        parameter: of its builder.
        annotation: the parameter's type; None, or `inspect.Parameter.empty`, if it has none.

    Raises:
        ConfigError: the type does not take the default.
    """
    annotation = None if annotation is inspect.Parameter.empty else annotation
    option = Option(parameter.name, parameter.default, _kind_of(parameter, annotation))
    if option.kind is not None and option.default is not None:
        option.checked(option.default, message("errors.of_model", name=model))
    return option


def _kind_of(parameter: inspect.Parameter, annotation: Any) -> Any:
    if parameter.name in (*Settings.names(), *RESERVED):
        return None
    if annotation is not None:
        return annotation if all(map(_is_plain, parts_of(annotation))) else None
    if parameter.name in COMMON_OPTIONS:
        return COMMON_OPTIONS[parameter.name]
    kind = type(parameter.default)
    return kind if kind in _PLAIN else None


def _annotation(parameter: inspect.Parameter, build: Callable[..., Any]) -> Any:
    """Return a parameter's annotation; None if it has none, or one that can't be looked up."""
    if parameter.annotation is inspect.Parameter.empty:
        return None
    # The other annotations stay as they are: they may be of modules that are not loaded.
    alone = SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    names = getattr(inspect.unwrap(build), "__globals__", {})
    try:
        return get_type_hints(alone, names, include_extras=True)[parameter.name]
    except (AttributeError, NameError, SyntaxError, TypeError):
        return None


def _is_plain(kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return all(type(choice) in _PLAIN for choice in get_args(kind))
    return kind in (*_PLAIN, NoneType)


def _members(kind: Any) -> tuple[Any, ...]:
    """Return a type and, of a union, its members."""
    return (kind, *get_args(kind))
