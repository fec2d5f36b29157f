"""The studies and recipes that ship with the code, found by name; each is a TOML file.

A name always means a file that ships: a file of that name in the current folder is never used
instead. A path, which has a separator or ends in ``.toml``, means the user's own file.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["find_recipe", "find_study", "is_path", "shipped_folder", "shipped_recipes"]


def shipped_folder(kind: str) -> Path:
    """Return the folder of the studies or recipes, in the package or in the checkout.

    Args:
        kind: ``"studies"`` or ``"recipes"``.
    """
    package = Path(str(files("cotejo")))
    installed = package / kind
    # The package is in a folder "src" only if it is installed in editable mode from a checkout.
    if not installed.is_dir() and package.parent.name == "src":
        return package.parent.parent / kind
    return installed


def is_path(name_or_path: str) -> bool:
    """Return whether a text is a path to the user's own file, and not the name of one that ships.

    Example:
        >>> is_path("fast"), is_path("fast.toml"), is_path("./fast")
        (False, True, True)
    """
    separators = {"/", os.sep, os.altsep or "/"}
    return name_or_path.lower().endswith(".toml") or any(
        separator in name_or_path for separator in separators
    )


def find_study(name_or_path: str | Path) -> Path:
    """Return the path of a study, given by its path or by the name of one that ships.

    Raises:
        ConfigError: it is a name, and no study that ships has this name.

    Example:
        >>> find_study("notebooks").name
        'notebooks.toml'
    """
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return Path(name_or_path)
    return _find("studies", name_or_path, "unknown_study")


def find_recipe(name_or_path: str, folder: Path | None = None) -> Path:
    """Return the path of a recipe, given by its path or by the name of one that ships.

    Args:
        name_or_path: the name, such as ``"fast"``, or a path, such as ``"./mine.toml"``.
        folder: relative paths start here: the folder of the study that names the recipe. The
            default is the current folder.

    Raises:
        ConfigError: it is a name, and no recipe that ships has this name.

    Example:
        >>> find_recipe("fast").name
        'fast.toml'
    """
    if is_path(name_or_path):
        return (folder or Path()) / name_or_path
    return _find("recipes", name_or_path, "unknown_recipe")


def shipped_recipes() -> dict[str, Path]:
    """Return the paths of all recipes that ship, by name."""
    return _shipped("recipes")


def _find(kind: str, name: str, error: str) -> Path:
    paths = _shipped(kind)
    if name not in paths:
        known = ", ".join(paths) or "–"
        raise ConfigError(error, name=name, known=known, hint=did_you_mean(name, paths))
    return paths[name]


def _shipped(kind: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted(shipped_folder(kind).glob("*.toml"))}
