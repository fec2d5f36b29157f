"""CSV files without the digits that only the arithmetic of floats leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.store import write_csv

__all__ = ["write_rounded"]

_DECIMALS = 6


def write_rounded(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    decimals: Mapping[str, int] | None = None,
) -> None:
    """Write rows as `write_csv` does, their floats rounded.

    Args:
        path: the file.
        columns: of the rows, in the file's order.
        rows: a mapping a row.
        decimals: how many to keep of a column; 6 of those that it does not name.
    """
    kept = decimals or {}

    def rounded(name: str, value: Any) -> Any:
        return round(value, kept.get(name, _DECIMALS)) if isinstance(value, float) else value

    shorter = ({name: rounded(name, value) for name, value in row.items()} for row in rows)
    write_csv(path, columns, shorter)
