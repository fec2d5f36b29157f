"""The processes of a study's workers: started, given jobs, heard, replaced and ended."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from cotejo.platform import thread_limits
from cotejo.study.executors.placing import Place, Placed
from cotejo.study.planning import Job, Plan

__all__ = ["Crew", "Worker", "shares"]

GRACE = 60.0
"""Seconds that workers have to end by themselves when a study is stopped: to finish a step, or a
validation, and write a checkpoint. A second Ctrl-C ends this process at once, and they with it."""

_PATIENCE = 5.0
"""The most seconds to wait for what workers said before they ended. It is read at once, unless
processes that they started keep their pipes open."""

_SAID = 4000
"""Bytes of what a worker said last that are kept of one that ended."""


def shares(cores: Sequence[int], count: int) -> list[list[int]]:
    """Deal cores out to so many workers, each its own; the first have one more where some are left.

    Example:
        >>> shares([0, 1, 2, 3, 4], 2)
        [[0, 1, 2], [3, 4]]
    """
    size, more = divmod(len(cores), count)
    starts = [place * size + min(place, more) for place in range(count + 1)]
    return [list(cores[start:end]) for start, end in pairwise(starts)]


class Worker:
    """One process.

    Args:
        number: its place in the crew, from 1.
        cores: those that it may use.
        device: the number of the GPU that it may use; None where there is none to choose.
        plan: what it is to know.
        inbox: where what it says goes, each message beside the worker; None when it has ended.

    Attributes:
        job: what it trains; None while it waits or starts.
        is_ready: whether its backend is loaded.
    """

    def __init__(
        self,
        number: int,
        cores: Sequence[int],
        device: str | None,
        plan: Placed,
        inbox: queue.SimpleQueue[tuple[Worker, Any]],
    ) -> None:
        self.number, self.cores, self.device = number, cores, device
        self.job: Job | None = None
        self.is_ready = False
        self._inbox = inbox
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        # Nothing of Python's own is imported from the current folder, as `-m` alone would have it.
        words = [sys.executable, "-P", "-m", "cotejo.study.executors.worker", _folder_of_imports()]
        words += map(str, cores)
        # A session of its own, so that Ctrl-C reaches the study alone, which then ends its workers.
        self.process = subprocess.Popen(  # noqa: S603
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=_surroundings(len(cores), device),
            start_new_session=True,
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        self.tell(plan)

    def tell(self, plan: Placed) -> None:
        """Have the jobs that follow trained as parts of a plan."""
        self._send(plan)

    def give(self, job: Job, readings: Sequence[Mapping[str, Any]]) -> None:
        """Have a job trained."""
        self.job = job
        self._send((job, readings))

    def _send(self, content: Any) -> None:
        assert self.process.stdin is not None  # noqa: S101
        # One that has ended can't be told anything; that it has ended is in the inbox.
        with suppress(OSError):  # on Windows, any
            pickle.dump(content, self.process.stdin)
            self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101
        try:
            while True:
                # From a process that this one started, through a pipe that is theirs alone.
                self._inbox.put((self, pickle.load(self.process.stdout)))  # noqa: S301
        except (EOFError, OSError, ValueError):
            pass  # it has ended
        except Exception:
            self.process.kill()  # what it says can't be understood: it counts as lost
        finally:
            self.process.wait()
            self._inbox.put((self, None))

    @property
    def end(self) -> str:
        """How it ended: the name of a signal, or its exit code."""
        code = self.process.returncode
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return str(code)

    @property
    def said(self) -> str:
        """What it said last."""
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, self._said.tell() - _SAID))
        return self._said.read().decode(errors="replace")

    def close(self, until: float) -> None:
        """Let go of what is kept of it, once it has ended and all it said is in the inbox.

        Args:
            until: when to stop waiting for that, by `time.monotonic`; its output is then left open.
        """
        self._listening.join(max(0.0, until - time.monotonic()))
        output = None if self._listening.is_alive() else self.process.stdout
        for stream in (self.process.stdin, output, self._said):
            with suppress(OSError):
                if stream is not None:
                    stream.close()


class Crew:
    """Several workers, kept over several plans; at the end of the block all of them have ended.

    Args:
        cores: those of each that there may be.
        devices: the GPUs that they share, by the names that CUDA has for them; [] without any.
    """

    def __init__(self, cores: Sequence[Sequence[int]], devices: Sequence[str] = ()) -> None:
        self._cores, self._devices = cores, devices
        self._inbox: queue.SimpleQueue[tuple[Worker, Any]] = queue.SimpleQueue()
        self._place = Place()
        self._plan: Placed | None = None
        self.workers: list[Worker] = []

    def employ(self, plan: Plan, count: int) -> None:
        """Have a plan trained from now on, by so many workers or those that there are.

        Raises:
            OutputError: there is no room for its images.
            ConfigError: the plan holds something that only this process has.
        """
        self._plan = self._place.put(plan)
        for worker in list(self.workers):
            if worker.process.poll() is None:
                worker.tell(self._plan)
            else:  # it ended while it waited, which costs no run a try
                self.replace(worker)
        while len(self.workers) < min(count, len(self._cores)):
            self.workers.append(self._started(len(self.workers) + 1))
        self._place.clear_old()

    def _started(self, number: int) -> Worker:
        assert self._plan is not None  # noqa: S101
        devices = self._devices
        device = devices[(number - 1) % len(devices)] if devices else None
        return Worker(number, self._cores[number - 1], device, self._plan, self._inbox)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.end(at_once=kind is not None)

    @property
    def idle(self) -> list[Worker]:
        """Those that wait for a job."""
        return [each for each in self.workers if each.is_ready and each.job is None]

    def hear(self) -> tuple[Worker, Any]:
        """Wait for what a worker says next; None once it has ended."""
        while True:
            with suppress(queue.Empty):
                # In pieces, so that Ctrl-C is heard on Windows, too.
                return self._inbox.get(timeout=1.0)

    def left(self) -> Iterator[tuple[Worker, Any]]:
        """Yield what workers have said that nobody heard, without waiting."""
        with suppress(queue.Empty):
            while True:
                yield self._inbox.get_nowait()

    def replace(self, worker: Worker) -> None:
        """Start another worker in the place of one that has ended."""
        place = self.workers.index(worker)
        worker.close(time.monotonic() + _PATIENCE)
        self.workers[place] = self._started(worker.number)

    def end(self, *, at_once: bool) -> None:
        """End all workers; ``at_once`` those, too, that train."""
        try:
            for worker in self.workers:
                if at_once:
                    worker.process.terminate()
                elif worker.process.stdin is not None:
                    with suppress(OSError):
                        worker.process.stdin.close()
            until = time.monotonic() + GRACE
            for worker in self.workers:
                with suppress(subprocess.TimeoutExpired):
                    worker.process.wait(max(0.0, until - time.monotonic()))
        finally:
            for worker in self.workers:
                worker.process.kill()
                worker.process.wait()
            until = time.monotonic() + _PATIENCE
            for worker in self.workers:
                worker.close(until)
            self.workers = []
            self._place.close()


def _folder_of_imports() -> str:
    """Return the current folder if this process imports from it, as a notebook does, or ``""``."""
    with suppress(OSError):  # it was deleted
        here = str(Path.cwd())
        if {"", here} & set(sys.path):
            return here
    return ""


def _surroundings(cores: int, device: str | None) -> dict[str, str]:
    """Return the environment of a worker: where Cotejo is, and what it may use."""
    package = str(Path(__file__).parents[3])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    changed = {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    if not hasattr(os, "sched_setaffinity"):
        changed |= thread_limits(cores)  # it can't be bound to its cores
    if device is not None:
        changed["CUDA_VISIBLE_DEVICES"] = device
    return {**os.environ, **changed}
