"""The check of a table of a study file: what is wrong becomes one line about the user's own key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from cotejo.config.augmentations import AugmentationError
from cotejo.errors import ConfigError
from cotejo.messages import LANGUAGES, Language, did_you_mean, knows, message, one_line
from cotejo.texts import NAME_PATTERN

__all__ = [
    "Frozen",
    "Name",
    "Text",
    "check_keys",
    "check_tables",
    "checked",
    "checked_value",
    "expected",
    "in_every_language",
    "kind_of",
    "of_alternative",
    "parts_of",
    "unknown_key",
]

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Text = dict[Language, str]
Model = TypeVar("Model", bound=BaseModel)

_STRICT = ConfigDict(strict=True, allow_inf_nan=False)

_LIMITS = {
    "minimum": ("low", "errors.limit_minimum"),
    "exclusiveMinimum": ("low", "errors.limit_exclusive_minimum"),
    "maximum": ("high", "errors.limit_maximum"),
    "exclusiveMaximum": ("high", "errors.limit_exclusive_maximum"),
}
"""By JSON Schema's names: the end of the range, as sentences name it, and a sentence about it."""

_SHOWN = 80
"""How many characters of a key or a value an error shows: what is longer hides the advice."""


class Frozen(BaseModel):
    """What can't be changed, has no unknown keys, and takes no value for one of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def check_keys(given: Iterable[str], known: Sequence[str], where: str) -> None:
    """Refuse a key that is not known, with the nearest one or all of them.

    Args:
        given: the keys of a table.
        known: those it may have.
        where: the table, in words; empty for the file itself.

    Raises:
        ConfigError: one is unknown.

    Example:
        >>> check_keys(["epoch"], ["epochs", "model"], "base")
        Traceback (most recent call last):
        cotejo.errors.ConfigError: unknown `epoch` (base). Did you mean "epochs"?
    """
    for key in given:
        if key not in known:
            raise unknown_key(key, known, where)


def unknown_key(key: str, known: Sequence[str], where: str) -> ConfigError:
    """Return the error about a key that is not known, with the nearest one or all of them.

    Args:
        key: as it is written.
        known: the keys that its table may have.
        where: the table, in words; empty for the file itself.
    """
    hint = did_you_mean(key, known) or " " + message("errors.known_keys", keys=", ".join(known))
    return ConfigError("unknown_key", key=one_line(key, _SHOWN), where=_place(where), hint=hint)


def of_alternative(name: Any) -> str:
    """Return how an error calls an alternative: ``alternative "cnn3"``."""
    return message("errors.in_alternative", name=one_line(name, _SHOWN))


def check_tables(value: Any, key: str) -> list[dict[str, Any]]:
    """Return the tables written ``[[key]]``.

    Raises:
        ConfigError: they are something else.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(table, dict) for table in value):
        raise ConfigError("not_tables", key=key)
    return list(value)


def in_every_language(value: Any) -> Any:
    """Return a text in every language; one that is missing is the first that is given.

    Example:
        >>> in_every_language("He"), in_every_language({"es": "sin aumento"})["en"]
        ({'en': 'He', 'es': 'He'}, 'sin aumento')
    """
    if isinstance(value, dict) and value and set(value) <= set(LANGUAGES):
        return dict.fromkeys(LANGUAGES, next(iter(value.values()))) | value
    # What is no text is left as it is, for the validation to refuse.
    return dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value


def checked(
    model: type[Model],
    content: Mapping[str, Any],
    where: str,
    places: Mapping[str, str] | None = None,
) -> Model:
    """Validate a table, and turn pydantic's first complaint into one line about the user's key.

    Args:
        model: what the table is.
        content: its keys and values; a whole number is taken for a real one.
        where: the table, in words; empty for the file itself.
        places: the table in which a key was written, where that is another one.

    Raises:
        ConfigError: a value is of the wrong type or out of range.
    """
    fields = model.model_fields
    try:
        return model.model_validate(
            {
                key: _as_float(value) if key in fields and _is_real(kind_of(fields[key])) else value
                for key, value in content.items()
            }
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0])
        where = (places or {}).get(key, where)
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, AugmentationError):
            raise ConfigError(cause.key, where=_place(where), **cause.values) from error
        sentences = (f"settings.{key}.expected", f"errors.expected_{key}")
        kind = kind_of(fields[key])
        raise _bad_value(key, content.get(key), kind, where, sentences) from error


