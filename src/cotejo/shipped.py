"""The studies that ship, found by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["find_study", "study_folders"]


def study_folders() -> list[Path]:
    """Return the folders in which a study given by its name is looked for, in order."""
    package = Path(str(files("cotejo")))
    # The package's own is there when it is installed, the checkout's when it is edited.
    return [Path("studies"), package / "studies", package.parent.parent / "studies"]


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
    found: dict[str, Path] = {}
    for folder in study_folders():
        for study in sorted(folder.glob("*.toml")):
            found.setdefault(study.stem, study)
    if name not in found:
        known = ", ".join(found) or "–"
        raise ConfigError("unknown_study", name=name, known=known, hint=did_you_mean(name, found))
    return found[name]
