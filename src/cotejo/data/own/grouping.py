"""What has to stay on one side of a split: a patient, a video, a burst of photographs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cotejo.data.own.entries import Entry
from cotejo.errors import DataError

__all__ = ["by_pattern", "joined"]


def by_pattern(entries: Sequence[Entry], pattern: str) -> list[Entry]:
    r"""Return the entries with the group that a pattern finds in their names.

    Args:
        entries: whose names are paths, parted by ``/``.
        pattern: a regular expression; the group is what it matches, or its first parenthesis.

    Raises:
        DataError: it is no regular expression, or it matches no name.

    Example:
        >>> [entry.group for entry in by_pattern([Entry("cat/p07-2.jpg", "cat")], r"p(\d+)")]
        ['07']
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise DataError("own_group_pattern", pattern=pattern, reason=error) from error
    grouped = []
    for entry in entries:
        match = expression.search(entry.name)
        text = None if match is None else match[1] if expression.groups else match[0]
        grouped.append(replace(entry, group=text))
    if entries and all(entry.group is None for entry in grouped):
        raise DataError("own_group_nowhere", pattern=pattern, example=entries[0].name)
    return grouped


def joined(
    count: int, groups: Sequence[str | None], pairs: Iterable[tuple[int, int]]
) -> NDArray[np.int64]:
    """Return a number per image that is equal for all that have to stay together.

    Args:
        count: how many images there are.
        groups: the name of each image's group; None for none.
        pairs: positions of images that are copies of each other.

    Example:
        >>> joined(4, [None, "a", "a", None], [(2, 3)]).tolist()
        [0, 1, 1, 1]
    """
    leader = list(range(count))

    def first(position: int) -> int:
        while leader[position] != position:
            leader[position] = leader[leader[position]]
            position = leader[position]
        return position

    def join(one: int, other: int) -> None:
        low, high = sorted((first(one), first(other)))
        leader[high] = low

    named: dict[str, int] = {}
    for position, group in enumerate(groups):
        if group is not None:
            join(named.setdefault(group, position), position)
    for one, other in pairs:
        join(one, other)
    return np.array([first(position) for position in range(count)], np.int64)