def checked_value(kind: Any, key: str, value: Any, where: str, words: str = "") -> Any:
    """Validate one value by its annotated type.

    Args:
        kind: the type, such as ``Annotated[float, Field(ge=0)]``.
        key: the name under which it is written.
        value: what is written; a whole number is taken for a real one.
        where: the table, in words.
        words: the catalogue's key of what is expected; the type is described if it is left out.

    Raises:
        ConfigError: it is of another type or out of range.

    Example:
        >>> checked_value(Annotated[float, Field(ge=0, lt=1)], "dropout", 0, "base")
        0.0
        >>> checked_value(int | float, "units", 16, "base")
        16
        >>> checked_value(int, "units", "many", "base")
        Traceback (most recent call last):
        cotejo.errors.ConfigError: `units` (base) must be a whole number; received 'many'.
    """
    try:
        given = _as_float(value) if _is_real(kind) else value
        return TypeAdapter(kind, config=_STRICT).validate_python(given)
    except ValidationError as error:
        raise _bad_value(key, value, kind, where, [words]) from error


def _bad_value(
    key: str, received: Any, kind: Any, where: str, sentences: Iterable[str]
) -> ConfigError:
    if received is None:
        shown = message("errors.nothing")
    else:
        shown = one_line(repr(received) if isinstance(received, str) else received, _SHOWN)
    choices = [choice for choice in _choices(kind) if isinstance(choice, str)]
    return ConfigError(
        "bad_value",
        key=one_line(key, _SHOWN),
        where=_place(where),
        expected=expected(kind, sentences),
        received=shown,
        hint=did_you_mean(received, choices) if isinstance(received, str) else "",
    )


def _as_float(value: Any) -> Any:
    """Return a whole number as the real one that it is, and anything else as it is."""
    if type(value) is not int:
        return value
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else -float("inf")


def _place(where: str) -> str:
    return f" ({where})" if where else ""


def kind_of(field: FieldInfo) -> Any:
    """Return a field's type with its limits, as one annotated type."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _is_real(kind: Any) -> bool:
    """Return whether a type takes real numbers, and no whole ones beside them."""
    kinds = parts_of(kind)
    return float in kinds and int not in kinds


def expected(kind: Any, sentences: Iterable[str] = ()) -> str:
    """Return what values a type takes, in words.

    Args:
        kind: the annotated type.
        sentences: keys of the catalogues. The first that is there says it; without one, the type
            is described.

    Example:
        >>> expected(Annotated[int, Field(ge=1, lt=9)])
        'a whole number, at least 1, below 9'
    """
    choices = _choices(kind)
    if choices:
        shown = [f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in choices]
        if str in parts_of(kind):  # or one of the user's own
            shown.append("FILE.py:NAME")
        return message("errors.one_of", choices=", ".join(shown))
    limits = _limits(kind)
    sentence = next((sentence for sentence in sentences if sentence and knows(sentence)), None)
    if sentence is not None:
        return message(sentence, **{_LIMITS[name][0]: end for name, end in limits.items()})
    names = {part.__name__ for part in parts_of(kind) if isinstance(part, type)}
    name = next((name for name in ("float", "bool", "int", "str") if name in names), "value")
    said = [message(f"errors.type_{name}")]
    said += [message(_LIMITS[limit][1], end=end) for limit, end in limits.items()]
    return ", ".join(said)


def parts_of(kind: Any) -> list[Any]:
    """Return the types of which an annotated type or a union is made.

    Example:
        >>> parts_of(Annotated[int, Field(ge=1)] | None)
        [<class 'int'>, <class 'NoneType'>]
    """
    if get_origin(kind) is Annotated:
        return parts_of(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [part for each in get_args(kind) for part in parts_of(each)]
    return [kind]


def _choices(kind: Any) -> list[Any]:
    """Return the values among which an annotated type lets one choose; none for other types."""
    literals = [part for part in parts_of(kind) if get_origin(part) is Literal]
    return [choice for literal in literals for choice in get_args(literal)]


def _limits(kind: Any) -> dict[str, Any]:
    """Return the limits of a number, by their names in JSON Schema; none of other types."""
    if not {int, float} & set(parts_of(kind)):
        return {}
    schema = TypeAdapter(kind).json_schema()
    parts = (schema, *schema.get("anyOf", ()))  # a setting that may be left out is one of two
    limits = {name: part[name] for name in _LIMITS for part in parts if name in part}
    # Before 2.11 pydantic writes the ends of a range of real numbers as `1.0`.
    return {name: int(end) if end == int(end) else end for name, end in limits.items()}
