"""Paths as a user writes them, with ``~`` in them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["expanded"]


def expanded(path: str | Path) -> Path:
    """Return a path with its ``~`` expanded, or unchanged if nobody has such a home.

    Example:
        >>> expanded("~nobody-of-this-name/cifar").name
        'cifar'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
