"""Sets of words, written as a text."""

from __future__ import annotations

__all__ = ["words"]


def words(text: str) -> frozenset[str]:
    """Return the words of a text.

    Example:
        >>> sorted(words("flip rotate"))
        ['flip', 'rotate']
    """
    return frozenset(text.split())
