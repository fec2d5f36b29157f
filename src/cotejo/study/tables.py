"""The tables of results, which are in a study's folder as soon as a run has ended."""

from __future__ import annotations

import time
from pathlib import Path

from cotejo.errors import CotejoError
from cotejo.messages import current_language
from cotejo.report import write_result_tables
from cotejo.study.progress import Observer

__all__ = ["ResultTables"]

_SHARE = 9
"""How many times as long as they take to write the tables are left as they are."""


class ResultTables:
    """Writes ``summary.csv`` and ``runs.csv`` after each run, or a little later.

    They are made of the files of all runs, which takes the longer, the more there are. So where
    runs end quickly, they are written once in a while, and at the end.

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
        self._due = 0.0
        self._behind = False

    def write(self) -> None:
        """Write the tables from the files of the runs that have ended, if it is time again."""
        self._behind = time.monotonic() < self._due
        if not self._behind:
            started = time.monotonic()
            self._write()
            ended = time.monotonic()
            self._due = ended + _SHARE * (ended - started)

    def finish(self) -> None:
        """Write them if a run ended after they were last written."""
        if self._behind:
            self._write()

    def _write(self) -> None:
        try:
            write_result_tables(self._folder, current_language())
        except Exception as error:
            if not self._told:
                self._told = True
                reason = str(error).strip().partition("\n")[0] or type(error).__name__
                self._observer.tables_failed(CotejoError("tables_failed", reason=reason))
