"""Several cores at work: NumPy releases Python's lock while it computes, so threads are enough."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

__all__ = ["THREADS", "mapped"]

THREADS = min(os.cpu_count() or 1, 4)
"""One for each core; at most four, since each holds blocks of images in memory."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield what a function returns for each item, in order, computed by `THREADS` threads.

    Items are taken only a little ahead of the results, so that few of them are in memory. Meanwhile
    a matrix product has one thread, so that the threads do not wait for each other's.

    Example:
        >>> list(mapped(abs, [-1, 2, -3]))
        [1, 2, 3]
    """
    running: deque[Future[Result]] = deque()
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(THREADS) as threads:
        for item in items:
            running.append(threads.submit(function, item))
            if len(running) > THREADS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
