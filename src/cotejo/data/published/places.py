"""The folders in which published sets are looked for, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cotejo.data.places import expanded
from cotejo.data.published.candidates import seems_to_hold
from cotejo.data.published.forms import PublishedSet
from cotejo.platform import cache_folder

__all__ = ["Place", "is_at_hand", "places", "where"]


@dataclass(frozen=True)
class Place:
    """A folder to look in.

    Attributes:
        key: whose it is: ``data_dir``, ``environment``, ``cache``, ``keras``, ``torchvision``.
        path: the folder, which may not exist.
        named: the option or variable by which the user named it; None if the user did not.
            The set must be in a folder that the user named: to look elsewhere without a word
            would hide a mistyped path.
    """

    key: str
    path: Path
    named: str | None = None


def places(data_dir: Path | None = None) -> list[Place]:
    """Return the folders in which to look for a published set, in order.

    Args:
        data_dir: the folder that the user gave, if any.
    """
    folders = []
    if data_dir is not None:
        folders.append(Place("data_dir", expanded(data_dir), named="--data-dir"))
    if named := os.environ.get("COTEJO_DATA"):
        folders.append(Place("environment", expanded(named), named="COTEJO_DATA"))
    folders.append(Place("cache", cache_folder()))
    if keras := os.environ.get("KERAS_HOME") or _at_home(".keras"):
        folders.append(Place("keras", Path(keras) / "datasets"))
    folders.append(Place("torchvision", Path("data")))
    if torch := os.environ.get("TORCH_HOME") or _at_home(".cache/torch"):
        folders.append(Place("torchvision", Path(torch)))
    return folders


def _at_home(path: str) -> str | None:
    try:
        return str(Path.home() / path)
    except RuntimeError:  # HOME is not set, and the user is not in the system's list of users
        return None


def where(published: PublishedSet, data_dir: Path | None = None) -> list[tuple[str, Path, bool]]:
    """Return the folders in which a set is looked for, and whether it seems to be there.

    This compares names and sizes but no checksums, so it takes no time.

    Args:
        published: the set.
        data_dir: the folder that the user gave, if any.

    Returns:
        For each folder, in order: its key (see `Place`), its path, and whether the set seems to
        be in it.
    """
    return [
        (place.key, place.path, seems_to_hold(published, place.path)) for place in places(data_dir)
    ]


def is_at_hand(published: PublishedSet, data_dir: Path | None) -> bool:
    """Return whether a set seems to be in one of its places, so that nothing is downloaded."""
    return any(is_there for _, _, is_there in where(published, data_dir))
