"""What ships beside the code, found by name: studies and recipes, each a TOML file.

A name means what ships, wherever the command is given: a file that happens to lie in the current
folder neither stands for one of ours nor disturbs it. A path, which has a separator or ends in
``.toml``, means the user's own file.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["find_recipe", "find_study", "is_path", "shipped_folder", "shipped_recipes"]


def shipped_folder(kind: str) -> Path:
    """Return the folder of what ships: the package's, or the checkout's where that is at work.

    Args:
        kind: ``"studies"`` or ``"recipes"``.
    """
    package = Path(str(files("cotejo")))
    installed = package / kind
    # Only a package that is edited in its checkout lies in a folder "src".
    if not installed.is_dir() and package.parent.name == "src":
        return package.parent.parent / kind
    return installed


def is_path(name_or_path: str) -> bool:
    """Return whether a text means a file of the user's rather than the name of what ships.

    Example:
        >>> is_path("fast"), is_path("fast.toml"), is_path("./fast")
        (False, True, True)
    """
    separators = {"/", os.sep, os.altsep or "/"}
    return name_or_path.lower().endswith(".toml") or any(
        separator in name_or_path for separator in separators
    )


def find_study(name_or_path: str | Path) -> Path:
    """Return the path of a study given by its path, or by its name where it ships.

    Raises:
        ConfigError: it is a name, and no study that ships has it.

    Example:
        >>> find_study("notebooks").name
        'notebooks.toml'
    """
    if isinstance(name_or_path, Path) or is_path(name_or_path):
        return Path(name_or_path)
    return _find("studies", name_or_path, "unknown_study")


def find_recipe(name_or_path: str, folder: Path | None = None) -> Path:
    """Return the path of a recipe given by its path, or by its name where it ships.

    Args:
        name_or_path: the name, such as ``"fast"``, or a path, such as ``"./mine.toml"``.
        folder: where a relative path begins: the folder of the study that names the recipe; the
            current folder if left out.

    Raises:
        ConfigError: it is a name, and no recipe that ships has it.

    Example:
        >>> find_recipe("fast").name
        'fast.toml'
    """
    if is_path(name_or_path):
        return (folder or Path()) / name_or_path
    return _find("recipes", name_or_path, "unknown_recipe")


def shipped_recipes() -> dict[str, Path]:
    """Return every recipe's path, by name."""
    return _named("recipes")


def _find(kind: str, name: str, error: str) -> Path:
    found = _named(kind)
    if name not in found:
        known = ", ".join(found) or "–"
        raise ConfigError(error, name=name, known=known, hint=did_you_mean(name, found))
    return found[name]


def _named(kind: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted(shipped_folder(kind).glob("*.toml"))}
