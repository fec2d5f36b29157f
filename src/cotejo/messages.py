"""The sentences shown to people, in Spanish and English.

They live in catalogues, under one key in both languages. An area that is a topic of the report
has its catalogues in the topic's folder, ``report/topics/<area>/<language>.toml``; any other area,
such as ``cli`` or ``errors``, is ``locales/<language>/<area>.toml``. A sentence names its values
between braces, as ``str.format`` does; one that changes with a number is a table with ``one`` and
``other``, chosen by ``count``. In ``settings`` each setting has a table of its own with all of its
words; ``classes`` has lists of names.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias, get_args

from cotejo.texts import visible

__all__ = [
    "LANGUAGES",
    "Language",
    "current_language",
    "did_you_mean",
    "knows",
    "message",
    "names_by_language",
    "one_line",
    "table_names",
    "use_language",
    "using_language",
]

Language: TypeAlias = Literal["en", "es"]
"""A language that people are spoken to in; a new one is added here."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
_LARGEST = 10**20
"""The whole numbers from here on are described; Python itself refuses to print 5,000 digits."""

_chosen: str | None = None


def use_language(language: str | None) -> None:
    """Choose the language of messages, ``"en"`` or ``"es"``; None asks the environment again."""
    global _chosen
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"`language` must be one of {LANGUAGES}; received {language!r}")
    _chosen = language


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Say things in ``language`` inside this block."""
    before = _chosen
    use_language(language)
    try:
        yield
    except Exception as error:
        # It is put into words later: in the language of what it is about.
        if getattr(error, "language", "") is None:
            error.language = language  # type: ignore[attr-defined]
        raise
    finally:
        use_language(before)


def current_language() -> str:
    """Return the language in use: the chosen one, else ``COTEJO_LANG``, else the locale's.

    Example:
        >>> use_language("es")
        >>> current_language()
        'es'
        >>> use_language(None)
    """
    if _chosen is not None:
        return _chosen
    for variable in ("COTEJO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            spoken = value.lower()
            return next((known for known in LANGUAGES if spoken.startswith(known)), LANGUAGES[0])
    return LANGUAGES[0]


def message(key: str, /, *, language: str | None = None, **values: Any) -> str:
    """Return the sentence under ``key`` with its values filled in.

    Args:
        key: ``"area.name"``, such as ``"errors.unknown_model"``; ``"area.table.name"`` where the
            catalogue has a table for each thing that it describes (``"datasets.digits.title"``).
        language: ``"en"`` or ``"es"``; the current one if left out.
        **values: what the sentence names; ``count`` also chooses between ``one`` and ``other``.

    Raises:
        KeyError: there is no such sentence; it names the catalogue and what that lacks.

    Example:
        >>> message("cli.runs", language="es", count=1)
        '1 ejecución'
    """
    language = language or current_language()
    entry = _entry(key, language)
    if entry is None:
        area, _, name = key.partition(".")
        raise KeyError(f"{_catalogue_path(language, area)} lacks {name}")
    if isinstance(entry, dict):
        entry = entry["one" if values["count"] == 1 else "other"]
    return str(entry).format(**values)


def knows(key: str, language: str | None = None) -> bool:
    """Return whether there is a sentence under ``key``.

    Example:
        >>> knows("settings.epochs.name"), knows("settings.of_nobody.name")
        (True, False)
    """
    entry = _entry(key, language or current_language())
    return isinstance(entry, str) or (entry is not None and "other" in entry)


def table_names(area: str) -> list[str]:
    """Return the names of the tables of an area, such as those of all data sets that ship.

    Example:
        >>> table_names("datasets")[:1]
        ['cifar10']
    """
    catalogue = _catalogue(current_language(), area)
    return sorted(name for name, entry in catalogue.items() if isinstance(entry, dict))


def names_by_language(key: str) -> dict[str, tuple[str, ...]]:
    """Return a list of names, such as those of a data set's classes, in every language.

    Example:
        >>> names_by_language("classes.cifar10")["es"][:2]
        ('avión', 'coche')
    """
    return {language: tuple(_entry(key, language)) for language in LANGUAGES}


def _entry(key: str, language: str) -> Any:
    """Return what a catalogue has under a key: a text, a table, or None if there is nothing."""
    area, *names = key.split(".")
    entry: Any = _catalogue(language, area)
    for name in names:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean "…"?``, with its leading space, or nothing if no known word is near.

    Example:
        >>> did_you_mean("epoch", ["epochs", "seeds"])
        ' Did you mean "epochs"?'
    """
    near = difflib.get_close_matches(word, list(known), n=1)
    return " " + message("errors.did_you_mean", word=near[0]) if near else ""


def one_line(value: Any, most: int = 1000) -> Any:
    r"""Return a value from outside as a sentence can name it: on one line, printable and short.

    A file, a command line or a server can hold line breaks, the escape sequences of a terminal,
    halves of characters and numbers of 5,000 digits; none of them may reach the screen.

    Args:
        value: what a sentence names. Ordinary numbers come back as they are, so that the
            sentence can format them.
        most: how many characters are kept; ``…`` stands for the rest.

    Example:
        >>> print(one_line("two\nlines"), one_line(3), one_line("a" * 9, most=4))
        two\nlines 3 aaa…
    """
    if value is None or isinstance(value, float | complex):
        return value
    if isinstance(value, int):
        if -_LARGEST < value < _LARGEST:
            return value
        digits = round(value.bit_length() * 0.30103)
        return message("errors.huge_number", digits=digits)
    if not isinstance(value, str):
        value = _text(value)
    # What is cut off need not be looked at.
    escaped = visible(value[: most + 1], lines=False)
    return escaped if len(escaped) <= most else escaped[: most - 1] + "…"


def _text(value: Any) -> str:
    try:
        return str(value)
    except (RecursionError, ValueError):  # a nesting too deep, a number too long inside
        return f"<{type(value).__name__}>"


@cache
def _catalogue(language: str, area: str) -> dict[str, Any]:
    path = files("cotejo") / _catalogue_path(language, area)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _catalogue_path(language: str, area: str) -> str:
    """Return where an area's catalogue lies in the package."""
    of_a_topic = f"report/topics/{area}/{language}.toml"
    is_topic = (files("cotejo") / of_a_topic).is_file()
    return of_a_topic if is_topic else f"locales/{language}/{area}.toml"
