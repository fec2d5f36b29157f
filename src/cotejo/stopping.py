"""Requests to stop: Ctrl-C, and the signals of a shutdown or of a terminal that closes.

The command line calls `listen` before anything else. The first signal raises `Stopped` in the
main thread. So open files are closed on the way out, and the command says what is finished and
how to continue. Where something has to end first, such as a step of a training, the request waits:
inside a block of `held`, `check` raises it. The second signal ends the process at once,
even in the middle of native code, where Python can't react to signals: a separate thread reads the
signals as they arrive.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import ClassVar

__all__ = [
    "Stopped",
    "ask",
    "check",
    "code_of",
    "held",
    "interrupt_main",
    "is_waiting",
    "let_go",
    "listen",
    "requested",
]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
_SAME_REQUEST_SECONDS = 0.5
"""A second signal within this time is part of the same request: `timeout`, `make` and a terminal
that closes send one signal to the process and one to its group."""


class Stopped(KeyboardInterrupt):
    """The user, or the system, asked the process to stop.

    Args:
        number: the number of the signal.

    Example:
        >>> Stopped(15).exit_code
        143
    """

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.number = int(number)

    @property
    def exit_code(self) -> int:
        """The exit code that shells report for a process ended by the signal."""
        return 128 + self.number


class _Request:
    """The request to stop, if there was one.

    Attributes:
        number: the number of the signal; None if there was none.
        since: the time of the first signal, by `time.monotonic`; 0 if there was none.
        raised: whether `Stopped` was raised.
        watched: whether a thread reads the signals.
        second_ends: whether a second signal ends the process at once.
        listening: whether `listen` was called; elsewhere, as in a notebook, Ctrl-C is Python's.
        holders: how many blocks of `held` each thread is in, by its ident.
        waiting: the number of a signal that waits for `check`, by the ident of the thread that is
            to stop: of a signal, the main one.
    """

    number: int | None = None
    since: float = 0.0
    raised: bool = False
    watched: bool = False
    second_ends: bool = True
    listening: bool = False
    holders: ClassVar[Counter[int]] = Counter()
    waiting: ClassVar[dict[int, int]] = {}


def requested() -> int | None:
    """Return the number of the signal that asked the process to stop; None if there was none."""
    return _Request.number


def code_of(error: BaseException) -> int:
    """Return the exit code of a command that was stopped by ``error``, a `KeyboardInterrupt`."""
    return error.exit_code if isinstance(error, Stopped) else Stopped().exit_code


def listen(*, second_ends: bool = True) -> None:
    """Turn the signals that ask the process to stop into `Stopped`, from now on.

    A signal that is ignored already stays ignored, as `nohup` and background jobs of a shell need.

    Args:
        second_ends: whether a second signal ends the process at once; if not, it is part of the
            first request, whenever it comes.
    """
    _Request.listening, _Request.second_ends = True, second_ends
    for number in _numbers():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    # Elsewhere this needs a socket, and the system ends the process at a second signal.
    if second_ends and os.name == "posix":
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=_watch, args=(reading,), daemon=True).start()
        _Request.watched = True


def let_go() -> None:
    """Restore the default effect of the signals: the work is done, and nothing is left to say."""
    if _Request.watched:
        signal.set_wakeup_fd(-1)
    for number in _numbers():
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def held() -> Iterator[None]:
    """Inside this block a request to stop waits for `check`, or for the end of the block.

    It is for the thread that enters it: signals come to the main thread, and to others what they
    `ask` themselves. Outside of the command line only Ctrl-C waits. Blocks may overlap in any way,
    as those of several generators do.
    """
    thread = get_ident()
    _Request.holders[thread] += 1
    _take_interrupts()
    try:
        yield
    except Exception:
        _end_block_and_check(thread)  # a request to stop comes before the failure of one run
        raise
    except BaseException:
        _end_block(thread)
        raise
    _end_block_and_check(thread)


def is_waiting(thread: int | None = None) -> bool:
    """Return whether a request to stop waits for `check` in a thread.

    Args:
        thread: its ident; that of the thread that calls this if left out.
    """
    return (get_ident() if thread is None else thread) in _Request.waiting


def interrupt_main() -> bool:
    """Do from another thread what Ctrl-C does: ask the main thread to stop, also while it waits.

    Returns:
        Whether it hears: not where the signals are ignored, or would end the process at once.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(signal.getsignal(number)):
            main = threading.main_thread().ident
            if os.name == "posix" and main is not None:
                signal.pthread_kill(main, number)
            else:
                signal.raise_signal(number)
            return True
    return False


def ask() -> None:
    """Ask the thread that calls this to stop, as Ctrl-C asks the main one.

    Raises:
        KeyboardInterrupt: unless a block of `held` waits for `check`; on the command line it is
            a `Stopped`.
    """
    thread = get_ident()
    _Request.waiting[thread] = int(signal.SIGINT)
    if not _Request.holders[thread]:
        check()


def check() -> None:
    """Raise the request to stop that waits in the thread that calls this, if one does.

    Raises:
        KeyboardInterrupt: it waited; on the command line it is a `Stopped`.
    """
    number = _Request.waiting.pop(get_ident(), None)
    if number is None:
        return
    if not _Request.listening:
        raise KeyboardInterrupt
    _Request.raised = True
    raise Stopped(number)


def _take_interrupts() -> None:
    """Hold Ctrl-C where nobody listens, as in a notebook."""
    if (
        not _Request.listening
        and get_ident() == _main()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):
        signal.signal(signal.SIGINT, _hold)


def _end_block_and_check(thread: int) -> None:
    _end_block(thread)
    if not _Request.holders[get_ident()]:
        check()


def _end_block(thread: int) -> None:
    """End a block of `held` of a thread; after the main one's last, Ctrl-C is Python's again."""
    _Request.holders[thread] -= 1
    in_main = get_ident() == _main()
    if not _Request.holders[_main()] and in_main and signal.getsignal(signal.SIGINT) is _hold:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _hold(number: int, frame: FrameType | None) -> None:
    if _Request.waiting.pop(_main(), None) is not None:  # the second time
        raise KeyboardInterrupt
    _Request.waiting[_main()] = number


def _main() -> int:
    """Return the ident of the main thread, in which Python hears signals."""
    return threading.main_thread().ident or 0


def _numbers() -> list[int]:
    numbers = (getattr(signal, name, None) for name in _NAMES)
    return [number for number in numbers if number is not None]


def _stop(number: int, frame: FrameType | None) -> None:
    if _Request.raised or _main() in _Request.waiting:
        return  # already stopping; the watching thread decides whether to end at once
    _Request.number = number
    if _Request.second_ends and not _Request.watched:
        let_go()
    if _Request.holders[_main()]:
        _Request.waiting[_main()] = number
        return
    _Request.raised = True
    raise Stopped(number)


def _watch(reading: int) -> None:
    while arrived := os.read(reading, 1):
        number = arrived[0]
        if number not in _numbers() or signal.getsignal(number) is not _stop:
            continue
        if _Request.since and time.monotonic() - _Request.since > _SAME_REQUEST_SECONDS:
            _end(number)
        _Request.number = _Request.number or number
        _Request.since = _Request.since or time.monotonic()


def _end(number: int) -> None:
    if sys.__stdout__ is not None and sys.__stdout__.isatty():
        # The live display hides the cursor; this shows it again.
        os.write(1, b"\x1b[?25h\n")
    os._exit(128 + number)
