"""Being asked to stop: Ctrl-C, and the signals of a shutdown or of a terminal that closes.

The command line calls `listen` before anything else. The first signal raises `Stopped` in the
main thread, so that what is open is closed on the way out, and the command says what is finished
and how to go on. The second ends the process at once, even in the middle of native code, where
Python can't act on a signal: a thread of its own reads the signals as they arrive.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

__all__ = ["Stopped", "code_of", "let_go", "listen", "requested"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
_TOGETHER = 0.5
"""Seconds within which a second signal is the same wish: `timeout`, a terminal that closes, and
`make` send one to the process and one to its group."""


class Stopped(KeyboardInterrupt):
    """The user, or the system, asked the process to stop.

    Args:
        number: the signal's.

    Example:
        >>> Stopped(15).exit_code
        143
    """

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.number = int(number)

    @property
    def exit_code(self) -> int:
        """The exit code that shells give a process which the signal ended."""
        return 128 + self.number


class _Asked:
    """What has been asked so far."""

    number: int | None = None
    since: float = 0.0
    raised: bool = False
    watched: bool = False


def requested() -> int | None:
    """Return the number of the signal by which the process was asked to stop, None without one."""
    return _Asked.number


def code_of(error: BaseException) -> int:
    """Return the exit code of a command that ``error``, a `KeyboardInterrupt`, stopped."""
    return error.exit_code if isinstance(error, Stopped) else Stopped().exit_code


def listen() -> None:
    """Turn the signals that ask for an end into `Stopped`, from here on.

    One that is ignored already stays ignored, as `nohup` and a shell's background jobs want it.
    """
    for number in _numbers():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    if os.name == "posix":  # elsewhere it takes a socket; a second signal there ends by itself
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=_watch, args=(reading,), daemon=True).start()
        _Asked.watched = True


def let_go() -> None:
    """Give the signals their own effect again: the work is done, and nothing is left to tell."""
    if _Asked.watched:
        signal.set_wakeup_fd(-1)
    for number in _numbers():
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)


def _numbers() -> list[int]:
    known = (getattr(signal, name, None) for name in _NAMES)
    return [number for number in known if number is not None]


def _stop(number: int, frame: FrameType | None) -> None:
    if _Asked.raised:
        return  # already on the way out; whether it is to be at once, the watching thread says
    _Asked.raised, _Asked.number = True, number
    if not _Asked.watched:
        let_go()
    raise Stopped(number)


def _watch(reading: int) -> None:
    while arrived := os.read(reading, 1):
        number = arrived[0]
        if number not in _numbers() or signal.getsignal(number) is not _stop:
            continue
        if _Asked.since and time.monotonic() - _Asked.since > _TOGETHER:
            _end(number)
        _Asked.number = _Asked.number or number
        _Asked.since = _Asked.since or time.monotonic()


def _end(number: int) -> None:
    if sys.__stdout__ is not None and sys.__stdout__.isatty():
        # The live lines hide the cursor.
        os.write(1, b"\x1b[?25h\n")
    os._exit(128 + number)
