"""Images that a dataset holds more than once: byte for byte, or slightly changed.

Near-duplicates are searched for among the nearest neighbours of each image, as it is and mirrored.
Neighbours are near by a descriptor that changes little with colour, position and size, and by a
model's features if there are any. Each candidate pair is then checked by its pixels (`likeness`).

In some data, such as small digits, images are so alike that pixels do not tell copies from others.
So the search is repeated with images upside down, of which a dataset should have hardly any copies
(except of figures that look the same upside down, as some digits do). What this search finds, it
finds by chance, and the likeness asked for is raised until little of it is left. False discoveries
of searches in protein databases are counted in the same way.

References:
    Elias, J. E., and Gygi, S. P. (2007). Target-decoy search strategy for increased confidence in
    large-scale protein identifications by mass spectrometry. Nature Methods 4(3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.likeness import Turn, begun, coarse, finished
from cotejo.data.audit.pool import Pool
from cotejo.data.audit.threads import mapped

__all__ = [
    "LIKENESS",
    "Pairs",
    "alike",
    "candidates",
    "coarse_planes",
    "exact_duplicates",
    "likeness_to_ask_for",
]

LIKENESS = 0.75
"""The likeness from which a pair counts as near-duplicates; `docs/audit.md` says how it was set."""

FALSE_SHARE = 0.1
"""The share of the pairs that may be there by chance; above it, more likeness is asked for."""

SIMILARITY = 0.7
"""The cosine similarity of descriptors from which a neighbour is checked."""

SIMILARITY_TO_TEST = 0.6
"""The same if one of the two is a test image: a copy missed there changes the score."""

_AT_ONCE, _READ_AT_ONCE = 1_000, 100


@dataclass(frozen=True)
class Pairs:
    """Pairs of images, by their running numbers.

    Attributes:
        first: the first image of each pair, ``[m]``.
        second: the second image of each pair, ``[m]``.
        turn: how the first image is turned before the two are compared.
        warp: how the second lies over the first, as far as it is known, ``[m, 4]``.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    turn: Turn
    warp: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))

    def part(self, chosen: slice) -> Pairs:
        """Return some of the pairs."""
        return Pairs(self.first[chosen], self.second[chosen], self.turn, self.warp[chosen])


def exact_duplicates(pool: Pool) -> list[tuple[int, int]]:
    """Return each image that equals an earlier one byte for byte, with the first such image.

    Example:
        >>> from dataclasses import replace
        >>> from cotejo.data import load
        >>> digits = load("digits")
        >>> exact_duplicates(Pool(replace(digits, valid=digits.train)))[:2]
        [(1078, 0), (1079, 1)]
    """
    seen: dict[bytes, int] = {}
    pairs = []
    for block in pool.blocks():
        for number, image in zip(block.tolist(), pool.take(block), strict=True):
            digest = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
            first = seen.setdefault(digest, number)
            if first != number:
                pairs.append((number, first))
    return pairs


def candidates(
    numbers: NDArray[np.int64],
    neighbours: tuple[NDArray[np.int64], NDArray[np.float32]],
    turn: Turn,
    test_from: int,
    least: tuple[float, float] = (SIMILARITY, SIMILARITY_TO_TEST),
) -> Pairs:
    """Return the pairs of neighbours that are similar enough to be checked, each pair once.

    Args:
        numbers: the running numbers of the images whose neighbours were searched for.
        neighbours: the running numbers and the similarities of their neighbours, as `nearest`
            gives them.
        turn: how those images were turned.
        test_from: the running number of the first test image.
        least: the similarity that is enough, for a pair without and for one with a test image.
    """
    second, similarity = neighbours[0].ravel(), neighbours[1].ravel()
    first = np.repeat(numbers, neighbours[0].shape[1])
    with_test = (first >= test_from) | (second >= test_from)
    chosen = (similarity >= np.where(with_test, least[1], least[0])) & (first != second)
    pairs = np.stack([first[chosen], second[chosen]], axis=1)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return Pairs(pairs[:, 0], pairs[:, 1], turn)


