"""All the images of a dataset under running numbers, without a second copy of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.result import SPLITS
from cotejo.data.dataset import Dataset, Split

__all__ = ["Pool"]


@dataclass(frozen=True, eq=False)
class Pool:
    """A dataset's images, numbered from 0: first ``train``, then ``valid``, then ``test``.

    Example:
        >>> from cotejo.data import load
        >>> pool = Pool(load("digits"))
        >>> len(pool), pool.place(1078), pool.split_of(np.array([0, 1078, 1796])).tolist()
        (1797, ('valid', 0), [0, 1, 2])
    """

    dataset: Dataset

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The splits, in order."""
        return tuple(getattr(self.dataset, name) for name in SPLITS)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The running number of each split's first image."""
        return np.cumsum([0, *(len(split) for split in self.splits)])[:-1]

    def __len__(self) -> int:
        return sum(len(split) for split in self.splits)

    def split_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return which split each running number is in: 0, 1 or 2."""
        ends = np.cumsum([len(split) for split in self.splits])
        return np.searchsorted(ends, numbers, side="right")

    def place(self, number: int) -> tuple[str, int]:
        """Return the name of the split that a running number is in, and the index in that split."""
        split = int(self.split_of(np.array([number]))[0])
        return SPLITS[split], int(number - self.starts[split])

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the images of running numbers, ``[n, height, width, channels]``, uint8."""
        images = np.empty((len(numbers), *self.dataset.image_shape), np.uint8)
        split_indices = self.split_of(numbers)
        for index, split in enumerate(self.splits):
            in_split = split_indices == index
            images[in_split] = split.images[numbers[in_split] - self.starts[index]]
        return images

    def blocks(self, size: int = 1_000) -> list[NDArray[np.int64]]:
        """Return all running numbers in order, in blocks of ``size``."""
        numbers = np.arange(len(self))
        return [numbers[start : start + size] for start in range(0, len(self), size)]
