"""Images that a dataset holds more than once: byte for byte, or changed a little.

Near-duplicates are looked for among each image's nearest neighbours, as it is and mirrored, in a
descriptor that changes little with colour, place and size (and in a model's features, where
there are some); each candidate is then checked by the pixels (`likeness`).

Some data is so much alike that pixels tell no copies from others: small digits, say. So the same
is done with images upside down, of which a dataset should hardly have copies (of digits that look
alike upside down it has): what is found there was found by chance, and the likeness asked for is
raised until little of that is left. It is how the false discoveries of searches in databases of
proteins are counted.

References:
    Elias, J. E., and Gygi, S. P. (2007). Target-decoy search strategy for increased confidence in
    large-scale protein identifications by mass spectrometry. Nature Methods 4(3).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.likeness import likeness
from cotejo.data.audit.pool import Pool

__all__ = ["LIKENESS", "Pairs", "Turn", "candidates", "checked", "exact_duplicates", "settled"]

LIKENESS = 0.75
"""The likeness from which a pair counts as near-duplicates; `docs/audit.md` says how it was set."""

FALSE_SHARE = 0.1
"""The share of those found that may be there by chance; above it, more likeness is asked for."""

SIMILARITY = 0.7
"""The cosine similarity of descriptors from which a neighbour is looked at."""

SIMILARITY_TO_TEST = 0.6
"""The same where one of the two is a test image: a copy missed there bears on the score."""

_AT_ONCE, _THREADS = 500, 4

Turn = Literal["as it is", "mirrored", "upside down"]


@dataclass(frozen=True)
class Pairs:
    """Pairs of images by their running numbers, both ``[m]``; the first is turned in some way."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    turn: Turn


def exact_duplicates(pool: Pool) -> list[tuple[int, int]]:
    """Return each image that is the same, byte for byte, as an earlier one, and the first such.

    Example:
        >>> from dataclasses import replace
        >>> from cotejo.data import load
        >>> digits = load("digits")
        >>> exact_duplicates(Pool(replace(digits, valid=digits.train)))[:2]
        [(1078, 0), (1079, 1)]
    """
    seen: dict[bytes, int] = {}
    found = []
    for block in pool.blocks():
        for number, image in zip(block.tolist(), pool.take(block), strict=True):
            digest = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
            first = seen.setdefault(digest, number)
            if first != number:
                found.append((number, first))
    return found


def candidates(
    numbers: NDArray[np.int64],
    neighbours: tuple[NDArray[np.int64], NDArray[np.float32]],
    turn: Turn,
    test_from: int,
    least: tuple[float, float] = (SIMILARITY, SIMILARITY_TO_TEST),
) -> Pairs:
    """Return the pairs of neighbours that are near enough to be looked at, each once.

    Args:
        numbers: the running numbers of the images whose neighbours were looked for.
        neighbours: of each, the running numbers and the similarities, as `nearest` gives them.
        turn: how those images were turned.
        test_from: the running number of the first test image.
        least: the similarity from which they are: of any pair, and of one with a test image.
    """
    second, near = neighbours[0].ravel(), neighbours[1].ravel()
    first = np.repeat(numbers, neighbours[0].shape[1])
    with_test = (first >= test_from) | (second >= test_from)
    chosen = (near >= np.where(with_test, least[1], least[0])) & (first != second)
    pairs = np.stack([first[chosen], second[chosen]], axis=1)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return Pairs(pairs[:, 0], pairs[:, 1], turn)


def checked(pool: Pool, groups: Iterable[Pairs]) -> list[tuple[int, int, float]]:
    """Return the pairs that are alike by their pixels, the surest first.

    Args:
        pool: the images.
        groups: candidates; of a pair that is in several, the best counts.

    Returns:
        ``(number, partner, likeness)``, the partner being the earlier of the two.
    """
    parts = [
        Pairs(group.first[part], group.second[part], group.turn)
        for group in groups
        for part in _parts(len(group.first))
    ]
    best: dict[tuple[int, int], float] = {}
    # NumPy lets go of Python's lock while it computes, so that threads use every core.
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS)) as threads:
        for pairs, scores in zip(parts, threads.map(partial(_scores, pool), parts), strict=True):
            for index in np.flatnonzero(scores >= LIKENESS).tolist():
                key = (int(pairs.second[index]), int(pairs.first[index]))
                best[key] = max(best.get(key, 0.0), float(scores[index]))
    ranked = sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(number, partner, score) for (number, partner), score in ranked]


def settled(
    scores: Sequence[float], by_chance: Sequence[float], weight: float
) -> tuple[float, float]:
    """Return the likeness to ask for, and how many of those found are expected by chance.

    Args:
        scores: the likenesses found, of `LIKENESS` or more.
        by_chance: those found of images upside down.
        weight: how many pairs each of the latter stands for.

    Returns:
        The lowest likeness, `LIKENESS` or more, above which at most a tenth is by chance; and
        how many of those above it are.

    Example:
        >>> settled([0.9, 0.85, 0.8, 0.76], [0.78], weight=1)
        (0.8, 0.0)
    """
    found, chance = np.sort(scores)[::-1], np.sort(by_chance)
    if len(found) == 0:
        return LIKENESS, 0.0
    expected = weight * (len(chance) - np.searchsorted(chance, found))
    good = np.flatnonzero(expected <= FALSE_SHARE * np.arange(1, len(found) + 1))
    if len(good) == 0:
        return 1.0, 0.0
    last = int(good[-1])
    threshold = LIKENESS if last == len(found) - 1 else float(found[last])
    return threshold, float(expected[last])


def _parts(count: int) -> list[slice]:
    return [slice(start, start + _AT_ONCE) for start in range(0, count, _AT_ONCE)]


def _scores(pool: Pool, pairs: Pairs) -> NDArray[np.float32]:
    return likeness(_turned(pool.take(pairs.first), pairs.turn), pool.take(pairs.second))


def _turned(images: NDArray[np.uint8], turn: Turn) -> NDArray[np.uint8]:
    if turn == "mirrored":
        return images[:, :, ::-1]
    return images[:, ::-1] if turn == "upside down" else images
