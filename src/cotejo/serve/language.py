"""The language of an answer: the one chosen on the page, else the client's."""

from __future__ import annotations

from collections.abc import Mapping

from cotejo.messages import LANGUAGES, current_language

__all__ = ["COOKIE", "accepted_language", "language_of"]

COOKIE = "cotejo_language"
"""The cookie that keeps the choice made on the page."""


def language_of(headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language in which a request is answered."""
    chosen = cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return accepted_language(headers.get("accept-language", "")) or current_language()


def accepted_language(header: str) -> str | None:
    """Return the language of ours that an ``Accept-Language`` likes best; None if it names none.

    Example:
        >>> accepted_language("fr, es-MX;q=0.8, en;q=0.5"), accepted_language("fr")
        ('es', None)
    """
    liked: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, rest = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES:
            liked.append((_quality(rest), name))
    # Of equal ones the first, as `max` takes it.
    quality, best = max(liked, key=lambda pair: pair[0], default=(0.0, ""))
    return best if quality > 0 else None


def _quality(rest: str) -> float:
    name, _, value = rest.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