def alike(
    pool: Pool, groups: Iterable[Pairs], planes: NDArray[np.float32]
) -> list[tuple[int, int, float]]:
    """Return the pairs that are alike by their pixels, the most alike first.

    Args:
        pool: the images.
        groups: candidates; if a pair is in several groups, its largest likeness counts.
        planes: `coarse_planes` of the pool.

    Returns:
        ``(number, partner, likeness)`` for each pair; the partner is the earlier of the two.
    """
    begin = partial(_begun, planes, (len(pool), *pool.dataset.image_shape))
    begun_parts = mapped(begin, [part for group in groups for part in _parts(group)])
    parts = [part for each in _joined(begun_parts) for part in _parts(each)]
    best: dict[tuple[int, int], float] = {}
    for pairs, likenesses in zip(parts, mapped(partial(_finished, pool), parts), strict=True):
        for index in np.flatnonzero(likenesses >= LIKENESS).tolist():
            key = (int(pairs.second[index]), int(pairs.first[index]))
            best[key] = max(best.get(key, 0.0), float(likenesses[index]))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [(number, partner, likeness) for (number, partner), likeness in ranked]


def likeness_to_ask_for(
    likenesses: Sequence[float], by_chance: Sequence[float], weight: float
) -> tuple[float, float]:
    """Return the likeness from which a pair counts, and how many such pairs chance explains.

    Args:
        likenesses: those of the pairs that were found, each `LIKENESS` or more.
        by_chance: those of the pairs that were found with images upside down.
        weight: how many pairs each pair of the latter stands for.

    Returns:
        The lowest likeness, `LIKENESS` or more, from which on at most a tenth of the pairs is
        expected by chance; and how many of these pairs are.

    Example:
        >>> likeness_to_ask_for([0.9, 0.85, 0.8, 0.76], [0.78], weight=1)
        (0.8, 0.0)
    """
    descending, chance = np.sort(likenesses)[::-1], np.sort(by_chance)
    if len(descending) == 0:
        return LIKENESS, 0.0
    expected = weight * (len(chance) - np.searchsorted(chance, descending))
    good = np.flatnonzero(expected <= FALSE_SHARE * np.arange(1, len(descending) + 1))
    if len(good) == 0:
        return 1.0, 0.0
    last = int(good[-1])
    threshold = LIKENESS if last == len(descending) - 1 else float(descending[last])
    return threshold, float(expected[last])


def coarse_planes(pool: Pool) -> NDArray[np.float32]:
    """Return all images small and grey, as `alike` compares them first, ``[n, side, side]``."""
    blocks = pool.blocks(_READ_AT_ONCE)
    return np.concatenate(list(mapped(lambda block: coarse(pool.take(block)), blocks)))


def _parts(pairs: Pairs) -> list[Pairs]:
    starts = range(0, len(pairs.first), _AT_ONCE)
    return [pairs.part(slice(start, start + _AT_ONCE)) for start in starts]


def _begun(planes: NDArray[np.float32], shape: tuple[int, ...], pairs: Pairs) -> Pairs:
    """Return the pairs that may be alike, by what a first comparison says."""
    going, warp = begun(planes, shape, pairs.first, pairs.second, pairs.turn)
    return Pairs(pairs.first[going], pairs.second[going], pairs.turn, warp)


def _joined(parts: Iterable[Pairs]) -> list[Pairs]:
    """Return the pairs of each turn together."""
    by_turn: dict[Turn, list[Pairs]] = {}
    for part in parts:
        by_turn.setdefault(part.turn, []).append(part)
    return [
        Pairs(
            np.concatenate([part.first for part in same]),
            np.concatenate([part.second for part in same]),
            turn,
            np.concatenate([part.warp for part in same]),
        )
        for turn, same in by_turn.items()
    ]


def _finished(pool: Pool, pairs: Pairs) -> NDArray[np.float32]:
    # An image is in several pairs, and is made ready once.
    numbers, positions = np.unique(np.stack([pairs.first, pairs.second]), return_inverse=True)
    first, second = positions.reshape(2, -1)
    return finished(pool.take(numbers), first, second, pairs.warp, pairs.turn)
