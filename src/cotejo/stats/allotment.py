"""Where the next runs tell most: which alternatives get how many further seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Side", "allot"]


@dataclass(frozen=True)
class Side:
    """An alternative as far as further runs of it are worth something.

    Attributes:
        seeds: how many it has.
        need: the sum over the open claims that it is in of the variance between seeds, divided by
            the square of the difference that matters to the claim, so that points, epochs and
            seconds add up; 0 or more. None where no open claim is about it.
        seconds: what a run of it takes.
        parent: the alternative whose run with the same seed has to be there first; None mostly.
    """

    seeds: int
    need: float | None
    seconds: float
    parent: str | None = None


@dataclass
class _Count:
    """How many seeds each alternative has, as runs are allotted."""

    sides: Mapping[str, Side]
    seeds: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.seeds = {name: side.seeds for name, side in self.sides.items()}

    def next_run(self, name: str) -> list[str]:
        """Return what is trained for one seed more: the alternative, after missing parents."""
        needed, wanted = [name], self.seeds[name] + 1
        while (parent := self.sides[needed[0]].parent) is not None:
            if self.seeds[parent] >= wanted:
                break
            needed.insert(0, parent)
        return needed

    def price(self, name: str, *, in_seconds: bool) -> float:
        """Return what one seed more of an alternative takes of the budget."""
        needed = self.next_run(name)
        if not in_seconds:
            return len(needed)
        return sum(max(self.sides[each].seconds, 1e-3) for each in needed)

    def worth(self, name: str) -> tuple[float, int]:
        """Return how much a run takes off the variances, for each second of it.

        Of what is worth as much, the alternative with fewer seeds comes first.
        """
        side, seeds = self.sides[name], self.seeds[name]
        seconds = sum(self.sides[each].seconds for each in self.next_run(name))
        gain = (side.need or 0.0) / (seeds * (seeds + 1))
        return gain / max(seconds, 1e-9), -seeds


def allot(sides: Mapping[str, Side], budget: float, *, in_seconds: bool) -> dict[str, int]:
    """Return how many seeds each alternative has once a budget is used up.

    With one seed more, the variance v/n of a mean of n seeds shrinks by v/(n(n+1)). So the next
    run is always of the alternative where this, summed over the open claims that it is in and
    divided by what the run takes, is largest; what stands in several claims, such as a common
    reference, gets more.

    Args:
        sides: by name, each with one seed or more if an open claim is about it.
        budget: the runs, or the seconds, that may be used; what does not fit is not begun.
        in_seconds: whether the budget is in seconds.

    Returns:
        The number of seeds of every side; those of before where nothing fits.

    Example:
        >>> sides = {"common": Side(3, 2.0, 60), "one": Side(3, 1.0, 60), "slow": Side(3, 1.0, 900)}
        >>> allot(sides, 4, in_seconds=False)
        {'common': 6, 'one': 4, 'slow': 3}
    """
    count = _Count(sides)
    chosen_from = [name for name, side in sides.items() if side.need is not None and side.seeds]
    left = budget
    while True:
        prices = {name: count.price(name, in_seconds=in_seconds) for name in chosen_from}
        affordable = [name for name in chosen_from if prices[name] <= left]
        if not affordable:
            return count.seeds
        best = max(affordable, key=count.worth)
        left -= prices[best]
        for name in count.next_run(best):
            count.seeds[name] += 1
