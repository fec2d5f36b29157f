"""The stratified split, for data that comes without one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["stratified_split"]


def stratified_split(
    labels: ArrayLike, fractions: Sequence[float], seed: int
) -> tuple[NDArray[np.int64], ...]:
    """Return the positions of each part of a split that keeps the classes' proportions.

    Of each class, every part holds its share to within one image. The same arguments give the
    same parts on every machine.

    Args:
        labels: ``[n]``, whole numbers.
        fractions: each part's share, in ``(0, 1]``; they add up to 1.
        seed: which of the possible splits, 0 or more.

    Returns:
        For each fraction the positions of its part, ascending, int64. The parts share nothing
        and together hold every position.

    Raises:
        ValueError: the labels aren't a vector, or the fractions are out of range.

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
        # Rounding the running total, not each share, leaves no image over.
        bounds = np.rint(np.cumsum(fractions)[:-1] * len(members)).astype(int)
        for part, chosen in zip(parts, np.split(members, bounds), strict=True):
            part.append(chosen)
    empty = np.empty(0, np.int64)
    return tuple(np.sort(np.concatenate([empty, *part])) for part in parts)
