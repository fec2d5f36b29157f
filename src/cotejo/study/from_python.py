"""Studies of networks that were given in Python, and that no file can build again."""

from __future__ import annotations

from pathlib import Path

from cotejo.config import StudyConfig
from cotejo.errors import ConfigError
from cotejo.models import find_model_family
from cotejo.store import StudyFile

__all__ = ["given_names", "refuse_given"]


def given_names(config: StudyConfig, folder: Path) -> list[str]:
    """Return the names of the networks that were given in Python and are kept as text alone.

    Args:
        config: a study as its folder keeps it.
        folder: the study's.
    """
    models = dict.fromkeys(each.settings.model for each in config.alternatives)
    return [
        name
        for name in models
        if find_model_family(name) is None
        and Path(name).name == name
        and (folder / f"{name}.py").is_file()
    ]


def refuse_given(config: StudyConfig, folder: Path) -> None:
    """Refuse to go on with a comparison whose networks only a notebook can build.

    Args:
        config: as its file says.
        folder: where the file lies.

    Raises:
        ConfigError: it has such networks.
    """
    if (folder / StudyFile.RECORD).is_file() and (names := given_names(config, folder)):
        raise ConfigError("given_in_python", names=", ".join(names))
