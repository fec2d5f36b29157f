"""One thread that runs the networks, on what all clients asked, in batches; one for slow work.

The event loop puts jobs into a queue. The thread takes what is there, waits a few milliseconds for
more, and asks the network once for all of them. While it computes, the next jobs gather, so that a
busy server has full batches without waiting. A network is asked for a few sizes of batches only,
the next larger one filled up, because Keras compiles anew for every size.

Explanations, which take seconds, are made in another thread, so that they hold up nobody's answers.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.serve.limits import Refusal
from cotejo.serve.models import Answering, answers_of

__all__ = ["SIZES", "Batcher"]

SIZES = (1, 2, 4, 8, 16, 32)
"""The numbers of images that a network is asked for at a time."""

_WINDOW = 0.002
"""Seconds that a job waits for others before the network is asked."""


@dataclass(eq=False)
class _Job:
    future: asyncio.Future[Any]
    model: Answering
    images: NDArray[np.uint8]
    alone: bool = False
    """Whether the network is to be asked for it alone, so that a size is compiled."""

    @property
    def size(self) -> int:
        return len(self.images)


class Batcher:
    """Runs networks in a thread of its own, and slow work in another.

    Args:
        most_waiting: how many images may wait.
        on_batch: told of the size of each batch, in the thread.
    """

    def __init__(
        self, most_waiting: int, on_batch: Callable[[int], Any] = lambda size: None
    ) -> None:
        self._most_waiting = most_waiting
        self._on_batch = on_batch
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closed = False
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="explaining")
        self._thread = threading.Thread(target=self._work, name="networks", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many images wait or are being looked at."""
        return self._waiting

    async def ask(self, model: Answering, images: NDArray[np.uint8]) -> list[Any]:
        """Return what a model says of images ``[n, height, width, channels]``, uint8.

        Raises:
            Refusal: 429 if too many wait already, 503 if the server is closing.
        """
        parts = [images[start : start + SIZES[-1]] for start in range(0, len(images), SIZES[-1])]
        loop = asyncio.get_running_loop()
        self._enter(len(images))
        try:
            jobs = [_Job(loop.create_future(), model, part) for part in parts]
            for job in jobs:
                self._queue.put(job)
            # All are awaited, even if the first one fails: until then they count as waiting.
            said = await asyncio.gather(*(job.future for job in jobs), return_exceptions=True)
        finally:
            self._waiting -= len(images)
        answers: list[Any] = []
        for part in said:
            if isinstance(part, BaseException):
                raise part
            answers.extend(part)
        return answers

    async def warm_up(self, model: Answering) -> None:
        """Ask a model for each size of a batch, so that no client waits for compiling.

        What clients ask meanwhile is answered in between.
        """
        for size in SIZES:
            if self._closed:
                return
            blank = np.zeros((size, *model.image_shape), np.uint8)
            job = _Job(asyncio.get_running_loop().create_future(), model, blank, alone=True)
            self._queue.put(job)
            await job.future

    async def run(self, work: Callable[[], Any]) -> Any:
        """Return what ``work`` returns, which is called in the other thread: an explanation, say.

        Raises:
            Refusal: as `ask`.
        """
        self._enter(1)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._beside, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads once they have done what waits."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._beside.shutdown()

    def _enter(self, size: int) -> None:
        if self._closed:
            raise Refusal(503, "closing")
        if self._waiting + size > self._most_waiting:
            raise Refusal(429, "busy", headers={"retry-after": "1"})
        self._waiting += size

    def _work(self) -> None:
        last: _Job | None = None
        while True:
            first = last or self._queue.get()
            last = None
            if first is None:
                return
            batch, last, ended = self._gather(first)
            for model in dict.fromkeys(job.model for job in batch):
                own = [job for job in batch if job.model is model and not job.future.cancelled()]
                if own:
                    self._answer(model, own)
            if ended:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], _Job | None, bool]:
        """Return a batch, a job that came and does not belong to it, and whether to end."""
        batch, size = [first], first.size
        if first.alone:
            return batch, None, False
        until = time.monotonic() + _WINDOW
        while size < SIZES[-1]:
            try:
                job = self._queue.get(timeout=max(until - time.monotonic(), 0))
            except queue.Empty:
                break
            if job is None:
                return batch, None, True
            if job.alone or size + job.size > SIZES[-1]:
                return batch, job, False
            batch.append(job)
            size += job.size
        return batch, None, False

    def _asked(self, model: Answering, jobs: Sequence[_Job]) -> list[list[Any]]:
        """Return, by job, what the model says of its images."""
        images = np.concatenate([job.images for job in jobs])
        count = len(images)
        if not jobs[0].alone:
            self._on_batch(count)
        size = next(size for size in SIZES if size >= count)
        if size > count:
            images = np.concatenate([images, np.repeat(images[:1], size - count, axis=0)])
        said = answers_of(model, images)[:count]
        ends = np.cumsum([job.size for job in jobs])
        return [said[end - job.size : end] for job, end in zip(jobs, ends, strict=True)]

    def _answer(self, model: Answering, jobs: Sequence[_Job]) -> None:
        """Ask the model and hand what it says, or its error, to the event loop at once."""
        results: Sequence[Any]
        try:
            results, failure = self._asked(model, jobs), None
        except Exception as error:  # it is raised where it is awaited
            results, failure = [None] * len(jobs), error

        def tell() -> None:
            for job, result in zip(jobs, results, strict=True):
                if job.future.done():
                    continue
                if failure is None:
                    job.future.set_result(result)
                else:
                    job.future.set_exception(failure)

        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            jobs[0].future.get_loop().call_soon_threadsafe(tell)
