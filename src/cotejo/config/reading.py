"""Reading a TOML file that somebody wrote: a table, or one line about what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean, message

__all__ = ["LARGEST_FILE", "parse_toml", "read_toml"]

LARGEST_FILE = 1_000_000
"""The bytes that a study file or a recipe may have; a thousand alternatives take a tenth of it."""

_LARGEST = 2**63
"""TOML's whole numbers are below this one, and not below its negative."""


def read_toml(path: Path, kind: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Args:
        path: the file.
        kind: what it should be, ``"study"`` or ``"recipe"``; the errors say so.

    Raises:
        ConfigError: it can't be read, is too large, or is not TOML.
    """
    try:
        # A folder is none, a pipe would be waited for, and a device may never end.
        if path.exists() and not path.is_file():
            reason = message("errors.not_a_file")
            raise ConfigError(f"unreadable_{kind}", path=path, reason=reason)
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, ValueError) as error:  # a ValueError: NUL is in no file's name
        raise ConfigError(f"no_{kind}_file", path=path, hint=_nearby(path)) from error
    except OSError as error:
        raise ConfigError(f"unreadable_{kind}", path=path, reason=error.strerror) from error
    if len(content) > LARGEST_FILE:
        raise ConfigError("file_too_large", path=path, most=LARGEST_FILE)
    try:
        # Editors on Windows begin a file with a mark of its encoding.
        return parse_toml(content.decode("utf-8-sig"))
    except ValueError as error:
        raise ConfigError(f"not_a_{kind}", path=path, reason=_mistake(error)) from error


def parse_toml(text: str) -> dict[str, Any]:
    """Return the table that a text in TOML describes.

    Raises:
        ValueError: it is not TOML, holds a whole number of more than 64 bits, which TOML does not
            have, or is nested too deep for Python's parser.

    Example:
        >>> parse_toml("epochs = 3")
        {'epochs': 3}
    """
    try:
        table = tomllib.loads(text)
        _check_integers(table)
    except RecursionError as error:
        raise ValueError("nested") from error
    return table


def _check_integers(value: Any) -> None:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_integers(part)
    elif isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise ValueError("a whole number of more than 64 bits")


def _nearby(path: Path) -> str:
    try:
        others = sorted(str(other) for other in path.parent.glob("*.toml"))
    except (OSError, ValueError):
        return ""
    return did_you_mean(str(path), others)


def _mistake(error: ValueError) -> str:
    """Return in the language in use why a text is not TOML; the parser says it in English."""
    if isinstance(error, UnicodeDecodeError):
        return message("errors.not_utf8")
    if str(error) == "nested":
        return message("errors.toml_nested")
    if not isinstance(error, tomllib.TOMLDecodeError):
        # Whole numbers that are too large. For all else, such as the 30th of February, the parser
        # raises its own error.
        return message("errors.toml_value")
    match = re.search(r"at line (?P<line>\d+), column (?P<column>\d+)", str(error))
    key, values = ("place", match.groupdict()) if match else ("end", {})
    place = message(f"errors.toml_{key}", **values)
    twice = re.match("Cannot (overwrite|declare|mutate|redefine)", str(error))
    return message("errors.toml_twice" if twice else "errors.toml_syntax", place=place)
