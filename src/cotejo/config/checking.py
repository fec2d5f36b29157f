"""The check of a table of a study file: what is wrong becomes one line about the user's own key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cotejo.config.augmentations import AugmentationError
from cotejo.config.names import NAME_PATTERN
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message, one_line

__all__ = [
    "Frozen",
    "Name",
    "Text",
    "check_keys",
    "check_tables",
    "checked",
    "in_both_languages",
    "of_alternative",
]

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Text = dict[Literal["en", "es"], str]
Model = TypeVar("Model", bound=BaseModel)

# Texts a language, whose own keys are no values to suggest.
_TEXTS = ("label", "text", "title")

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
            hint = did_you_mean(key, known) or " " + message(
                "errors.known_keys", keys=", ".join(known)
            )
            raise ConfigError(
                "unknown_key", key=one_line(key, _SHOWN), where=_place(where), hint=hint
            )


def of_alternative(name: Any) -> str:
    """Return how an error calls an alternative: ``alternative "cnn3"``."""
    return message("errors.in_alternative", name=one_line(name, _SHOWN))


def check_tables(value: Any, key: str) -> list[dict[str, Any]]:
    """Return the tables written ``[[key]]``.

    Raises:
        ConfigError: they are something else.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(one, dict) for one in value):
        raise ConfigError("not_tables", key=key)
    return list(value)


def in_both_languages(value: Any) -> Any:
    """Return a text in both languages; one that is missing is the other's.

    Example:
        >>> in_both_languages("He"), in_both_languages({"es": "sin aumento"})["en"]
        ({'en': 'He', 'es': 'He'}, 'sin aumento')
    """
    if isinstance(value, dict) and value and set(value) <= {"en", "es"}:
        first = next(iter(value.values()))
        return {"en": first, "es": first} | value
    # What is no text is left as it is, for the validation to refuse.
    return {"en": value, "es": value} if isinstance(value, str) else value


def checked(model: type[Model], content: Mapping[str, Any], where: str) -> Model:
    """Validate a table, and turn pydantic's first complaint into one line about the user's key.

    Args:
        model: what the table is.
        content: its keys and values; a whole number is taken for a real one.
        where: the table, in words; empty for the file itself.

    Raises:
        ConfigError: a value is of the wrong type or out of range.
    """
    try:
        return model.model_validate(
            {
                key: _as_float(value) if _is_float_field(model, key) else value
                for key, value in content.items()
            }
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, AugmentationError):
            raise ConfigError(cause.key, where=_place(where), **cause.values) from error
        key = str(first["loc"][0])
        received = content.get(key)
        if received is None:
            shown = message("errors.nothing")
        else:
            shown = one_line(repr(received) if isinstance(received, str) else received, _SHOWN)
        raise ConfigError(
            "bad_value",
            key=one_line(key, _SHOWN),
            where=_place(where),
            expected=_expected(model, key),
            received=shown,
            hint=did_you_mean(received, _choices(model, key)) if isinstance(received, str) else "",
        ) from error


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


def _is_float_field(model: type[BaseModel], key: str) -> bool:
    return key in model.model_fields and "float" in str(model.model_fields[key].annotation)


def _choices(model: type[BaseModel], key: str) -> list[str]:
    if key in _TEXTS:
        return []
    annotation = model.model_fields[key].annotation
    choices = [c for part in (annotation, *get_args(annotation)) for c in get_args(part)]
    return [choice for choice in choices if isinstance(choice, str)]


def _expected(model: type[BaseModel], key: str) -> str:
    words = _choices(model, key)
    if words:
        return message("errors.one_of", choices=", ".join(f'"{word}"' for word in words))
    return message(f"errors.expected_{key}", **_bounds(model, key))


def _bounds(model: type[BaseModel], key: str) -> dict[str, Any]:
    """Return the ``low`` and ``high`` of a number, as its field has them."""
    schema = model.model_json_schema()["properties"][key]
    names = {
        "minimum": "low",
        "exclusiveMinimum": "low",
        "maximum": "high",
        "exclusiveMaximum": "high",
    }
    parts = (schema, *schema.get("anyOf", ()))  # a setting that may be left out is one of two
    found = {bound: part[name] for part in parts for name, bound in names.items() if name in part}
    # Before 2.11 pydantic writes the ends of a range of real numbers as `1.0`.
    return {bound: int(end) if end == int(end) else end for bound, end in found.items()}
