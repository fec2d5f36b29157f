"""A temperature that is given in place of a model's own: a number, or a file that holds one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.errors import ConfigError, OutputError
from cotejo.store import read_json
from cotejo.trained.description import check_temperature

if TYPE_CHECKING:
    from cotejo.inference.classifier import Classifier

__all__ = ["read_temperature"]


def read_temperature(number_or_file: str, classifier: Classifier | None = None) -> float:
    """Return the temperature that a word stands for.

    Args:
        number_or_file: a number, or the path of a ``temperature.json`` of `cotejo evaluate
            --calibrate`.
        classifier: the model that it is for; None if any will do.

    Raises:
        ConfigError: it is neither, no number that logits can be divided by, or the file's
            temperature was fitted for another model.
        OutputError: the file is missing, or not as it was written.

    Example:
        >>> read_temperature("1.5")
        1.5
    """
    path = Path(number_or_file)
    try:
        value: object = float(number_or_file)
    except ValueError:
        content, value = read_json(path), None
        if content.get("kind") == "temperature":
            value = content.get("temperature")
            if classifier is not None:
                _check_model(content, classifier, path)
    try:
        return check_temperature(value, path, "temperature")
    except OutputError as error:
        raise ConfigError("evaluation.wrong_temperature", path=number_or_file) from error


def _check_model(content: Mapping[str, Any], classifier: Classifier, path: Path) -> None:
    """Refuse a temperature of another model: of another run, or where none is known, name."""
    key, run = content.get("key"), classifier.run
    known, own = (key, run.key) if key and run else (content.get("model"), classifier.name)
    if known != own:
        raise ConfigError(
            "evaluation.other_temperature",
            path=path,
            model=content.get("model"),
            name=classifier.name,
            temperature=content.get("temperature"),
        )
