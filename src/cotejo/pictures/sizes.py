"""The size that all pictures get, chosen from theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cotejo.pictures.reading import PictureSize

__all__ = ["MOST_CHOSEN", "chosen_shape"]

MOST_CHOSEN = 96
"""The largest side that is chosen unasked: twice the side takes four times as long to train."""

_SIDES = (16, 24, 28, 32, 48, 64, 96)


def chosen_shape(sizes: Sequence[PictureSize], side: int | None = None) -> tuple[int, int, int]:
    """Return the ``(height, width, channels)`` that pictures of these sizes get.

    Pictures that are all of one size, and not large, keep it. Others become squares: the largest
    usual side that at least half of the pictures have in their longer side, so that most become
    smaller and few are enlarged. One channel if all are grey, else three.

    Args:
        sizes: of all pictures, or of a sample; at least one.
        side: the side asked for, in pixels; None to choose it.

    Example:
        >>> chosen_shape([PictureSize(640, 480, False), PictureSize(70, 40, False)])
        (96, 96, 3)
        >>> chosen_shape([PictureSize(28, 20, True)] * 3)
        (20, 28, 1)
    """
    channels = 1 if all(size.is_grey for size in sizes) else 3
    if side is not None:
        return side, side, channels
    first = sizes[0]
    same = all((size.width, size.height) == (first.width, first.height) for size in sizes)
    if same and max(first.width, first.height) <= MOST_CHOSEN:
        return max(first.height, 4), max(first.width, 4), channels
    middle = float(np.median([max(size.width, size.height) for size in sizes]))
    chosen = max((side for side in _SIDES if side <= middle), default=_SIDES[0])
    return chosen, chosen, channels
