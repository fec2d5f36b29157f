"""A temperature that is given in place of a model's own: a number, or a file that holds one."""

from __future__ import annotations

from pathlib import Path

from cotejo.errors import ConfigError, OutputError
from cotejo.store import read_json
from cotejo.trained.description import check_temperature

__all__ = ["read_temperature"]


def read_temperature(number_or_file: str) -> float:
    """Return the temperature that a word stands for.

    Args:
        number_or_file: a number, or the path of a ``temperature.json`` of `cotejo evaluate
            --calibrate`.

    Raises:
        ConfigError: it is neither, or no number that logits can be divided by.
        OutputError: the file is missing, or not as it was written.

    Example:
        >>> read_temperature("1.5")
        1.5
    """
    path = Path(number_or_file)
    try:
        value: object = float(number_or_file)
    except ValueError:
        content = read_json(path)
        value = content.get("temperature") if content.get("kind") == "temperature" else None
    try:
        return check_temperature(value, path, "temperature")
    except OutputError as error:
        raise ConfigError("evaluation.wrong_temperature", path=number_or_file) from error
