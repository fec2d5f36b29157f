"""A shard: one of several parts of a study's plan, for machines that know nothing of each other.

Every machine deals the same plan in the same way, from the study alone, so that all shards together
are the study and no run is in two of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cotejo.errors import ConfigError, OutputError
from cotejo.store import StudyFile, StudyFolder
from cotejo.study.progress import RunId

__all__ = ["Shard", "check_shard_place", "dealt", "shard_named"]


@dataclass(frozen=True)
class Shard:
    """Which part of a study's plan this is.

    Attributes:
        number: which one, from 1.
        of: how many there are.

    Raises:
        ConfigError: there is no such part.

    Example:
        >>> str(Shard(3, 8))
        '3/8'
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        whole = all(type(value) is int for value in (self.number, self.of))
        if not whole or not 1 <= self.number <= self.of:
            raise ConfigError("machines.shard_form", received=f"{self.number}/{self.of}")

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard_named(text: str) -> Shard:
    """Return the shard that a text names.

    Raises:
        ConfigError: it names none.

    Example:
        >>> shard_named("3/8").of
        8
        >>> shard_named("0/8")
        Traceback (most recent call last):
        cotejo.errors.ConfigError: a shard is given as NUMBER/OF, with numbers from 1, such as 3/8 \
for the third of eight; received 0/8.
    """
    parts = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text, re.ASCII)
    if parts is None:
        raise ConfigError("machines.shard_form", received=text)
    return Shard(int(parts[1]), int(parts[2]))


def dealt(shard: Shard, runs: Sequence[RunId], parents: Mapping[str, str | None]) -> set[RunId]:
    """Return the runs of a shard.

    What starts from another run's weights is in that run's shard. Of the rest, one alternative's
    seeds are dealt out in turn, then the next one's: a shard has as much of the slow alternatives
    as of the fast ones, give or take one.

    Args:
        shard: which one.
        runs: all runs of the study.
        parents: of each alternative, the one that it starts from.

    Example:
        >>> runs = [(name, seed) for seed in (1, 2) for name in ("a", "b", "on-a")]
        >>> parents = {"a": None, "b": None, "on-a": "a"}
        >>> sorted(dealt(Shard(1, 2), runs, parents))
        [('a', 1), ('b', 1), ('on-a', 1)]
    """
    places = {name: place for place, name in enumerate(parents)}
    units: dict[RunId, list[RunId]] = {}
    for name, seed in runs:
        units.setdefault((_first(name, parents), seed), []).append((name, seed))
    # Sorting is stable: the seeds of an alternative stay in their order.
    in_turn = sorted(units, key=lambda unit: places[unit[0]])
    return {run for unit in in_turn[shard.number - 1 :: shard.of] for run in units[unit]}


def _first(name: str, parents: Mapping[str, str | None]) -> str:
    """Return the alternative that a chain of ``start_from`` begins with."""
    while (parent := parents[name]) is not None:
        name = parent
    return name


def check_shard_place(folder: Path, shard: Shard) -> None:
    """Refuse a folder that holds a whole study or another shard.

    Raises:
        OutputError: it does.
    """
    if not (folder / StudyFile.RECORD).is_file():
        return
    there = StudyFolder(folder).study.get("shard")
    if there is None:
        raise OutputError("machines.shard_in_whole", path=folder)
    if Shard(there["number"], there["of"]) != shard:
        there = f"{there['number']}/{there['of']}"
        raise OutputError("machines.shard_in_other", path=folder, there=there, shard=shard)
