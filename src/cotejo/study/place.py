"""The folder that a study is given: whether it may be written to, and what is cleared there.

First the folder is only looked at, so that one that belongs to something else is left as it is.
Once it is locked, files that a killed process left half-written are deleted; files of a process
that is still running are not.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.data import Dataset
from cotejo.errors import OutputError
from cotejo.store import (
    TEMPORARY,
    RunFile,
    StudyFile,
    is_temporary_of_here,
    read_json,
    read_looks,
    recorded_progress,
    recorded_stop,
    writing,
)
from cotejo.study.shards import Shard

__all__ = ["check_place", "clear_half_written", "default_folder"]

_HALF_WRITTEN = re.compile(re.escape(TEMPORARY) + r"(\d{1,10})-(?:[0-9a-f]{8}){1,2}")
"""The names that `cotejo.store.temporary_path` gives. The number is that of the process."""

_FIRST: Mapping[str, Callable[[Path], Mapping[str, Any] | None]] = {
    StudyFile.PROGRESS: recorded_progress,
    StudyFile.STOP: recorded_stop,
    StudyFile.LOOKS: read_looks,
}
"""What is written before ``study.json``, with what reads it: None, or an error, if not Cotejo's."""


def check_place(folder: Path) -> None:
    """Refuse a folder that holds something else than a study's files; change nothing.

    Raises:
        OutputError: it holds something else, it is not a folder, or it can't be read.
    """
    with writing(folder):
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    others = {name for name in names if not _HALF_WRITTEN.fullmatch(name)} - {StudyFile.LOCK}
    if others and not _is_study(folder, others):
        raise OutputError("foreign_folder", path=folder)


def _is_study(folder: Path, names: set[str]) -> bool:
    """Return whether Cotejo left the files: ``study.json`` tells, or a run if that is damaged."""
    if StudyFile.RECORD in names:
        try:
            content = read_json(folder / StudyFile.RECORD)
        except OutputError as error:
            if error.key == "newer_format":
                raise
        else:
            return "seeds" in content and "alternatives" in content
    return any(folder.glob(f"*/seed-*/{RunFile.RECORD}")) or _has_just_begun(folder, names)


def _has_just_begun(folder: Path, names: set[str]) -> bool:
    """Return whether the files are those of a study that was killed at its beginning."""
    try:
        return names <= _FIRST.keys() and all(_FIRST[name](folder) for name in names)
    except OutputError:
        return False


def clear_half_written(folder: Path) -> None:
    """Delete what processes that have ended left half-written in ``folder``, whose study is locked.

    Raises:
        OutputError: one can't be deleted.
    """
    with writing(folder):
        # Copies of whole runs lie in the folders below, under the same names.
        for path in [*folder.glob(f"{TEMPORARY}*"), *folder.glob(f"*/{TEMPORARY}*")]:
            half_written = _HALF_WRITTEN.fullmatch(path.name)
            # A report may be written into the folder at this moment: it needs no lock.
            if half_written and not _is_in_use(path.name, int(half_written[1])):
                _delete(path)


def _delete(path: Path) -> None:
    # It may have been renamed or deleted meanwhile; Windows refuses to delete what is open.
    expected = (FileNotFoundError,) if os.name == "posix" else (FileNotFoundError, PermissionError)
    with suppress(*expected):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_in_use(name: str, process: int) -> bool:
    """Return whether the process of this number is known to be at work on a temporary file."""
    if process == os.getpid():
        return is_temporary_of_here(name)  # else of an earlier process, as in a container
    if os.name != "posix":
        return False  # it can't be told there: to ask by `kill` would end it
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True


def default_folder(
    config: StudyConfig, dataset: Dataset, quick: bool, final: bool, shard: Shard | None = None
) -> Path:
    """Return the folder of a study, or of a shard of it, that is given none, in ``runs/``."""
    # Only the default data set gets the plain name, so that a fallback never mixes with it.
    parts = [config.name]
    if dataset.name != DEFAULT_DATA:
        parts.append(dataset.name)
    if final:
        parts.append("final")
    if quick:
        parts.append("quick")
    if shard is not None:
        parts.append(f"shard-{shard.number}-of-{shard.of}")
    return Path("runs") / "-".join(parts)
