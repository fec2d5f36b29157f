"""The files of an evaluation, and whether a folder may have them."""

from __future__ import annotations

from enum import StrEnum, unique
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import RunFile, read_json

__all__ = ["EvaluationFile", "check_evaluation_place"]


@unique
class EvaluationFile(StrEnum):
    """The files in the folder of an evaluation."""

    RECORD = "evaluation.json"
    PAGE = "evaluation.html"
    CLASSES = "per-class.csv"
    CONFUSION = "confusion.csv"
    PREDICTIONS = RunFile.PREDICTIONS.value
    MISTAKES = "mistakes.csv"
    IMAGES = RunFile.MISTAKES.value
    CORRUPTIONS = "corruptions.csv"
    TEMPERATURE = "temperature.json"


def check_evaluation_place(folder: Path) -> None:
    """Refuse a folder in which an evaluation would replace files that are not an evaluation's.

    Raises:
        OutputError: it has files, and no ``evaluation.json``.
    """
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return
        if read_json(folder / EvaluationFile.RECORD).get("kind") == "evaluation":
            return
    except NotADirectoryError as error:
        raise OutputError("evaluation.other_files", path=folder) from error
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror) from error
    except OutputError as error:
        raise OutputError("evaluation.other_files", path=folder) from error
    raise OutputError("evaluation.other_files", path=folder)
