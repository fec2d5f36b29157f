"""The Python of a cell: parsed, with IPython's own lines taken out."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

__all__ = ["Parsed", "parse_cell"]

_TRANSPARENT = ("time", "timeit", "capture", "prun", "debug", "memit", "mprun", "lprun")
"""The magics of a whole cell that run the rest of it as Python."""

_BINDING = re.compile(r"^\s*%(run|load|pylab|store|macro)\b", re.MULTILINE)
"""The magics of a line that bring in names that nobody sees here."""

_MAGIC = re.compile(r"^(?P<indent>\s*)(%{1,2}[A-Za-z_]|!|\?)")
_ASSIGNED = re.compile(r"^(?P<indent>\s*)(?P<target>[A-Za-z_][\w, ]*)=\s*(!|%[A-Za-z_])")
_HELP = re.compile(r"^(?P<indent>\s*)[\w.]+\?{1,2}\s*$")


@dataclass(frozen=True)
class Parsed:
    """What became of a cell's source.

    Attributes:
        tree: its statements, with the cell's own numbers of lines; None where there is no Python.
        line: the line that can't be parsed, from 1; None where all can.
        opaque: whether it may bind names that the tree does not show.
    """

    tree: ast.Module | None
    line: int | None = None
    opaque: bool = False


def parse_cell(source: str) -> Parsed:
    r"""Parse the source of a code cell.

    Args:
        source: Python, perhaps with IPython's ``%magics``, ``!commands`` and ``help?``.

    Example:
        >>> len(parse_cell("%matplotlib inline\nx = 1").tree.body)
        2
        >>> parse_cell("print 'Python 2'").line
        1
    """
    first = re.match(r"\s*%%(\w+)", source)
    if first is not None and first[1] not in _TRANSPARENT:
        return Parsed(None, opaque=True)
    tree, _ = _parsed(source)
    if tree is not None:
        return Parsed(tree)
    tree, line = _parsed("\n".join(_python_line(line) for line in source.split("\n")))
    return Parsed(tree, line, opaque=tree is None or _BINDING.search(source) is not None)


def _parsed(source: str) -> tuple[ast.Module | None, int | None]:
    try:
        with warnings.catch_warnings():
            # Of a stray backslash in somebody's string.
            warnings.simplefilter("ignore")
            return ast.parse(source), None
    except SyntaxError as error:
        return None, max(error.lineno or 1, 1)
    except (ValueError, RecursionError, MemoryError):  # a NUL, a nesting too deep
        return None, 1


def _python_line(line: str) -> str:
    assigned = _ASSIGNED.match(line)
    if assigned is not None:
        return f"{assigned['indent']}{assigned['target']}= None"
    magic = _MAGIC.match(line) or _HELP.match(line)
    return line if magic is None else f"{magic['indent']}pass"
