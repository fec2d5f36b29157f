"""The process of one worker: it takes jobs from its standard input and says what happens.

It is started by `cotejo.study.executors.crew`, and ends when its standard input does: when the
process that started it has ended, however that ended. What anybody prints here goes to standard
error, because events go where standard output went.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import IO, Any

from cotejo.stopping import code_of, listen

__all__ = ["main"]

_SECONDS = 0.1
"""The least time between two batches that are told of."""


def main() -> None:
    """Train the jobs that come, one after the other, until there are no more."""
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Ctrl-C is for the process that started this one, which then says what is to be done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # How that process stops this one, though it may ignore the signal itself.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Whoever ends a service sends it to all its processes; then that one sends it again.
    listen(second_ends=False)
    folder, *cores = sys.argv[1:]
    if folder:
        sys.path.append(folder)  # the last, as in a notebook
    _use_cores(cores)
    try:
        _work(sys.stdin.buffer, events)
    except KeyboardInterrupt as stopped:
        # No more: to unload a backend takes longer than the study waits.
        os._exit(code_of(stopped))


def _use_cores(cores: list[str]) -> None:
    """Use these cores alone, before any library counts them; elsewhere than on Linux, none."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, map(int, cores))


def _take(source: IO[bytes], incoming: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            # From the process that started this one, through a pipe that is theirs alone.
            incoming.put(pickle.load(source))  # noqa: S301
    except (EOFError, pickle.UnpicklingError, OSError):
        os._exit(0)


def _work(source: IO[bytes], events: IO[bytes]) -> None:
    def tell(*message: Any) -> None:
        pickle.dump(message, events)
        events.flush()

    from cotejo.errors import CotejoError

    try:
        # Deferred: this imports the backend, which takes seconds and may fail.
        from cotejo.study.executors.away import own_folder, seldom
        from cotejo.study.executors.placing import Placed, taken
        from cotejo.study.planning import Plan
        from cotejo.study.run import train_run

        # Only now, because what comes imports the same modules, and one that fails in one thread
        # is half there for the other.
        incoming: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_take, args=(source, incoming), daemon=True).start()
        plan: Plan | None = None
        is_ready = False
        while True:
            content = incoming.get()
            if isinstance(content, Placed):
                plan = None  # before its images, so that two are not in memory at once
                with suppress(FileNotFoundError):  # another follows, which has taken its place
                    plan = taken(content)
                if not is_ready:
                    tell("ready")
                    is_ready = True
                continue
            job, readings = content
            assert plan is not None  # noqa: S101 — a plan that has jobs stays where it is
            with own_folder(plan, readings) as own:
                reason = train_run(own, job, seldom(partial(tell, "event"), _SECONDS))
            tell("ended", reason)
    except CotejoError as error:
        tell("broken", error)
        raise


if __name__ == "__main__":
    main()
