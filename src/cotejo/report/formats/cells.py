"""The cells of a notebook, as its file has them (nbformat 4.5)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NOTEBOOK_MARK", "Notebook", "shown_data", "written"]

NOTEBOOK_MARK = "cotejo"
"""The entry of a notebook's metadata by which it is known for Cotejo's."""


@dataclass
class Notebook:
    """A notebook that is being written, cell by cell.

    Attributes:
        version: Cotejo's.
        cells: those that there are.
    """

    version: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    _executed: int = 0
    _names: dict[str, int] = field(default_factory=dict)

    def add_text(self, text: str, pictures: Mapping[str, bytes] | None = None) -> None:
        """Add a cell of Markdown; nothing for an empty text.

        Args:
            text: it; an image in it has the address ``attachment:<name>``.
            pictures: the images' content by name.
        """
        if not text.strip():
            return
        cell: dict[str, Any] = {
            "cell_type": "markdown",
            "id": self._new_name("text"),
            "metadata": {},
            "source": _lines(text.strip()),
        }
        if pictures:
            cell["attachments"] = {
                name: {_type(name): base64.b64encode(content).decode()}
                for name, content in pictures.items()
            }
        self.cells.append(cell)

    def add_code(
        self, source: str, *, name: str = "code", shown: Any = None, executed: bool = True
    ) -> None:
        """Add a cell of Python.

        Args:
            source: it.
            name: what the cell is called in the file.
            shown: the value of its last expression, whose picture is stored; None stores none.
            executed: False for a cell that nobody has run yet.
        """
        outputs = []
        if executed:
            self._executed += 1
        if shown is not None:
            outputs.append(
                {
                    "output_type": "execute_result",
                    "execution_count": self._executed,
                    "data": shown_data(shown),
                    "metadata": {},
                }
            )
        self.cells.append(
            {
                "cell_type": "code",
                "execution_count": self._executed if executed else None,
                "id": self._new_name(name),
                "metadata": {},
                "outputs": outputs,
                "source": _lines(source.strip()),
            }
        )

    def content(self, language: str) -> dict[str, Any]:
        """Return what the file holds."""
        return {
            "cells": self.cells,
            "metadata": {
                NOTEBOOK_MARK: {"version": self.version, "language": language},
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def _new_name(self, kind: str) -> str:
        count = self._names[kind] = self._names.get(kind, 0) + 1
        return f"{kind}-{count}" if kind in ("text", "code") or count > 1 else kind


def shown_data(value: Any) -> dict[str, Any]:
    r"""Return what a notebook stores of the value of a cell.

    Example:
        >>> shown_data(12)
        {'text/plain': ['12']}
    """
    data: dict[str, Any] = {"text/plain": _lines(repr(value))}
    for name, kind in (("_repr_html_", "text/html"), ("_repr_png_", "image/png")):
        content = getattr(value, name, lambda: None)()
        if isinstance(content, str):
            data[kind] = _lines(content)
        elif content is not None:
            data[kind] = base64.b64encode(content).decode() + "\n"
    return data


def written(content: object) -> str:
    """Return a notebook's content as Jupyter writes it."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _type(name: str) -> str:
    return "image/svg+xml" if name.endswith(".svg") else "image/png"
