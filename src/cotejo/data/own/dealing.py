"""Pictures dealt out to training, validation and test, as given or so that copies stay together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.dataset import Split
from cotejo.data.own.classes import natural_order
from cotejo.data.own.entries import Entry, LeftOut
from cotejo.data.own.grouping import joined
from cotejo.data.splits import grouped_split, mixed
from cotejo.errors import DataError
from cotejo.texts import readable

__all__ = ["FRACTIONS", "Copies", "Dealt", "deal", "without_few"]

FRACTIONS = (0.7, 0.15, 0.15)
"""The shares of training, validation and test where the data has no split."""

_LEAST = 3
"""The images that a class must have where they are dealt out: one for each split."""

_CHAIN = 0.1
"""The largest share of the images that near copies may chain together."""

Copies = tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]
"""Pairs of positions: of exact copies, and of near ones."""


@dataclass(frozen=True)
class Dealt:
    """How images were dealt out.

    Attributes:
        splits: the positions of the images for training, validation and test.
        about: how the split was made (`Dataset.split`).
        groups: ``[n]``, equal for images that stay on one side (`Split.groups`); None where the
            split was given whole, so that nobody looked for copies.
    """

    splits: dict[str, NDArray[np.int64]]
    about: dict[str, str | int]
    groups: NDArray[np.int64] | None = None

    def of_arrays(self, images: NDArray[np.uint8], labels: NDArray[np.int32]) -> dict[str, Any]:
        """Return the splits of arrays in the order that was dealt out."""
        every = Split(images, labels, groups=self.groups)
        return {name: every.take(positions) for name, positions in self.splits.items()}


def without_few(entries: Sequence[Entry]) -> tuple[list[Entry], list[LeftOut]]:
    """Return the entries without the classes that are too small to be dealt out.

    Where the split is given, a class only has to be among the training images.
    """
    if any(entry.split for entry in entries):
        return list(entries), []
    counts = Counter(entry.label for entry in entries)
    few = {label for label, count in counts.items() if count < _LEAST}
    kept = [entry for entry in entries if entry.label not in few]
    return kept, [LeftOut(e.name, "class_of_few", e.label) for e in entries if e.label in few]


def deal(
    entries: Sequence[Entry],
    seed: int,
    copies: Callable[[], Copies],
    where: object,
) -> Dealt:
    """Return which images are for training, for validation and for the test.

    - Given for training and test, with or without validation: as given; the missing validation
      images are taken from the training images.
    - Given for training and validation only: those for validation are the test, since nothing may
      be chosen by the images of the final figure.
    - Not given: dealt out by `FRACTIONS`.

    What is dealt out keeps the shares of the classes; images of one group, and copies of one
    another, stay on one side.

    Args:
        entries: in the order of the images.
        seed: chooses one of the possible splits.
        copies: finds the pairs of positions that are exact copies, and those that are near ones;
            called if it matters. Where near copies would chain more than a tenth of the images
            together, as in data of images that are all alike, only exact ones count.
        where: what an error calls the data.

    Raises:
        DataError: there are no training images, or a class is not among them.
    """
    given = {
        split: np.flatnonzero([entry.split == split for entry in entries])
        for split in ("train", "valid", "test")
    }
    is_given = any(len(positions) for positions in given.values())
    about: dict[str, str | int] = {"method": "given"}
    if is_given and not len(given["test"]):
        about["test"] = "valid"
        given["test"], given["valid"] = given["valid"], given["valid"][:0]
    if is_given:
        _check_classes(entries, given, where)
        if len(given["valid"]):
            return Dealt(given, about)
    pool = given["train"] if is_given else np.arange(len(entries))
    labels = [entry.label for entry in entries]
    numbers = {label: number for number, label in enumerate(natural_order(set(labels)))}
    every, about["copies"] = _together([entry.group for entry in entries], copies())
    groups = every[pool]
    fractions: Sequence[float] = FRACTIONS
    if is_given:
        learned = FRACTIONS[:2]
        fractions = [share / sum(learned) for share in learned]
    parts = grouped_split([numbers[labels[at]] for at in pool], groups, fractions, seed)
    parts = tuple(mixed(part, seed) for part in parts)
    together = int(len(pool) - len(np.unique(groups)))
    about |= {"seed": seed, "together": together}
    if is_given:
        about["valid"] = "dealt"
        splits = {**given, "train": pool[parts[0]], "valid": pool[parts[1]]}
        return Dealt(splits, about, every)
    about["method"] = "dealt"
    dealt = dict(zip(("train", "valid", "test"), parts, strict=True))
    _check_classes(entries, dealt, where)
    return Dealt(dealt, about, every)


def _together(names: Sequence[str | None], copies: Copies) -> tuple[NDArray[np.int64], str]:
    """Return a number per image, equal for those that stay together, and which copies count."""
    exact, near = copies
    alone: list[str | None] = [None] * len(names)
    chained = joined(len(names), alone, [*exact, *near])
    if np.bincount(chained).max() > max(2.0, _CHAIN * len(names)):
        return joined(len(names), names, exact), "exact"
    return joined(len(names), names, [*exact, *near]), "near"


def _check_classes(
    entries: Sequence[Entry], splits: dict[str, NDArray[np.int64]], where: object
) -> None:
    """Refuse splits without training images or test images, or with a class that is not learned."""
    for split in ("train", "test"):
        if not len(splits[split]):
            key = "own_no_split" if any(entry.split for entry in entries) else "own_one_group"
            raise DataError(key, path=where, split=split)
    learned = {entries[at].label for at in splits["train"]}
    others = {entries[at].label for split in ("valid", "test") for at in splits[split]}
    if missing := natural_order(others - learned):
        names = ", ".join(f'"{readable(name)}"' for name in missing[:5])
        raise DataError("own_never_trained", path=where, names=names)
