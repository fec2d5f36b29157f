"""Folders on this machine: Cotejo's cache, and paths with ``~`` in them."""

from __future__ import annotations

from pathlib import Path

from cotejo.platform import cache_folder

__all__ = ["cache_folder", "expanded"]


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
