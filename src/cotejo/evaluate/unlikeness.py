"""How unlike all that a network learned from a picture is, by what the network sees in it.

Two signs are looked at, both in the features that enter the last layer. The *distance*: how far the
direction of the features is from those of the nearest training images. And the *faintness*: how
short the features are, for a network that finds nothing it knows has little to say. Each is
compared with images that the network did not learn from, and the more unusual of the two counts.
Where the features can't be seen, the logits are all there is, and the faintness is that of the
highest one. Chosen by measurement: docs/decisions/0024.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIMENSIONS", "NEIGHBOURS", "Known", "known", "signs_of_logits", "unlikeness", "unusual"]

NEIGHBOURS = 10
"""The distance is that to this many-th nearest training image, or to the farthest of fewer."""

DIMENSIONS = 32
"""How many principal directions of the features are kept."""

_PART = 1000
"""How many images are compared with all training images at a time."""

_TINY = 1e-12


@dataclass(frozen=True)
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

    def along(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the directions of features ``[n, features]`` along the axes, ``[n, k]``."""
        directions, _ = _divided(features)
        along: NDArray[np.float32] = (directions - self.centre) @ self.axes
        return along

    def distances(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return how far each image is from its nearest training images, ``[n]``.

        Raises:
            ValueError: the features are of another number than the training images'.
        """
        if features.ndim != 2 or features.shape[1] != len(self.centre):
            shape, wanted = list(features.shape), ["n", len(self.centre)]
            raise ValueError(f"`features` must have the shape {wanted}; received {shape}")
        along, place = self.along(features), min(NEIGHBOURS, len(self.directions)) - 1
        squares = (self.directions**2).sum(axis=1)
        found = [np.zeros(0, np.float32)]
        for start in range(0, len(along), _PART):
            some = along[start : start + _PART]
            apart = squares - 2 * some @ self.directions.T + (some**2).sum(axis=1)[:, None]
            found.append(np.partition(apart, place, axis=1)[:, place])
        return np.sqrt(np.maximum(np.concatenate(found), 0)).astype(np.float32)

    def signs(self, features: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the distance and the faintness of each image, ``[n, 2]``: higher is more unlike.

        The faintness is minus the logarithm of the features' length.
        """
        _, lengths = _divided(features)
        return np.stack([self.distances(features), -np.log(lengths)], axis=1).astype(np.float32)


def known(features: NDArray[np.floating]) -> Known:
    """Return what pictures are compared with, from the features of training images.

    Args:
        features: ``[n, features]``, of one image or more.

    References:
        Sun, Y., Ming, Y., Zhu, X., and Li, Y. (2022). Out-of-distribution detection with deep
        nearest neighbors. ICML.

    Example:
        >>> random = np.random.default_rng(0)
        >>> learned = known(random.normal(5, 1, (50, 8)))
        >>> near, far = learned.distances(np.array([[5.0] * 8, [-5.0] * 8]))
        >>> bool(near < far)
        True
    """
    directions, _ = _divided(features)
    centre = directions.mean(axis=0)
    _, _, axes = np.linalg.svd(directions - centre, full_matrices=False)
    # In float16, as they are kept: what is measured now is what is measured later.
    kept = axes[:DIMENSIONS].T.astype(np.float16).astype(np.float32)
    learned = Known(centre.astype(np.float32), kept, np.zeros((0, kept.shape[1]), np.float32))
    along = learned.along(features).astype(np.float16).astype(np.float32)
    return Known(learned.centre, kept, along)


def signs_of_logits(logits: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the one sign that logits give, ``[n, 1]``: minus the highest, among all of them.

    References:
        Hendrycks, D., et al. (2022). Scaling out-of-distribution detection for real-world settings.
        ICML.

    Example:
        >>> signs_of_logits(np.array([[1.0, -1.0], [4.0, -4.0]])).tolist()
        [[-1.0], [-4.0]]
    """
    centred = logits - logits.mean(axis=1, keepdims=True)
    signs: NDArray[np.float32] = -centred.max(axis=1, keepdims=True).astype(np.float32)
    return signs


def unusual(
    signs: NDArray[np.floating], of_others: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return how unusual images are among others, in ``[0, 1]``: their most unusual sign decides.

    Args:
        signs: ``[n, signs]``, higher is more unlike.
        of_others: ``[m, signs]``, of one or more images that the network did not learn from.

    Returns:
        ``[n]``: the largest share of the others that have less of one sign.

    Example:
        >>> unusual(np.array([[1.5, 0.0]]), np.array([[1.0, 5.0], [2.0, 6.0]])).tolist()
        [0.5]
    """
    ranks = [
        np.searchsorted(np.sort(others), own) / len(others)
        for own, others in zip(signs.T, of_others.T, strict=True)
    ]
    highest: NDArray[np.float64] = np.max(ranks, axis=0)
    return highest


def unlikeness(
    signs: NDArray[np.floating], of_others: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the share of the others that look less unlike, ``[n]``, in ``[0, 1]``.

    One in a hundred images like the others is above 0.99.

    Args:
        signs: ``[n, signs]``, as `unusual` takes them.
        of_others: ``[m, signs]``, likewise.

    Example:
        >>> others = np.arange(10.0)[:, None]
        >>> unlikeness(np.array([[-1.0], [4.5], [20.0]]), others).tolist()
        [0.0, 0.5, 1.0]
    """
    among = np.sort(unusual(of_others, of_others))
    shares: NDArray[np.float64] = np.searchsorted(among, unusual(signs, of_others)) / len(among)
    return shares


def _divided(features: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the directions of features, of length 1, and their lengths."""
    lengths = np.maximum(np.linalg.norm(features.astype(np.float64), axis=1), _TINY)
    return (features / lengths[:, None]).astype(np.float32), lengths.astype(np.float32)
