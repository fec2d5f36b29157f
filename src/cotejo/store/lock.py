"""The lock of a folder: no two processes write to one folder at the same time."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store.layout import StudyFile

__all__ = ["is_abandoned", "is_locked", "locked"]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock ``folder`` for this process, so that no two studies write to it at once.

    The system takes the lock away when the process ends, however it ends. The file ``.lock``
    stays; that it is there says nothing.

    Raises:
        OutputError: another process has locked it, it can't be written to, or what is called
            ``.lock`` there is not a file that can be locked.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        yield
        return
    descriptor = _opened(folder / StudyFile.LOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise OutputError("folder_in_use", path=folder) from error
    except OSError:
        # Some network file systems have no locks; that is no reason to refuse to train.
        pass
    try:
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Return whether a process has locked ``folder``: a study is training there.

    Where the system has no such locks, nothing is known, and the answer is no.
    """
    return _is_held(folder) is True


def is_abandoned(folder: Path, seconds: float) -> bool:
    """Return whether a process of this machine has locked ``folder`` and ended.

    Where nothing is known, the answer is no.

    Args:
        folder: that may have been locked.
        seconds: how long ago at least it was locked for the first time.
    """
    try:
        age = time.time() - (folder / StudyFile.LOCK).stat().st_mtime
    except OSError:
        return False
    return age >= seconds and _is_held(folder) is False


def _is_held(folder: Path) -> bool | None:
    """Return whether a process holds the lock of a folder; None where that can't be told."""
    try:
        import fcntl

        descriptor = os.open(folder / StudyFile.LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (ImportError, OSError):
        return None
    try:
        # Shared, and given back at once: a study that starts just now is hardly ever in the way.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return None
    finally:
        os.close(descriptor)
    return False


def _opened(path: Path) -> int:
    """Open the lock's file, made where it is missing, and return its descriptor."""
    # Neither through a link, which may lead anywhere, nor waiting for the other end of a pipe.
    careful = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | careful, 0o666)
        except PermissionError:
            if not path.exists():
                raise
            # Another user's, who shares the folder: a lock needs no more than to read it.
            descriptor = os.open(path, os.O_RDONLY | careful)
    except OSError as error:
        if path.is_symlink():
            raise _no_lock(path, os.strerror(errno.ELOOP)) from error
        if os.path.lexists(path):
            raise _no_lock(path, error.strerror) from error
        reason = error.strerror or error
        raise OutputError("cannot_write", path=path.parent, reason=reason) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_lock(path, os.strerror(errno.EINVAL))
    return descriptor


def _no_lock(path: Path, reason: str | None) -> OutputError:
    return OutputError("lock_unusable", path=path, reason=reason)
