"""How unlike all that a network learned from a picture is.

Two signs are looked at. The *look*: how far light, contrast, sharpness and colour of a picture are
from those of the nearest training images; noise and plain walls are far from any photograph, and
many a network is sure of what they show. And the *doubt*: how low the network's highest logit is,
for a network that finds nothing it knows has little to say. Each is compared with images that the
network did not learn from, and the more unusual of the two counts. Chosen by measurement among
energy, nearest features, the Mahalanobis distance and others: docs/decisions/0025.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from cotejo.evaluate.traits import image_traits

__all__ = ["NEIGHBOURS", "SIGNS", "UNLIKE", "Look", "look_of", "signs", "unlikeness", "unusual"]

SIGNS = ("look", "doubt")
"""The signs, in the order of their columns."""

UNLIKE = 0.99
"""The unlikeness from which a picture is called unlike anything that the network has learned.

One in a hundred pictures like those that it learned from is called so, too.
"""

NEIGHBOURS = 10
"""The look is compared with the nearest training images up to this one."""

_LEAST = 1e-4
"""Added to the variances: a trait that is the same in all images must not count without limit."""

_EVEN = 1 / 255
"""Added to contrast and colourfulness before their logarithm: one step of a pixel's 255."""


@dataclass(frozen=True, eq=False)
class Look:
    """What training images look like, as far as pictures are compared with them.

    Attributes:
        mean: ``[traits]``.
        scale: ``[traits, traits]``, which makes the traits uncorrelated and of variance 1.
        points: ``[n, traits]``, the training images' traits, so scaled.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    points: NDArray[np.float64]

    def distances(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how far images look from the nearest training images, ``[n]``.

        Args:
            images: ``[n, height, width, channels]``, uint8.
        """
        points = (_traits(images) - self.mean) @ self.scale
        place = min(NEIGHBOURS, len(self.points))
        apart, _ = self._tree.query(points, [place])
        return np.asarray(apart[:, 0], np.float32)

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(self.points)


def look_of(images: NDArray[np.uint8]) -> Look:
    """Return what training images look like.

    Args:
        images: ``[n, height, width, channels]``, uint8, one or more.

    Example:
        >>> random = np.random.default_rng(0)
        >>> learned = look_of(random.integers(100, 150, (50, 8, 8, 1), dtype=np.uint8))
        >>> noise = random.integers(0, 256, (1, 8, 8, 1), dtype=np.uint8)
        >>> bool(learned.distances(noise) > 3)
        True
    """
    traits = _traits(images)
    mean = traits.mean(axis=0)
    apart = traits - mean
    covariance = apart.T @ apart / len(apart) + _LEAST * np.eye(traits.shape[1])
    scale = np.linalg.cholesky(np.linalg.inv(covariance))
    # In float32, as they are kept.
    return Look(
        *(part.astype(np.float32).astype(np.float64) for part in (mean, scale, apart @ scale))
    )


def signs(
    look: Look, images: NDArray[np.uint8], logits: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Return the signs of unlikeness, ``[n, 2]``, in the order of `SIGNS`: higher is more unlike.

    Args:
        look: of the training images.
        images: ``[n, height, width, channels]``, uint8.
        logits: ``[n, classes]``, what the network says of them.

    References:
        Hendrycks, D., et al. (2022). Scaling out-of-distribution detection for real-world settings.
        ICML: the highest logit, here less the mean of them, which no softmax depends on.
    """
    doubt = logits.mean(axis=1) - logits.max(axis=1)
    return np.stack([look.distances(images), doubt], axis=1).astype(np.float32)


def unusual(signs: NDArray[np.floating], of_others: NDArray[np.floating]) -> NDArray[np.float64]:
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


def unlikeness(signs: NDArray[np.floating], of_others: NDArray[np.floating]) -> NDArray[np.float64]:
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


def _traits(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return brightness, contrast, sharpness and colourfulness, ``[n, 4]``, in like scales."""
    of = {name: values.astype(np.float64) for name, values in image_traits(images).items()}
    contrast, colour = (np.log10(of[name] + _EVEN) for name in ("contrast", "colourfulness"))
    return np.stack([of["brightness"], contrast, of["sharpness"], colour], axis=1)
