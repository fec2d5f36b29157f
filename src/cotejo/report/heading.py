"""The report's own title and its author, kept in ``study.json``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cotejo.messages import LANGUAGES
from cotejo.store import StudyFile, StudyFolder, write_json

__all__ = ["keep_heading"]


def keep_heading(folder: Path, language: str, *, title: str | None, author: str | None) -> None:
    """Write a title and an author, where they are given, into a study's record.

    Each is kept as a text in ``language``. Where the record has none in another language, it
    stands in for that one, too.

    Raises:
        OutputError: ``folder`` is no study, or its record can't be written.
    """
    given = {"title": title, "author": author}
    texts = {key: text for key, text in given.items() if text is not None}
    if not texts:
        return
    study = StudyFolder(folder).study
    heading = dict(study.get("report") or {})
    for key, text in texts.items():
        heading[key] = {**_by_language(heading.get(key), text), language: text}
    write_json(folder / StudyFile.RECORD, {**study, "report": heading})


def _by_language(kept: Any, text: str) -> Mapping[str, str]:
    if isinstance(kept, Mapping):
        return kept
    return dict.fromkeys(LANGUAGES, kept or text)
