"""The words of a command that takes a model and pictures: which of them is the model."""

from __future__ import annotations

from cotejo.errors import ConfigError

__all__ = ["model_and_pictures"]


def model_and_pictures(model: str | None, words: list[str]) -> tuple[str | None, list[str]]:
    """Return the model's name and the pictures' words: the first may be the model's.

    Raises:
        ConfigError: there is a model, and no picture.
    """
    from cotejo.store.model_words import is_model

    if model is None and is_model(words[0]):
        model, *words = words
    if not words:
        raise ConfigError("predict_no_words", model=model)
    return model, words
