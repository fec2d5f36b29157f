"""Folders on this machine: Cotejo's cache, and paths with ``~`` in them."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path

__all__ = ["cache_folder", "expanded"]


def cache_folder() -> Path:
    """Return Cotejo's own cache folder, where downloads are kept; it may not exist.

    For a user without a home, as in some containers, it is in the current folder.
    """
    homeless = Path(".cache", "cotejo")
    try:
        folder = user_cache_path("cotejo")
    except RuntimeError:
        return homeless
    # Older versions of platformdirs leave the "~", which would become a folder of that name.
    return homeless if folder.parts[0] == "~" else folder


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
