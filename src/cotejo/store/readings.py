"""``test-reads.csv``: one row per reading of the test set, in order of time.

The seal of each row covers the row and the seal before it, so that a changed, missing or inserted
row shows. Rows cut off at the end don't show here; each run's ``test_reads`` tells of those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.store.files import damaged, read_csv, write_csv, writing
from cotejo.store.layout import StudyFile, damaged_reads_name
from cotejo.store.seals import SEAL

__all__ = ["note_reading", "put_damaged_readings_aside", "read_readings", "reading_of"]

_COLUMNS = ("time", "alternative", "seed", "key")
_SHORT = 16
"""The digits of a row's seal: enough to show an accident, and short enough to read past."""


def note_reading(folder: Path, *, time: str, alternative: str, seed: int, key: str) -> None:
    """Add a row to the ``test-reads.csv`` of a study's folder.

    Raises:
        OutputError: what is there is damaged, or it can't be written.
    """
    rows, last = _checked(folder)
    added = {"time": time, "alternative": alternative, "seed": str(seed), "key": key}
    added[SEAL] = _next(last, added)
    # Rows of earlier versions have no seal, and are not given one.
    filled = ({SEAL: None} | row for row in [*rows, added])
    write_csv(folder / StudyFile.TEST_READS, (*_COLUMNS, SEAL), filled)


def read_readings(folder: Path) -> list[dict[str, str]]:
    """Return the rows of a study's ``test-reads.csv``; none if nothing was read yet.

    Raises:
        OutputError: a row is not as it was written, or it is no such file.
    """
    return _checked(folder)[0]


def reading_of(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of `read_readings` as the arguments of `note_reading`."""
    return {column: row[column] for column in _COLUMNS} | {"seed": int(row["seed"])}


def _checked(folder: Path) -> tuple[list[dict[str, str]], str]:
    """Return the rows, and the seal of the last one; it is computed if the row has none."""
    path = folder / StudyFile.TEST_READS
    try:
        rows = read_csv(path)
    except OutputError as error:
        if error.key != "missing_file":
            raise
        return [], ""
    begun, seal = False, ""
    for count, row in enumerate(rows, start=1):
        begun = begun or bool(row.get(SEAL))
        sound = _is_reading(row)
        seal = _next(seal, row) if sound else seal
        if not sound or (begun and row[SEAL] != seal):
            raise damaged(path, f"row {count}", ",".join(row.values()))
    return rows, seal


def put_damaged_readings_aside(folder: Path) -> Path | None:
    """Rename a damaged ``test-reads.csv``, so that a study can go on, and return its new path.

    Nothing of it is lost, and a report counts the readings of what is written from then on.

    Raises:
        OutputError: it can't be read or renamed.
    """
    try:
        read_readings(folder)
    except OutputError as error:
        if error.key != "damaged_study_file":
            raise
        path = folder / StudyFile.TEST_READS
        aside = next(
            free
            for number in range(1, 10_000)
            if not (free := path.with_name(damaged_reads_name(number))).exists()
        )
        with writing(aside):
            path.rename(aside)
        return aside
    return None


def _is_reading(row: Mapping[str, str]) -> bool:
    if not all(row.get(column) for column in _COLUMNS):
        return False
    try:
        datetime.fromisoformat(row["time"])
    except ValueError:
        return False
    return row["seed"].isdecimal() and len(row["seed"]) <= 10


def _next(seal: str, row: Mapping[str, str]) -> str:
    """Return the seal of a row that follows a row with the seal ``seal``."""
    text = "\n".join([seal, *(row[column] for column in _COLUMNS)])
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]
