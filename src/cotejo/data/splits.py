"""Stratified splits and subsets, in which each class keeps its share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cotejo.errors import DataError

__all__ = ["grouped_split", "mixed", "nested_subset", "stratified_split"]


def stratified_split(
    labels: ArrayLike, fractions: Sequence[float], seed: int
) -> tuple[NDArray[np.int64], ...]:
    """Return the positions of each part of a split that keeps the classes' proportions.

    Every part gets its share of each class, to within one image. The same arguments give the same
    parts on every machine.

    Args:
        labels: the class of each image, ``[n]``, whole numbers.
        fractions: the share of each part, in ``(0, 1]``; they add up to 1.
        seed: chooses one of the possible splits, 0 or more.

    Returns:
        The positions of each part, ascending, int64. Each position is in exactly one part, and
        every part has an image of every class.

    Raises:
        DataError: a class has too few images to give each part one.
        ValueError: the labels are not a vector, or the fractions are out of range.

    Example:
        >>> train, test = stratified_split([0, 0, 0, 0, 1, 1, 1, 1], (0.75, 0.25), seed=0)
        >>> len(train), len(test)
        (6, 2)
    """
    classes = np.asarray(labels)
    if classes.ndim != 1:
        raise ValueError(f"`labels` must be a vector; received shape {classes.shape}")
    if not all(0 < fraction <= 1 for fraction in fractions) or not math.isclose(
        math.fsum(fractions), 1
    ):
        raise ValueError(f"`fractions` must be in (0, 1] and add up to 1; received {fractions}")
    generator = np.random.default_rng(seed)
    parts: list[list[NDArray[np.int64]]] = [[] for _ in fractions]
    for label in np.unique(classes):
        members = generator.permutation(np.flatnonzero(classes == label))
        # The running total is rounded, not each share, so that no image is left over.
        bounds = np.rint(np.cumsum(fractions)[:-1] * len(members)).astype(int)
        if (np.diff([0, *bounds, len(members)]) == 0).any():
            raise DataError(
                "class_too_small", label=label, count=len(members), parts=len(fractions)
            )
        for part, chosen in zip(parts, np.split(members, bounds), strict=True):
            part.append(chosen)
    empty = np.empty(0, np.int64)
    return tuple(np.sort(np.concatenate([empty, *part])) for part in parts)


def nested_subset(labels: ArrayLike, fraction: float, seed: int) -> NDArray[np.int64]:
    """Return the positions of a share of each class's images.

    For the same seed, the subset of a larger fraction contains that of a smaller one, so that a
    learning curve only ever adds images. Each class keeps at least one image.

    Args:
        labels: the class of each image, ``[n]``.
        fraction: the share, in ``(0, 1]``; 1 gives every image, in order.
        seed: chooses one of the possible subsets, 0 or more.

    Returns:
        Positions, ascending, int64.

    Raises:
        ValueError: the labels are not a vector, or the fraction is out of range.

    Example:
        >>> [len(nested_subset([0, 0, 0, 0, 1, 1, 1, 1], share, seed=0)) for share in (0.25, 1)]
        [2, 8]
    """
    classes = np.asarray(labels)
    if classes.ndim != 1:
        raise ValueError(f"`labels` must be a vector; received shape {classes.shape}")
    if not 0 < fraction <= 1:
        raise ValueError(f"`fraction` must be in (0, 1]; received {fraction}")
    if fraction == 1:
        return np.arange(len(classes))
    generator = np.random.default_rng(seed)
    subset = [np.empty(0, np.int64)]
    for label in np.unique(classes):
        members = generator.permutation(np.flatnonzero(classes == label))
        subset.append(members[: max(1, round(fraction * len(members)))])
    return np.sort(np.concatenate(subset))


def grouped_split(
    labels: ArrayLike, groups: ArrayLike, fractions: Sequence[float], seed: int
) -> tuple[NDArray[np.int64], ...]:
    """Return the positions of each part of a split that keeps groups whole and classes in share.

    Groups are dealt out one by one, the largest of the rarest class first, each to the part that
    lacks most of that class. Without groups of several images it is about as even as
    `stratified_split`; with large groups a part can miss its share.

    Args:
        labels: the class of each image, ``[n]``, whole numbers.
        groups: the number of each image's group, ``[n]``; those of one group stay together.
        fractions: the share of each part, in ``(0, 1]``; they add up to 1.
        seed: chooses one of the possible splits, 0 or more.

    Returns:
        The positions of each part, ascending, int64. A part may have no image of a class that has
        too few groups.

    References:
        Sechidis, K., Tsoumakas, G., and Vlahavas, I. (2011). On the stratification of multi-label
        data. ECML PKDD.

    Example:
        >>> train, test = grouped_split([0, 0, 0, 1, 1, 1], [7, 7, 8, 9, 9, 5], (0.5, 0.5), seed=0)
        >>> sorted([len(train), len(test)])
        [3, 3]
    """
    classes, members = np.asarray(labels), np.asarray(groups)
    names, of_class = np.unique(classes, return_inverse=True)
    _, of_group = np.unique(members, return_inverse=True)
    # How many images of each class every group has.
    counts = np.zeros((int(of_group.max(initial=-1)) + 1, len(names)))
    np.add.at(counts, (of_group, of_class), 1)
    wanted = np.outer(np.asarray(fractions), counts.sum(axis=0))
    room = np.asarray(fractions) * len(classes)
    generator = np.random.default_rng(seed)
    waiting = set(range(len(counts)))
    part_of = np.zeros(len(counts), np.int64)
    for rarest in np.argsort(counts.sum(axis=0), kind="stable"):
        own = generator.permutation([group for group in sorted(waiting) if counts[group, rarest]])
        for group in sorted(own.tolist(), key=lambda group: -counts[group].sum()):
            lacking = np.lexsort((room, wanted[:, rarest]))
            part = int(lacking[-1])
            part_of[group] = part
            wanted[part] -= counts[group]
            room[part] -= counts[group].sum()
            waiting.discard(group)
    parts = part_of[of_group]
    return tuple(np.flatnonzero(parts == part) for part in range(len(wanted)))


def mixed(positions: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return positions in an order by chance: the first of them are then a sample of all classes.

    Images often come class by class, and several things look at the first of them only.
    """
    return np.random.default_rng(seed).permutation(positions)
