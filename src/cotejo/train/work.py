"""Work that a training asks for and waits for, so that several trainings can do theirs together.

A training is a generator. It yields each piece of work that a device does, and is sent the result.
Whoever drives it decides how the work is done: `alone`, at once, or `side_by_side` with the same
piece of other trainings, in one call of the device.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Generator, Hashable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from cotejo import stopping

__all__ = ["Clock", "Steps", "Work", "alone", "side_by_side"]

T = TypeVar("T")


class Work(Protocol):
    """A piece of work for the device."""

    @property
    def alike(self) -> Hashable:
        """What pieces of work have in common that can be done together."""

    def alone(self) -> Any:
        """Do this piece, and return its result."""

    def together(self, others: Sequence[Any], size: int) -> list[Any]:
        """Do this piece and others that are alike, and return their results, this one's first.

        Args:
            others: the other pieces.
            size: for how many pieces the device was prepared: as many as these, or more.
        """


Steps: TypeAlias = Generator[Work, Any, T]
"""A training, or what trains: it yields work, is sent results, and returns a ``T``."""


class Clock:
    """Counts the seconds of one training among several: its own, and its share of the common ones.

    Example:
        >>> clock = Clock()
        >>> clock.add(2.0)
        >>> clock()
        2.0
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._since: float | None = None

    def __call__(self) -> float:
        """Return the seconds so far."""
        running = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._seconds + running

    def go(self) -> None:
        """Count from now on."""
        self._since = time.perf_counter()

    def stop(self) -> None:
        """Count no longer."""
        self._seconds, self._since = self(), None

    def add(self, seconds: float) -> None:
        """Count a share of what was done together."""
        self._seconds += seconds


def alone(steps: Steps[T], *, heeds: bool = True) -> T:
    """Drive a training by itself to its end, and return what it returns.

    Args:
        steps: the training, or a part of it.
        heeds: whether a request to stop that waits is raised between two steps.

    Example:
        >>> def steps():
        ...     return "trained"
        ...     yield
        >>> alone(steps())
        'trained'
    """
    result: Any = None
    try:
        while True:
            asked = heeds and stopping.is_waiting()
            try:
                work = _resumed(steps, result)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            if asked:  # before this, so that the training has written a checkpoint
                stopping.check()
            try:
                result = work.alone()
            except Exception as error:
                result = error
    finally:
        steps.close()


def side_by_side(
    trainings: Sequence[tuple[Steps[T], Clock]], ended: Callable[[int, T], None]
) -> None:
    """Drive several trainings to their ends, and do together what is alike.

    One that ends leaves the others; their work goes on as before.

    Args:
        trainings: each with the clock that counts its seconds.
        ended: called with a training's position and what it returned, when it ends.

    Raises:
        BaseException: what a training raises; the others are closed.
    """
    results: dict[int, Any] = dict.fromkeys(range(len(trainings)))
    try:
        while results:
            to_stop = stopping.is_waiting()
            asked: dict[int, Work] = {}
            for place, result in results.items():
                steps, clock = trainings[place]
                clock.go()
                try:
                    work = _resumed(steps, result)
                except StopIteration as end:
                    ended(place, end.value)
                else:
                    asked[place] = work
                finally:
                    clock.stop()
            if to_stop:  # before this, so that each has written a checkpoint
                stopping.check()
            results = _done(asked, trainings)
    finally:
        for steps, _ in trainings:
            steps.close()


def _done(asked: dict[int, Work], trainings: Sequence[tuple[Steps[Any], Clock]]) -> dict[int, Any]:
    """Do what trainings ask for; return the results, or errors, by the trainings' places."""
    kinds: dict[Hashable, list[int]] = defaultdict(list)
    for place, work in asked.items():
        kinds[work.alike].append(place)
    results: dict[int, Any] = {}
    for places in kinds.values():
        first, *others = (asked[place] for place in places)
        started = time.perf_counter()
        try:
            done = first.together(others, len(trainings))
        except Exception as error:
            done = [error] * len(places)
        results |= zip(places, done, strict=True)
        for place in places:
            trainings[place][1].add((time.perf_counter() - started) / len(places))
    return results


def _resumed(steps: Steps[Any], result: Any) -> Work:
    """Give a training the result it waits for, or raise the error there; return its next work."""
    return steps.throw(result) if isinstance(result, Exception) else steps.send(result)
