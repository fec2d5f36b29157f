"""A time to train for, as one writes it."""

from __future__ import annotations

import re

from cotejo.errors import ConfigError

__all__ = ["seconds_of"]

_FORM = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s)?")
_SHORTEST, _LONGEST = 10.0, 3_600_000.0
"""The seconds that may be asked for: ten, and a thousand hours."""


def seconds_of(text: str) -> float:
    """Return the seconds of a duration such as ``5m``, ``90s`` or ``1h30m``.

    Raises:
        ConfigError: it is none, below ten seconds, or above a thousand hours.

    Example:
        >>> seconds_of("5m"), seconds_of("1h30m"), seconds_of("2 min 30 s")
        (300.0, 5400.0, 150.0)
    """
    match = _FORM.fullmatch(text.strip().lower())
    hours, minutes, seconds = (float(part or 0) for part in (match.groups() if match else [0] * 3))
    total = 3600 * hours + 60 * minutes + seconds
    if not _SHORTEST <= total <= _LONGEST:
        raise ConfigError("budget_form", text=text)
    return total
