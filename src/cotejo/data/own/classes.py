"""The classes of somebody's own images: their order, and names that could be confused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from cotejo.errors import DataError
from cotejo.texts import readable

__all__ = ["check_confusable", "natural_order"]


def natural_order(names: Iterable[str]) -> list[str]:
    """Return names in the order in which a person counts: numbers by their value, 2 before 10.

    Example:
        >>> natural_order(["class 10", "class 2", "Class 1"])
        ['Class 1', 'class 2', 'class 10']
    """
    return sorted(names, key=_natural_key)


def check_confusable(names: Sequence[str]) -> None:
    """Refuse two names that a file system or a person could take for one.

    Raises:
        DataError: two of them differ only in capitals, in how accents are written, or in spaces.

    Example:
        >>> check_confusable(["cat", "dog"])
        >>> check_confusable(["cat", "Cat"])
        Traceback (most recent call last):
        cotejo.errors.DataError: are the classes "cat" and "Cat" one? They differ only in \
capitals, spaces or the way accents are written. Rename one of them, or join the two.
    """
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(_plain(name), name)
        if other != name:
            raise DataError("own_confusable", first=readable(other), second=readable(name))


def _natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    parts = re.findall(r"\d+|\D+", _plain(name))
    # At most 4,000 digits: Python refuses to convert more.
    key = [
        (0, int(part), "") if part.isdecimal() and len(part) < 4_000 else (1, 0, part)
        for part in parts
    ]
    return key, name


def _plain(name: str) -> str:
    # A byte that is no text is shown as one and the same sign, whichever byte it is.
    return " ".join(unicodedata.normalize("NFKC", readable(name)).casefold().split())
