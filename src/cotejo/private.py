"""What a report leaves out of a command or a text: where things lay on the machine that made it.

A report is handed in. It shows what identifies the data, and not its author's folders.
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath, PureWindowsPath

__all__ = ["is_place", "without_paths", "without_places"]

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
