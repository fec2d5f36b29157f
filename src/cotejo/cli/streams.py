"""Standard output and standard error, which may be closed, full, or without a reader.

A command goes on without them, because what it trains is worth more than what it says. If something
could not be shown, it ends with one line that says so and with exit code 1. Only if the reader has
simply stopped reading, as in ``cotejo models | head -1``, is nothing said.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from cotejo.errors import OutputError

__all__ = ["Outlet", "outlets", "unwritable"]


class Outlet(io.TextIOBase):
    """A text stream that never raises: after the first failure, what is written is dropped.

    Args:
        stream: the stream that it writes to.

    Attributes:
        failure: why the stream can't be written to; None while it can.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        # Asked now: a terminal that was closed since then no longer counts as one.
        self._is_terminal = stream.isatty()
        self.failure: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream; rich chooses its characters by it."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """How the stream handles characters that the encoding lacks."""
        return self._stream.errors

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The stream's file descriptor."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Whether one can write to it: always."""
        return True

    def write(self, text: str) -> int:
        """Write ``text``, or drop it once the stream has failed."""
        if self.failure is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Flush the stream, unless it has failed."""
        if self.failure is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Do nothing: the stream belongs to the process."""

    @property
    def is_lost(self) -> bool:
        """Whether output was lost although somebody was still reading.

        Nobody reads a pipe whose reader has gone (EPIPE), or a terminal that was closed (EIO). On
        a disk, EIO is a real failure.
        """
        if self.failure is None or self.failure.errno == errno.EPIPE:
            return False
        return not (self._is_terminal and self.failure.errno == errno.EIO)

    def _fail(self, error: OSError) -> None:
        self.failure = error
        # The interpreter flushes the rest of the buffer when it ends, so it gets a place to go.
        with suppress(OSError, ValueError, AttributeError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)


@contextmanager
def outlets() -> Iterator[tuple[Outlet, Outlet]]:
    """Replace standard output and standard error by an `Outlet` each, inside the ``with``."""
    before = sys.stdout, sys.stderr
    output, errors = Outlet(sys.stdout), Outlet(sys.stderr)
    sys.stdout, sys.stderr = cast(TextIO, output), cast(TextIO, errors)
    try:
        yield output, errors
    finally:
        output.flush()
        errors.flush()
        sys.stdout, sys.stderr = before


def unwritable(output: Outlet) -> OutputError:
    """Return the error that says that standard output could not be written to, and why."""
    reason = output.failure.strerror if output.failure is not None else ""
    return OutputError("output_lost", reason=reason)
