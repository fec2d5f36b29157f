"""The numbers of a study as tables of pandas's: those of the CSV files, and the histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cotejo.config.names import name_of
from cotejo.errors import ConfigError
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.topic import CsvFile
from cotejo.report.topics import TOPICS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["given_name", "history", "table", "table_names"]

_OF_ALTERNATIVES = ("alternative", "first", "second", "better", "than")
"""The columns that name alternatives."""


def given_name(alternative: AlternativeFacts, language: str) -> str:
    """Return what the user calls an alternative: of spaces and accents its name has none."""
    label = alternative.label(language)
    return label if name_of(label, "") == alternative.name else alternative.name


def table_names(findings: Findings) -> list[str]:
    """Return the names of the tables that a study has: those of its CSV files, without ending."""
    return [file.name.removesuffix(".csv") for file in _files() if file.is_of(findings)]


def table(findings: Findings, language: str, name: str) -> pd.DataFrame:
    """Return one of a study's tables, with the rows and columns of the CSV file of that name.

    Alternatives are called as the user called them.

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
                return _frame(_called(map(_plain, rows), findings, language), columns)
    raise ConfigError("no_table", name=name, tables=", ".join(table_names(findings)))


def history(
    findings: Findings, language: str, only: AlternativeFacts | None = None
) -> pd.DataFrame:
    """Return the epochs of all finished runs, each with its alternative and seed.

    Args:
        findings: what follows from the study.
        language: that of the alternatives' labels.
        only: the alternative whose runs they are; all if None.
    """
    rows = [
        {"alternative": given_name(alternative, language), "seed": int(run.record["seed"]), **epoch}
        for alternative in (findings.facts.trained if only is None else [only])
        for run in alternative.finished
        for epoch in run.history
    ]
    return _frame(rows, list(rows[0]) if rows else ())


def _files() -> Iterable[CsvFile]:
    return (file for topic in TOPICS for file in topic.files if isinstance(file, CsvFile))


def _plain(row: Any) -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else row._asdict()


def _called(
    rows: Iterable[Mapping[str, Any]], findings: Findings, language: str
) -> Iterable[Mapping[str, Any]]:
    """Return rows in which alternatives are called as the user called them."""
    given = {each.name: given_name(each, language) for each in findings.facts.alternatives}
    for row in rows:
        named = {column: row[column] for column in _OF_ALTERNATIVES if column in row}
        yield {**row, **{column: given.get(name, name) for column, name in named.items()}}


def _frame(rows: Iterable[Mapping[str, Any]], columns: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
