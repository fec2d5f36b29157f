"""What is done after the runs is only tried: a study is whole without it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cotejo.errors import CotejoError
from cotejo.store import write_file

__all__ = ["tried"]


@contextmanager
def tried(log: Path, key: str, failed: Callable[[CotejoError], None]) -> Iterator[None]:
    """Do what is in this block; if it fails, write down why and go on.

    Args:
        log: has the traceback then; deleted where nothing failed.
        key: of the error that says so, with its ``reason`` and the ``log``.
        failed: is told that error.

    Raises:
        OutputError: the log can't be written.
    """
    try:
        yield
        log.unlink(missing_ok=True)
    except Exception as error:
        write_file(log, traceback.format_exc())
        first_line = str(error).strip().partition("\n")[0]
        reason = f"{type(error).__name__}: {first_line}"
        failed(CotejoError(key, reason=reason, log=log))
