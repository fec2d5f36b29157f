"""Where CIFAR-10 is looked for, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from cotejo.data.forms import holds_cifar10

__all__ = ["Place", "cache_folder", "expanded", "places", "where"]


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
    """Return Cotejo's own cache folder, where downloads are kept; it may not exist.

    A user without a home, as in some containers, has it in the current folder.
    """
    homeless = Path(".cache", "cotejo")
    try:
        folder = user_cache_path("cotejo")
    except RuntimeError:
        return homeless
    # Older versions of platformdirs leave the "~", which would become a folder of that name.
    return homeless if folder.parts[0] == "~" else folder


def expanded(path: str | Path) -> Path:
    """Return a path with its ``~`` expanded, or as it is where nobody has such a home.

    Example:
        >>> expanded("~nobody-of-this-name/cifar").name
        'cifar'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def places(data_dir: Path | None = None) -> list[Place]:
    """Return the folders to look in for CIFAR-10, in order.

    Args:
        data_dir: the folder that the user gave, if any.
    """
    found = []
    if data_dir is not None:
        found.append(Place("data_dir", expanded(data_dir), named="--data-dir"))
    if named := os.environ.get("COTEJO_DATA"):
        found.append(Place("environment", expanded(named), named="COTEJO_DATA"))
    found.append(Place("cache", cache_folder()))
    if keras := os.environ.get("KERAS_HOME") or _at_home(".keras"):
        found.append(Place("keras", Path(keras) / "datasets"))
    found.append(Place("torchvision", Path("data")))
    if torch := os.environ.get("TORCH_HOME") or _at_home(".cache/torch"):
        found.append(Place("torchvision", Path(torch)))
    return found


def _at_home(path: str) -> str | None:
    try:
        return str(Path.home() / path)
    except RuntimeError:  # HOME is not set, and the user has no entry of their own
        return None


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
