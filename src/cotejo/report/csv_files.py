"""The CSV files beside the report: how the topics' rows are written, and how they are rounded."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from cotejo.report.findings import Findings
from cotejo.report.topic import CsvFile, Row, Topic
from cotejo.store import write_csv

__all__ = ["finite", "significant", "write_csv_files"]

_DECIMALS = 6
_SMALLEST_LEVEL = 1e-300


def write_csv_files(
    topics: Sequence[Topic],
    findings: Findings,
    language: str,
    folder: Path,
    only: Container[str] | None = None,
) -> None:
    """Write the CSV files of topics into a folder.

    A file that this study has nothing for, but that an earlier report left there, is deleted.

    Args:
        topics: whose files are written.
        findings: what follows from the study.
        language: that of the class names.
        folder: where, for a report in its usual place the study's own.
        only: the names of the files to write; all of them if left out.
    """
    for topic in topics:
        for file in topic.files:
            if isinstance(file, CsvFile) and (only is None or file.name in only):
                _write(file, findings, language, folder)


def finite(value: float) -> float | None:
    """Return a number; None for an infinite one, whose cell is empty."""
    return value if isfinite(value) else None


def significant(level: float) -> str:
    """Return a share of error as text with four significant digits.

    Rounded to six decimals like other numbers, a small one would become 0. One below 1e-300 is
    written as 1e-300, for what is that small is no longer computed exactly.

    Example:
        >>> significant(0.000000123456), significant(0.0)
        ('1.235e-07', '1e-300')
    """
    return f"{max(level, _SMALLEST_LEVEL):.4g}"


def _write(file: CsvFile, findings: Findings, language: str, folder: Path) -> None:
    path = folder / file.name
    rows = file.rows(findings, language)
    if rows is None:
        path.unlink(missing_ok=True)
        return
    columns = file.columns(findings) if callable(file.columns) else file.columns
    write_csv(path, columns, _rounded(rows, file.decimals))


def _rounded(rows: Iterable[Row], decimals: Mapping[str, int]) -> Iterator[Row]:
    """Yield the rows without the digits that only the arithmetic of floats leaves."""

    def rounded(name: str, value: Any) -> Any:
        if not isinstance(value, float):
            return value
        return round(value, decimals.get(name, _DECIMALS))

    for row in rows:
        yield {name: rounded(name, value) for name, value in row.items()}
