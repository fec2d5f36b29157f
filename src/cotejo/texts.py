"""Text from outside, such as names of files, made fit for a file and for a terminal."""

from __future__ import annotations

import re

__all__ = ["readable", "shown_path", "visible"]

# The control characters but tab and line feed; the marks that turn the direction of writing,
# with which a name can pass for another; and the separators that end a line unseen.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    r"""Return ``text`` as it can be written in UTF-8.

    Python keeps a byte of a file name that it can't decode as a surrogate. Where the bytes are
    UTF-8 after all, which happens in a locale of C, the name comes out as it is meant.

    Example:
        >>> readable("\udcc3\udcb1and\udcc3\udcba"), readable("a\udcff")
        ('ñandú', 'a�')
    """
    if not _SURROGATE.search(text):
        return text
    # What is no byte of a file name, a lone surrogate from elsewhere, comes out as "?".
    kept = re.sub("[\ud800-\udc7f\udd00-\udfff]", "?", text)
    return kept.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def visible(text: str, lines: bool = True) -> str:
    r"""Return ``text`` with what a terminal would obey, and not show, written out.

    Args:
        text: from anywhere.
        lines: whether line feeds and tabs may stay.

    Example:
        >>> visible("a\x1b[2Jb"), visible("two\nlines", lines=False)
        ('a\\x1b[2Jb', 'two\\nlines')
    """
    shown = _HIDDEN.sub(lambda found: _escaped(found[0]), readable(text))
    return shown if lines else shown.replace("\n", r"\n").replace("\t", r"\t")


def shown_path(path: object) -> str:
    """Return a path as it is typed in a command: one that begins with a dash is no option.

    Example:
        >>> shown_path("-dash"), shown_path("runs/digits")
        ('./-dash', 'runs/digits')
    """
    text = readable(str(path))
    return f"./{text}" if text.startswith("-") else text


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
