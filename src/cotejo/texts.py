"""Text from outside, such as file names, made safe for files, terminals, and a report handed in.

A report shows what identifies the data, and not where things lay on the machine of its author.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

__all__ = [
    "NAME_PATTERN",
    "is_place",
    "printed_json",
    "readable",
    "shown_path",
    "visible",
    "without_paths",
    "without_places",
]

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""The names that studies and alternatives may have, as a regular expression.

They are names of folders too, so none of them leads to another folder.
"""

# All control characters except tab and line feed; the marks that change the direction of writing
# and those that show nothing, with which one name can look like another; and the separators that
# end a line invisibly. The joiners of emoji and of Persian stay.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What JSON leaves as it is, and a terminal would obey, a reader break a line at, or not encode."""

_PLACES = ("--out", "--data-dir")
_GIVEN = ("COTEJO_DATA=", "--out=", "--data-dir=")
_QUOTED = re.compile(r"""(?<=['"“«])(?:~?/|[A-Za-z]:[\\/])[^'"“”«»\n]*[\\/](?=[^'"“”«»]*['"”»])""")
_ABSOLUTE = re.compile(
    r"""(?<![\w/.:<])                         # no part of an address or of a relative path
    (?:~?/|[A-Za-z]:[\\/])                    # where it begins
    (?:[^\s/\\'"“”«»:;,<>|]+[\\/])+           # its folders
    (?=[^\s/\\'"“”«»:;,<>|]*)""",
    re.VERBOSE,
)


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


def printed_json(content: Any, indent: int | None = None) -> str:
    r"""Return JSON in which what is not fit to be printed is written as an escape.

    Args:
        content: what it holds.
        indent: of each level, in spaces; None writes all on one line.

    Example:
        >>> print(printed_json({"image": "\u2028ñ\udcff"}))
        {"image": "\u2028ñ\udcff"}
    """
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    return _NOT_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


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


def is_place(text: str) -> bool:
    r"""Return whether a text is a path, and neither an address on the web nor a name.

    Example:
        >>> is_place("/data/cifar"), is_place("data/cifar"), is_place("C:\\data")
        (True, True, True)
        >>> is_place("scikit-learn"), is_place("https://www.cs.toronto.edu/~kriz/cifar.html")
        (False, False)
    """
    return "://" not in text and any(mark in text for mark in ("/", "\\"))


def without_places(command: str) -> str:
    """Return a command without what is of one machine only: where its data and its folder are.

    Of another file that it names by its whole path, such as a study, the name is left.

    Example:
        >>> without_places("COTEJO_DATA='/my data' cotejo train --final --out /tmp/a --seeds 3")
        'cotejo train --final --seeds 3'
        >>> without_places("cotejo study '/home/me/my studies/he.toml' --quick")
        'cotejo study he.toml --quick'
    """
    try:
        words = iter(shlex.split(command))
    except ValueError:  # a quotation mark without its other one
        words = iter(command.split())
    kept: list[str] = []
    for word in words:
        if word in _PLACES:
            next(words, None)
        elif not word.startswith(_GIVEN):
            # In an option such as --set augment=none, what stands behind its last sign.
            before, equals, value = word.rpartition("=")
            shown = before + equals + (_name(value) if _is_absolute(value) else value)
            # A word can be code with paths in it, as `python -c` takes.
            kept.append(shown if word.startswith("-") else without_paths(shown))
    return shlex.join(kept)


def without_paths(text: str) -> str:
    """Return a text in which whole paths are cut down to the names of their files.

    Example:
        >>> without_paths("[Errno 2] No such file: '/home/me/data.npz'. See https://a.org/b/c.")
        "[Errno 2] No such file: 'data.npz'. See https://a.org/b/c."
        >>> without_paths("/home/me/my data")
        'my data'
    """
    if _is_absolute(text) and "\n" not in text:
        return _name(text)
    return _ABSOLUTE.sub("", _QUOTED.sub("", text))


def _is_absolute(text: str) -> bool:
    windows = PureWindowsPath(text)
    return text.startswith(("/", "~/")) or bool(windows.drive and windows.root)


def _name(path: str) -> str:
    kind = PurePosixPath if path.startswith(("/", "~")) else PureWindowsPath
    return kind(path).name
