"""How tables are laid out: names are never cut, even on a terminal too narrow for them."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Column, Table

from cotejo.messages import message
from cotejo.texts import visible

__all__ = ["make_table"]

_NARROWEST = 11
_GAP = 1


def make_table(*columns: str) -> Table:
    """Return an empty table.

    Args:
        columns: a kind and a name each, such as ``"right:epochs"``. ``right`` aligns numbers on the
            right, ``word`` never wraps, ``left`` and ``fold`` wrap where there is no room. The
            title is in the catalogue under ``column_<name>``.
    """
    table = _Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, _GAP, 0, 0),
        header_style="bold",
        footer_style="bold",
    )
    for column in columns:
        _add_column(table, column)
    return table


class _Table(Table):
    """A table that shows names whole, even beyond the edge of a narrow terminal."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        # Control characters are written out before cells are measured: columns stay aligned.
        shown = (visible(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*shown, **options)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width, self._narrowest())
        yield from super().__rich_console__(console, options.update(width=room))

    def _narrowest(self) -> int:
        """Return the least width: columns that must not wrap are whole, the rest is readable."""
        return sum(map(_narrowest_column, self.columns)) + self._extra_width


def _narrowest_column(column: Column) -> int:
    room = column.min_width or 1
    if column.no_wrap:
        cells = (column.header, column.footer, *column.cells)
        lines = [line for cell in cells for line in str(cell).splitlines()]
        room = max(map(cell_len, lines), default=0)
    return room + _GAP


def _add_column(table: Table, column: str) -> None:
    justify, _, name = column.partition(":")
    title = message(f"cli.column_{name}")
    if justify == "right":
        table.add_column(title, justify="right", no_wrap=True)
    elif justify == "word":
        table.add_column(title, no_wrap=True)
    else:
        table.add_column(title, justify="left", overflow="fold", min_width=_NARROWEST)
