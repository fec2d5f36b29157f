"""Whether an audit may be written to a folder: it must not replace files that are no audit's."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from cotejo.data.audit.result import Issue
from cotejo.errors import OutputError
from cotejo.store import StudyFile, read_json

__all__ = ["PAGE", "check_audit_place"]

PAGE = "audit.html"
"""The page that ``cotejo data --audit`` writes next to the files of the audit."""

_PAGE_MARK = b'<meta name="generator" content="Cotejo'
_ARRAYS = {"images.npy", "places.npy", "labels.npy"}


def check_audit_place(folder: Path) -> None:
    """Refuse a folder in which an audit would replace files that are not an audit's.

    This changes nothing. A study's folder is refused too: it has an audit of its own, in which the
    study's networks have judged the labels.

    Raises:
        OutputError: the folder has a file that is not an audit's under a name that an audit uses,
            or it is a study's folder.
    """
    if (folder / StudyFile.RECORD).exists():
        raise OutputError("audit_in_a_study", path=folder)
    if _is_about(folder / StudyFile.AUDIT):
        # The other files belong to this audit, even an old page, which has no mark yet.
        return
    for name, is_ours in _CHECKS.items():
        path = folder / name
        if path.exists() and not is_ours(path):
            raise OutputError("not_an_audit", path=path)


def _is_about(path: Path) -> bool:
    try:
        return path.is_file() and {"rows", "counts"} <= read_json(path).keys()
    except OutputError:
        return False


def _is_table(path: Path) -> bool:
    columns = ",".join(field.name for field in fields(Issue)).encode()
    return _begins(path, len(columns)) == columns


def _is_page(path: Path) -> bool:
    return _PAGE_MARK in _begins(path, 4096)


def _is_gallery(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist()) >= _ARRAYS
    except (OSError, zipfile.BadZipFile):
        return False


def _begins(path: Path, size: int) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""


_CHECKS: dict[str, Callable[[Path], bool]] = {
    StudyFile.AUDIT_ISSUES: _is_table,
    StudyFile.AUDIT_IMAGES: _is_gallery,
    StudyFile.AUDIT: _is_about,
    PAGE: _is_page,
}
