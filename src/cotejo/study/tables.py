"""The tables of results, which are in a study's folder as soon as a run has ended."""

from __future__ import annotations

from pathlib import Path

from cotejo.errors import CotejoError
from cotejo.messages import current_language
from cotejo.report import write_result_tables
from cotejo.study.progress import Observer

__all__ = ["ResultTables"]


class ResultTables:
    """Writes ``summary.csv`` and ``runs.csv`` after each run.

    A training is worth more than a table: if one can't be written, the observer is told, once, and
    the study goes on.

    Args:
        folder: the study's.
        observer: told of what goes wrong.
    """

    def __init__(self, folder: Path, observer: Observer) -> None:
        self._folder = folder
        self._observer = observer
        self._told = False

    def write(self) -> None:
        """Write the tables from the files of the runs that have ended."""
        try:
            write_result_tables(self._folder, current_language())
        except Exception as error:
            if not self._told:
                self._told = True
                reason = str(error).strip().partition("\n")[0] or type(error).__name__
                self._observer.tables_failed(CotejoError("tables_failed", reason=reason))
