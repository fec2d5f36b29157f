"""Reading the history of a training that took place elsewhere: one row per epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from cotejo.data.own.tables import read_rows
from cotejo.errors import DataError
from cotejo.store import ADDED_HISTORY_COLUMNS, HISTORY_COLUMNS, csv_content, described_content
from cotejo.study.predictions_file import as_numbers, content_of
from cotejo.texts import readable

__all__ = ["History", "HistoryLike", "read_history"]

_OF_KERAS = {
    "loss": "train_loss",
    "accuracy": "train_accuracy",
    "val_loss": "valid_loss",
    "val_accuracy": "valid_accuracy",
}
"""What Keras calls the columns, in its `History` and in the file of its `CSVLogger`."""


HistoryLike: TypeAlias = Path | str | Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]]
"""What a history can be given as: a file, rows, or columns."""


@dataclass(frozen=True)
class History:
    """The epochs of a training.

    Attributes:
        rows: one per epoch, in order; each has at least the columns of `ADDED_HISTORY_COLUMNS`.
        source: the file that they came from, as a record says it; None where they were given.
    """

    rows: Sequence[Mapping[str, float]]
    source: Mapping[str, Any] | None = None

    @property
    def digest(self) -> str:
        """A hash of what the rows say."""
        return hashlib.sha256(csv_content(list(self.rows[0]), self.rows)).hexdigest()


def read_history(history: HistoryLike) -> History:
    """Return the epochs that a file, or a sequence of rows, holds.

    Args:
        history: a table with the columns ``train_loss``, ``train_accuracy``, ``valid_loss`` and
            ``valid_accuracy``, or as Keras calls them; ``learning_rate`` and ``seconds`` may be
            there, too. Epochs are numbered by their rows. A mapping of columns, as Keras's `fit`
            returns it in `History.history`, does too.

    Raises:
        DataError: it can't be read, a column is missing, or a cell holds no such number.

    Example:
        >>> row = {"loss": 1, "accuracy": 0.5, "val_loss": 2, "val_accuracy": 0.4}
        >>> list(read_history([row, row]).rows[1].values())
        [2, 1.0, 0.5, 2.0, 0.4]
    """
    if not isinstance(history, str | Path):
        return History(_checked(_rows_of(history), "-"))
    path = Path(history)
    content = content_of(path)
    try:
        rows = read_rows(path.name, content)
    except DataError as error:
        if error.key == "own_table_empty":
            raise DataError("added_history_empty", path=path) from error
        raise
    source = {"name": readable(path.name), **described_content(content)}
    return History(_checked(rows, str(path)), source)


def _rows_of(history: Any) -> list[dict[str, str]]:
    """Return rows that were given in Python as texts, which are checked as those of a file."""
    try:
        if isinstance(history, Mapping):
            names, columns = list(map(str, history)), zip(*history.values(), strict=True)
            return [dict(zip(names, map(str, row), strict=True)) for row in columns]
        return [{str(name): str(value) for name, value in row.items()} for row in history]
    except (AttributeError, TypeError, ValueError) as error:
        raise DataError("added_history_form", received=type(history).__name__) from error


def _checked(rows: Sequence[Mapping[str, str]], path: str) -> list[dict[str, float]]:
    if not rows:
        raise DataError("added_history_empty", path=path)
    named = [{_OF_KERAS.get(name.strip(), name.strip()): row[name] for name in row} for row in rows]
    needed = ADDED_HISTORY_COLUMNS[1:]
    lacking = [name for name in needed if any(name not in row for row in named)]
    if lacking:
        columns = ", ".join(map(readable, rows[0]))
        raise DataError(
            "added_history_columns", path=path, lacking=", ".join(lacking), columns=columns
        )
    kept = [name for name in HISTORY_COLUMNS[1:] if all(name in row for row in named)]
    by_name = {name: as_numbers([row[name] for row in named]).tolist() for name in kept}
    for name, numbers in by_name.items():
        most = 1.0 if name.endswith("_accuracy") else float("inf")
        for row, number in enumerate(numbers):
            # NaN compares false, so it is refused too.
            if not (0 <= number <= most and number < float("inf")):
                received = readable(str(named[row][name])) or "∅"
                raise DataError(
                    "added_history_number", path=path, column=name, row=row + 1, received=received
                )
    return [
        {"epoch": row + 1, **{name: by_name[name][row] for name in kept}}
        for row in range(len(named))
    ]
