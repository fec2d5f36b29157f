"""From the small square that a network saw back to its place in the whole picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cotejo.pictures import Fit

__all__ = ["Placed", "placed"]


@dataclass(frozen=True)
class Placed:
    """A map at its place in the picture.

    Attributes:
        heat: ``[height, width]`` of the picture, float32; 0 where the network saw nothing.
        left, top, right, bottom: the part of the picture that the network saw, in pixels.
    """

    heat: NDArray[np.float32]
    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_whole(self) -> bool:
        """Whether the network saw the whole picture."""
        return (self.left, self.top, *self.heat.shape) == (0, 0, self.bottom, self.right)


def placed(heat: NDArray[np.float32], size: tuple[int, int], fit: Fit) -> Placed:
    """Return a map at its place in the picture that was fitted to the network.

    It undoes `cotejo.pictures.read_picture`: of a picture that was cropped, the network saw the
    middle; the borders of one that was padded are no part of it.

    Args:
        heat: ``[height, width]`` of what the network takes.
        size: the picture's height and width.
        fit: what was done with the picture.

    Example:
        >>> of_crop = placed(np.ones((2, 2), np.float32), (4, 8), "crop")
        >>> of_crop.left, of_crop.right, of_crop.heat[0].tolist()
        (2, 6, [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
        >>> placed(np.ones((4, 4), np.float32), (4, 8), "pad").heat.shape
        (4, 8)
    """
    from PIL import Image

    height, width = size
    rows, columns = heat.shape
    small = Image.fromarray(np.asarray(heat, np.float32))
    box = (0.0, 0.0, float(columns), float(rows))
    left, top, right, bottom = 0, 0, width, height
    if fit == "crop":
        seen_width = min(width, max(1, round(height * columns / rows)))
        seen_height = min(height, max(1, round(width * rows / columns)))
        left, top = (width - seen_width) // 2, (height - seen_height) // 2
        right, bottom = left + seen_width, top + seen_height
    elif fit == "pad":
        inner_width = max(1, min(columns, round(width / height * rows)))
        inner_height = max(1, min(rows, round(height / width * columns)))
        x, y = round((columns - inner_width) / 2), round((rows - inner_height) / 2)
        box = (float(x), float(y), float(x + inner_width), float(y + inner_height))
    of_part = small.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=box)
    whole = np.zeros(size, np.float32)
    whole[top:bottom, left:right] = np.asarray(of_part, np.float32)
    return Placed(whole, left, top, right, bottom)
