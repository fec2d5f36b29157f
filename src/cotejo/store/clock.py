"""The machine's clock: the time as files have it, and whether arrays can be dated by it."""

from __future__ import annotations

from datetime import UTC, datetime

from cotejo.errors import OutputError

__all__ = ["check_clock", "now"]

_ZIP_YEARS = range(1980, 2108)
"""The years in which a file in a zip archive can be dated. Models and arrays are zip archives."""


def check_clock() -> None:
    """Refuse a clock that shows a year in which no model or array can be dated.

    Raises:
        OutputError: it is before 1980 or after 2107.
    """
    year = datetime.now().astimezone().year
    if year not in _ZIP_YEARS:
        raise OutputError("clock_wrong", year=year)


def now() -> str:
    """Return the time, to the second, in UTC, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
