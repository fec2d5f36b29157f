"""The folder that a study is given: whether it may be written to, and what is cleared there.

First it is only looked at, so that a folder of something else is left as it is. What a process
that was killed left half-written is cleared once the folder is held, and only where that process
is no more.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import LOCK, TEMPORARY, read_json

__all__ = ["check_place", "clear_half_written"]

_HALF_WRITTEN = re.compile(re.escape(TEMPORARY) + r"(\d{1,10})-[0-9a-f]{8}")
"""The names that `cotejo.store.write_atomically` gives; the number is the process's."""


def check_place(folder: Path) -> None:
    """Refuse a folder that holds something else than a study's files; change nothing.

    Raises:
        OutputError: it does, it is no folder, or it can't be looked into.
    """
    try:
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error
    others = {name for name in names if not _HALF_WRITTEN.fullmatch(name)} - {LOCK}
    if others and not _is_study(folder, others):
        raise OutputError("foreign_folder", path=folder)


def _is_study(folder: Path, names: set[str]) -> bool:
    """Whether Cotejo left the files: by ``study.json``, or by what stands beside a damaged one."""
    if "study.json" in names:
        try:
            found = read_json(folder / "study.json")
        except OutputError as error:
            if error.key == "newer_format":
                raise
        else:
            return "seeds" in found and "alternatives" in found
    return any(folder.glob("*/seed-*/run.json"))


def clear_half_written(folder: Path) -> None:
    """Delete what processes that are no more left half-written in ``folder``, which is held.

    Raises:
        OutputError: one can't be deleted.
    """
    try:
        for path in folder.iterdir():
            written = _HALF_WRITTEN.fullmatch(path.name)
            # A report may be written into the folder at this moment: it needs no lock.
            if written and path.is_file() and not _is_running(int(written[1])):
                path.unlink()
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # an earlier process of this number, as in a container: this one has begun
    if os.name != "posix":
        return True  # there `kill` ends it, whatever the signal
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True
