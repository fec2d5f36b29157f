"""How many trainings at once suit an accelerator best: a short timing decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cotejo.train.programs import ran_out

__all__ = ["Timed", "fastest_size"]

_GAIN = 1.1
"""How many times the images per second of the best size so far a larger size has to reach."""


class Timed(Protocol):
    """Work that can be done for several trainings at once, and timed."""

    def timed(self, size: int) -> tuple[Timed, float]:
        """Do the work of so many trainings; return what is to be done next, and the seconds."""


def fastest_size(work: Timed, most: int) -> int:
    """Return with how many trainings at once the most images per second are trained on.

    One is timed by itself, then 2, 4, 8 and so on, until a tenth more is no longer gained or the
    memory runs out. The program that is compiled for the returned size is the one that the
    trainings use.

    Args:
        work: the first piece of a training's work; used up.
        most: the largest size that is tried, 1 or more.
    """
    best, speed = 1, 0.0
    for size in _sizes(most):
        try:
            work, _ = work.timed(size)  # compiles
            work, seconds = work.timed(size)
        except Exception as error:
            if not ran_out(error):
                raise
            break
        if size < _GAIN * speed * seconds:
            break
        best, speed = size, size / seconds
    return best


def _sizes(most: int) -> Iterator[int]:
    """Yield 1, 2, 4 and so on, and at last the largest size.

    Example:
        >>> list(_sizes(1)), list(_sizes(3)), list(_sizes(16))
        ([1], [1, 2, 3], [1, 2, 4, 8, 16])
    """
    size = 1
    while size < most:
        yield size
        size *= 2
    yield most
