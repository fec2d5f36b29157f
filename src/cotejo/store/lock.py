"""The lock by which no two studies write to one folder at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cotejo.errors import OutputError

__all__ = ["LOCK", "held"]

LOCK = ".lock"
"""The file by which a process holds a study's folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process, so that no two studies write to it at once.

    Raises:
        OutputError: another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        yield
        return
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError("folder_in_use", path=folder) from error
        except OSError:
            # Some network file systems have no locks; that is no reason to refuse to train.
            yield
            return
        yield
