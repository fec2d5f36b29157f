"""The words of a command that takes a model and pictures: which of them is the model."""

from __future__ import annotations

from pathlib import Path

from cotejo.errors import ConfigError, OutputError
from cotejo.messages import did_you_mean

__all__ = ["model_and_pictures"]


def model_and_pictures(model: str | None, words: list[str]) -> tuple[str | None, list[str]]:
    """Return the model's name and the pictures' words: the first may be the model's.

    Raises:
        ConfigError: there is a model, and no picture.
        OutputError: the first of several words can only mean a model, and there is none.
    """
    from cotejo.store.model_words import SHIPPED_NAME, is_model

    if model is None and is_model(words[0]):
        model, *words = words
    elif model is None and len(words) > 1 and _means_nothing(words[0]):
        # Not left to the model that ships: its answers would be taken for those of another.
        hint = did_you_mean(words[0], [SHIPPED_NAME])
        raise OutputError("no_run_to_predict", path=words[0], hint=hint)
    if not words:
        raise ConfigError("predict_no_words", model=model)
    return model, words


def _means_nothing(word: str) -> bool:
    """Return whether a word has no picture's ending, is no pattern, and nothing is there."""
    if word == "-" or Path(word).suffix or set(word) & set("*?["):
        return False
    try:
        return not Path(word).exists()
    except (OSError, ValueError):  # a name that is too long, or has a zero byte in it
        return False
