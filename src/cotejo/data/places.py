"""Where CIFAR-10 is looked for, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from cotejo.data.forms import holds_cifar10

__all__ = ["Place", "cache_folder", "places", "where"]


@dataclass(frozen=True)
class Place:
    """A folder to look in.

    Attributes:
        key: whose it is: ``data_dir``, ``environment``, ``cache``, ``keras``, ``torchvision``.
        path: the folder, which may not exist.
        named: how the user named it, if at all. CIFAR-10 must then be there: to look
            elsewhere without a word would hide a mistyped path.
    """

    key: str
    path: Path
    named: str | None = None


def cache_folder() -> Path:
    """Return Cotejo's own cache folder, where downloads are kept; it may not exist."""
    return user_cache_path("cotejo")


def places(data_dir: Path | None = None) -> list[Place]:
    """Return the folders to look in for CIFAR-10, in order.

    Args:
        data_dir: the folder that the user gave, if any.
    """
    found = []
    if data_dir is not None:
        found.append(Place("data_dir", Path(data_dir).expanduser(), named="--data-dir"))
    if named := os.environ.get("COTEJO_DATA"):
        found.append(Place("environment", Path(named).expanduser(), named="COTEJO_DATA"))
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    torch = Path(os.environ.get("TORCH_HOME") or Path.home() / ".cache" / "torch")
    return [
        *found,
        Place("cache", cache_folder()),
        Place("keras", keras / "datasets"),
        Place("torchvision", Path("data")),
        Place("torchvision", torch),
    ]


def where(data_dir: Path | None = None) -> list[tuple[str, Path, bool]]:
    """Return the folders looked in for CIFAR-10, in order, and whether it seems to be there.

    Names and sizes are compared, not checksums, so that the answer takes no time.

    Args:
        data_dir: the folder that the user gave, if any.

    Returns:
        For each folder its key (see `Place`), its path, and whether CIFAR-10 is there.

    Example:
        >>> [key for key, _, _ in where(Path("photos"))][0]
        'data_dir'
    """
    return [(place.key, place.path, holds_cifar10(place.path)) for place in places(data_dir)]
