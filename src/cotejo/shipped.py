"""What ships beside the code, found by name: studies and recipes, each a TOML file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["find_recipe", "find_study", "shipped_folders", "shipped_recipes"]


def shipped_folders(kind: str) -> list[Path]:
    """Return the folders in which what is given by its name is looked for, in order.

    Args:
        kind: ``"studies"`` or ``"recipes"``.
    """
    package = Path(str(files("cotejo")))
    # The package's own is there when it is installed, the checkout's when it is edited.
    return [Path(kind), package / kind, package.parent.parent / kind]


def find_study(name_or_path: str | Path) -> Path:
    """Return the path of a study given by its path, or by its name where it ships.

    Raises:
        ConfigError: it is a name, and no study has it.

    Example:
        >>> find_study("notebooks").name
        'notebooks.toml'
    """
    path, name = Path(name_or_path), str(name_or_path)
    is_name = path.name == name and path.suffix == ""
    if path.is_file() or not is_name:
        return path
    return _find("studies", name, "unknown_study")


def find_recipe(name: str) -> Path:
    """Return the path of a recipe that ships.

    Raises:
        ConfigError: none has that name.

    Example:
        >>> find_recipe("fast").name
        'fast.toml'
    """
    return _find("recipes", name, "unknown_recipe")


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
    found: dict[str, Path] = {}
    for folder in shipped_folders(kind):
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return found
