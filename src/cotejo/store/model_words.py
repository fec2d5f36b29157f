"""Which of a command's words mean a model; without Keras, so that a slip is told at once."""

from __future__ import annotations

from pathlib import Path

from cotejo.store.layout import RunFile, StudyFile

__all__ = ["MODEL_ENDING", "SHIPPED_NAME", "is_file", "is_model"]

SHIPPED_NAME = "shipped"
"""The name of the model that ships."""

MODEL_ENDING = ".keras"


def is_model(word: str) -> bool:
    """Return whether a word means a model, and no picture and no folder of pictures.

    Example:
        >>> is_model("shipped"), is_model("best.keras"), is_model("cat.png")
        (True, True, False)
    """
    if word == SHIPPED_NAME or word.endswith(MODEL_ENDING):
        return True
    return any(is_file(Path(word, name)) for name in (RunFile.RECORD, StudyFile.RECORD))


def is_file(path: Path) -> bool:
    """Return whether there is a file; False too where the path can be none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or has a zero byte in it
        return False
