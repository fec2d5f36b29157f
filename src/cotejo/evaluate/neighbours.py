"""The training images that look alike to a network: those nearest by the direction of features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIMENSIONS", "Known", "known", "nearest_points"]

DIMENSIONS = 32
"""How many principal directions of the features are kept."""

_PART = 1000
"""How many images are compared with all training images at a time."""

_TINY = 1e-12


def nearest_points(
    points: NDArray[np.floating], among: NDArray[np.floating], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the positions of the nearest points and how far they are, ``[n, count]`` each.

    Args:
        points: ``[n, k]``.
        among: ``[m, k]``, one or more.
        count: how many are looked for, 1 or more; all, if there are fewer.

    Example:
        >>> places, apart = nearest_points(np.array([[0.0]]), np.array([[3.0], [1.0], [9.0]]), 2)
        >>> places.tolist(), apart.tolist()
        ([[1, 0]], [[1.0, 3.0]])
    """
    count = min(count, len(among))
    squares = (among**2).sum(axis=1)
    places, apart = [np.zeros((0, count), np.int64)], [np.zeros((0, count), np.float32)]
    for start in range(0, len(points), _PART):
        some = points[start : start + _PART]
        every = squares - 2 * some @ among.T + (some**2).sum(axis=1)[:, None]
        chosen = np.argpartition(every, count - 1, axis=1)[:, :count]
        of_chosen = np.take_along_axis(every, chosen, axis=1)
        order = of_chosen.argsort(axis=1, kind="stable")
        places.append(np.take_along_axis(chosen, order, axis=1))
        nearest = np.take_along_axis(of_chosen, order, axis=1)
        apart.append(np.sqrt(np.maximum(nearest, 0)).astype(np.float32))
    return np.concatenate(places), np.concatenate(apart)


@dataclass(frozen=True, eq=False)
class Known:
    """The training images' features, as far as pictures are compared with them.

    Attributes:
        centre: ``[features]``, the mean direction.
        axes: ``[features, k]``, the principal directions around it.
        directions: ``[n, k]``, each training image's direction along these axes.
    """

    centre: NDArray[np.float32]
    axes: NDArray[np.float32]
    directions: NDArray[np.float32]

    def nearest(
        self, features: NDArray[np.floating], count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the positions in ``directions`` that are nearest, and how far: `nearest_points`.

        Args:
            features: ``[n, features]``.
            count: how many are looked for, 1 or more.

        Raises:
            ValueError: the features are of another number than the training images'.
        """
        if features.ndim != 2 or features.shape[1] != len(self.centre):
            shape, wanted = list(features.shape), ["n", len(self.centre)]
            raise ValueError(f"`features` must have the shape {wanted}; received {shape}")
        return nearest_points(self.along(features), self.directions, count)

    def along(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the directions of features ``[n, features]`` along the axes, ``[n, k]``."""
        return ((_directions(features) - self.centre) @ self.axes).astype(np.float32)


def known(features: NDArray[np.floating]) -> Known:
    """Return what pictures are compared with, from the features of training images.

    Args:
        features: ``[n, features]``, of one image or more.

    References:
        Sun, Y., Ming, Y., Zhu, X., and Li, Y. (2022). Out-of-distribution detection with deep
        nearest neighbors. ICML: directions, not lengths.

    Example:
        >>> learned = known(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]]))
        >>> learned.nearest(np.array([[0.1, 5.0, 0.0]]), 1)[0].tolist()
        [[1]]
    """
    from sklearn.utils.extmath import randomized_svd

    directions = _directions(features)
    centre = directions.mean(axis=0, dtype=np.float32)
    most = min(DIMENSIONS, *features.shape)
    _, _, axes = randomized_svd(directions - centre, most, random_state=0)
    # In float16, as they are kept: what is measured now is what is measured later.
    kept = axes.T.astype(np.float16).astype(np.float32)
    learned = Known(centre, kept, np.zeros((0, most), np.float32))
    return Known(centre, kept, learned.along(features).astype(np.float16).astype(np.float32))


def _directions(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return features of length 1."""
    lengths = np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True)
    directions: NDArray[np.float32] = (features / np.maximum(lengths, _TINY)).astype(np.float32)
    return directions
