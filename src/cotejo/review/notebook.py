"""The cells of a notebook's file, read with bounds and without running anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cotejo.errors import OutputError
from cotejo.store import read_bytes

__all__ = ["LARGEST_NOTEBOOK", "MOST_CELLS", "Cell", "Notebook", "parse_notebook", "read_notebook"]

LARGEST_NOTEBOOK = 64 * 2**20
"""The bytes that a notebook may have; its pictures take nearly all of them."""

MOST_CELLS = 2000
"""The cells that a notebook may have: nobody writes as many by hand."""

_MOST_SOURCE = 200_000
"""The characters of one cell that are read; a longer one is a data file pasted in."""

_PYTHON = ("python", "python2", "python3", "ipython")


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    Attributes:
        number: its position, counted from 1, as people count.
        kind: ``"code"``, ``"markdown"``, or ``"other"`` for raw text.
        source: its text.
        count: how many cells had been run when it was, the number in brackets; None if it was
            never run.
        error: the name and the text of the error that its stored output ends with, or None.
    """

    number: int
    kind: Literal["code", "markdown", "other"]
    source: str
    count: int | None = None
    error: tuple[str, str] | None = None


@dataclass(frozen=True)
class Notebook:
    """A notebook: its cells in their order.

    Attributes:
        path: its file.
        cells: all of them.
    """

    path: Path
    cells: tuple[Cell, ...]

    @property
    def code(self) -> list[Cell]:
        """The cells with code."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def was_run(self) -> bool:
        """Whether the file says which cells were run; one without outputs says it of none."""
        return any(cell.count is not None or cell.error for cell in self.code)

    def ran(self, cell: Cell) -> bool:
        """Return whether a cell was run to its end, as far as the file tells."""
        return not self.was_run or (cell.count is not None and cell.error is None)


def read_notebook(path: str | Path) -> Notebook:
    """Read a notebook's file, of nbformat 3 or 4.

    Raises:
        OutputError: it is missing, can't be read, is too large, or is no notebook.

    Example:
        >>> read_notebook("nowhere.ipynb")
        Traceback (most recent call last):
        cotejo.errors.OutputError: there is no notebook nowhere.ipynb.
    """
    path = Path(path)
    try:
        found = path.exists()
        large = found and path.is_file() and path.stat().st_size > LARGEST_NOTEBOOK
    except (OSError, ValueError) as error:  # a ValueError: NUL is in no file's name
        raise OutputError("no_notebook", path=path) from error
    if not found:
        raise OutputError("no_notebook", path=path)
    if large:
        raise OutputError("notebook_too_large", path=path, most=LARGEST_NOTEBOOK // 2**20)
    return parse_notebook(read_bytes(path), path)


def parse_notebook(content: bytes, path: Path) -> Notebook:
    """Return the notebook that the content of a file describes.

    Raises:
        OutputError: it is no notebook in Python, is nested too deep, or has too many cells.

    Example:
        >>> text = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["1", "+1"]}]}'
        >>> parse_notebook(text, Path("one.ipynb")).cells[0].source
        '1+1'
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise OutputError("not_a_notebook", path=path) from error
    if not isinstance(document, dict):
        raise OutputError("not_a_notebook", path=path)
    listed = _listed_cells(document)
    if listed is None:
        raise OutputError("not_a_notebook", path=path)
    language = _language(document)
    if language not in _PYTHON:
        raise OutputError("notebook_not_python", path=path, kernel=language)
    if len(listed) > MOST_CELLS:
        raise OutputError("notebook_too_long", path=path, count=len(listed), most=MOST_CELLS)
    return Notebook(path, tuple(_cell(number, each) for number, each in enumerate(listed, 1)))


def _listed_cells(document: Mapping[str, Any]) -> list[Any] | None:
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    # Until nbformat 3 the cells stood in worksheets.
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        return None
    listed: list[Any] = []
    for sheet in sheets:
        inner = sheet.get("cells") if isinstance(sheet, dict) else None
        listed += inner if isinstance(inner, list) else []
    return listed


def _language(document: Mapping[str, Any]) -> str:
    metadata = _table(document.get("metadata"))
    for table in (_table(metadata.get("kernelspec")), _table(metadata.get("language_info"))):
        language = table.get("language") or table.get("name")
        if isinstance(table.get("language"), str) or table is not metadata.get("kernelspec"):
            return language.lower() if isinstance(language, str) else "python"
    return "python"


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _cell(number: int, listed: Any) -> Cell:
    table = _table(listed)
    kind = table.get("cell_type")
    source = _text(table.get("source", table.get("input")))[:_MOST_SOURCE]
    if kind == "heading":
        return Cell(number, "markdown", f"# {source}")
    if kind == "markdown":
        return Cell(number, "markdown", source)
    if kind != "code":
        return Cell(number, "other", source)
    count = table.get("execution_count", table.get("prompt_number"))
    count = count if type(count) is int and 0 < count < 10**6 else None
    return Cell(number, "code", source, count, _error(table.get("outputs")))


def _text(value: Any) -> str:
    """Return a text that may be a list of lines; what is neither is no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return ""


def _error(outputs: Any) -> tuple[str, str] | None:
    for output in _errors(outputs if isinstance(outputs, list) else []):
        name, text = output.get("ename"), output.get("evalue")
        return _text(name) or "Error", _text(text)
    return None


def _errors(outputs: list[Any]) -> Iterator[Mapping[str, Any]]:
    for output in outputs:
        # nbformat 3 calls it "pyerr".
        if isinstance(output, dict) and output.get("output_type") in ("error", "pyerr"):
            yield output
