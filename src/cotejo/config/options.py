"""The options of models: those that several models share, and a mapping that holds those given.

A model's options are the keyword-only arguments of its builder. The types here are for builders to
annotate them with: an option that is called the same in two models has the same limits in both,
the same words and the same place in a report. A builder may have options of its own as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, core_schema

from cotejo.config.about import About

__all__ = [
    "COMMON_OPTIONS",
    "Activation",
    "BatchNorm",
    "Convolutions",
    "Dropout",
    "Initializer",
    "KernelSize",
    "Options",
    "Whitening",
    "Width",
    "is_usual",
]

Initializer = Annotated[
    Literal["glorot", "he", "dirac"], About("initialisation", same_pace=True, layer="any")
]
Convolutions = Annotated[int, Field(ge=1, le=4), About("network", overfitting=True, layer="Conv2D")]
KernelSize = Annotated[int, Field(ge=1, le=15), About("layers", layer="Conv2D")]
Width = Annotated[int, Field(ge=4, le=512), About("network", overfitting=True)]
Activation = Annotated[Literal["relu", "silu", "gelu"], About("layers")]
Dropout = Annotated[
    float, Field(ge=0, lt=1), About("regularisation", overfitting=True, layer="Dropout")
]
BatchNorm = Annotated[bool, About("regularisation", overfitting=True, layer="BatchNormalization")]
Whitening = Annotated[bool, About("layers")]

COMMON_OPTIONS: Mapping[str, Any] = {
    "initializer": Initializer,
    "convolutions": Convolutions,
    "kernel_size": KernelSize,
    "width": Width,
    "activation": Activation,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
    "whitening": Whitening,
}
"""The types by the options' names, in the order in which files have them."""


def is_usual(name: str, value: Any) -> bool:
    """Return whether a value is one that the shared option of this name takes, or none is given.

    Where it isn't, a model of the user's own has another option of the same name. What is no
    option's name takes anything.

    Example:
        >>> is_usual("initializer", "he"), is_usual("initializer", "small")
        (True, False)
    """
    if value is None or name not in COMMON_OPTIONS:
        return True
    try:
        TypeAdapter(COMMON_OPTIONS[name], config=ConfigDict(strict=True)).validate_python(value)
    except ValidationError:
        return False
    return True


class Options(Mapping[str, Any]):
    """The options given for a model: a mapping that can't be changed.

    Two of them are equal if they hold the same values; where those were written does not count.

    Args:
        values: the options by name; None leaves one to the model, and is left out. Files have
            None where an option is not given.
        places: the table in which each was written, in words, for an error about it; the settings
            beside the options may be among them.

    Example:
        >>> options = Options({"dropout": 0.3, "width": None}, {"dropout": "base"})
        >>> dict(options), options.place("dropout"), options.place("width")
        ({'dropout': 0.3}, 'base', None)
    """

    def __init__(
        self, values: Mapping[str, Any] | None = None, places: Mapping[str, str] | None = None
    ) -> None:
        given = values or {}
        self._values = {name: value for name, value in given.items() if value is not None}
        self._left_out = tuple(name for name, value in given.items() if value is None)
        self._places = dict(places or {})

    def place(self, name: str) -> str | None:
        """Return the table in which an option or a setting was written; None if nobody said."""
        return self._places.get(name)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names that were given with None, so that a mistake in one can be found."""
        return self._left_out

    def replaced(self, values: Mapping[str, Any]) -> Options:
        """Return the same places with other values."""
        return Options(values, self._places)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Options({self._values})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.plain_serializer_function_ser_schema(dict)
        )

    @classmethod
    def _validated(cls, value: Any) -> Options:
        if isinstance(value, Options):
            return value
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise ValueError("options")
        return cls(value)
