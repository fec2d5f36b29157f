"""The numbers of a study as tables of pandas's: those of the CSV files, and the histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cotejo.errors import ConfigError
from cotejo.report.findings import Findings
from cotejo.report.topic import CsvFile
from cotejo.report.topics import TOPICS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["history", "table", "table_names"]


def table_names(findings: Findings) -> list[str]:
    """Return the names of the tables that a study has: those of its CSV files, without ending."""
    return [file.name.removesuffix(".csv") for file in _files() if file.is_of(findings)]


def table(findings: Findings, language: str, name: str) -> pd.DataFrame:
    """Return one of a study's tables, with the rows and columns of the CSV file of that name.

    Args:
        findings: what follows from the study.
        language: that of class names and labels.
        name: such as ``"comparisons"``.

    Raises:
        ConfigError: the study has no such table; the error names those it has.
    """
    for file in _files():
        if file.name.removesuffix(".csv") == name:
            rows = file.rows(findings, language)
            if rows is not None:
                columns = file.columns
                columns = columns(findings) if callable(columns) else columns
                return _frame(map(_plain, rows), columns)
    raise ConfigError("no_table", name=name, tables=", ".join(table_names(findings)))


def history(findings: Findings) -> pd.DataFrame:
    """Return the epochs of all finished runs, each with its alternative and seed."""
    rows = [
        {"alternative": alternative.name, "seed": int(run.record["seed"]), **epoch}
        for alternative in findings.facts.trained
        for run in alternative.finished
        for epoch in run.history
    ]
    return _frame(rows, list(rows[0]) if rows else ())


def _files() -> Iterable[CsvFile]:
    return (file for topic in TOPICS for file in topic.files if isinstance(file, CsvFile))


def _plain(row: Any) -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else row._asdict()


def _frame(rows: Iterable[Mapping[str, Any]], columns: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
