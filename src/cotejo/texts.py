"""Text from outside, such as file names, made safe to write to files and to show in terminals."""

from __future__ import annotations

import re

__all__ = ["NAME_PATTERN", "readable", "shown_path", "visible"]

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""The names that studies and alternatives may have, as a regular expression.

They are names of folders too, so none of them leads to another folder.
"""

# All control characters except tab and line feed; the marks that change the direction of writing,
# with which one name can look like another; and the separators that end a line invisibly.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    r"""Return ``text`` in a form that can be written in UTF-8.

    Python represents a byte of a file name that it can't decode as a surrogate. If these bytes
    are UTF-8 after all, as happens in the locale C, the result is the name as it was meant.

    Example:
        >>> readable("\udcc3\udcb1and\udcc3\udcba"), readable("a\udcff")
        ('ñandú', 'a�')
    """
    if not _SURROGATE.search(text):
        return text
    # Lone surrogates that don't stand for a byte become "?".
    bytes_only = re.sub("[\ud800-\udc7f\udd00-\udfff]", "?", text)
    return bytes_only.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def visible(text: str, lines: bool = True) -> str:
    r"""Return ``text`` with the characters that a terminal would obey, not show, written out.

    Args:
        text: any text.
        lines: whether line feeds and tabs are kept.

    Example:
        >>> visible("a\x1b[2Jb"), visible("two\nlines", lines=False)
        ('a\\x1b[2Jb', 'two\\nlines')
    """
    shown = _HIDDEN.sub(lambda match: _escaped(match[0]), readable(text))
    return shown if lines else shown.replace("\n", r"\n").replace("\t", r"\t")


def shown_path(path: object) -> str:
    """Return a path as it can be typed in a command, where a leading dash would mean an option.

    Example:
        >>> shown_path("-dash"), shown_path("runs/digits")
        ('./-dash', 'runs/digits')
    """
    text = readable(str(path))
    return f"./{text}" if text.startswith("-") else text


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
