"""The machine's clock, by which the files inside models and arrays are dated."""

from __future__ import annotations

from datetime import datetime

from cotejo.errors import OutputError

__all__ = ["check_clock"]

_ZIP_YEARS = range(1980, 2108)
"""The years that the date of a file in a zip archive can be in: models and arrays are such."""


def check_clock() -> None:
    """Refuse a clock whose year no model or array can be dated with.

    Raises:
        OutputError: it is before 1980 or after 2107.
    """
    year = datetime.now().astimezone().year
    if year not in _ZIP_YEARS:
        raise OutputError("clock_wrong", year=year)
