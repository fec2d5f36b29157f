"""How unlike all that a network learned from a picture is.

Two signs are looked at. The *look*: how far light, contrast, sharpness and colour of a picture are
from those of the nearest training images; noise and plain walls are far from any photograph, and
many a network is sure of what they show. And the *doubt*: how low the network's highest logit is,
for a network that finds nothing it knows has little to say. Each is compared with images that the
network did not learn from, and the more unusual of the two counts. Chosen by measurement among
energy, nearest features, the Mahalanobis distance and others: docs/decisions/0025.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.traits import image_traits

if TYPE_CHECKING:
    from scipy.spatial import KDTree

__all__ = [
    "FEWEST", "NEIGHBOURS", "ONE_IN", "SIGNS", "Appearance", "Look", "appearance", "is_unlike",
    "look_of", "signs", "unlikeness", "unusual",
]  # fmt: skip

SIGNS = ("look", "doubt")
"""The signs, in the order of their columns."""

ONE_IN = 100
"""Of pictures like those that the network learned from, at most one in so many is called unlike."""

FEWEST = len(SIGNS) * ONE_IN - 1
"""The fewest images to compare with for which anything is called unlike.

Of each sign one image has the most. So a picture that has more of one sign than all of them may be
no more unusual than the image with the most of another, and two in fewer than 200 is more than one
in a hundred.
"""

NEIGHBOURS = 10
"""The look is compared with the nearest training images up to this one."""

_LEAST = 1e-4
"""Added to the variances: a trait that is the same in all images must not count without limit."""

_EVEN = 1 / 255
"""Added to contrast and colourfulness before their logarithm: one step of a pixel's 255."""

Appearance = Callable[[NDArray[np.uint8]], NDArray[np.float64]]
"""What computes `appearance`, or knows it already."""


def appearance(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return brightness, contrast, sharpness and colourfulness, ``[n, 4]``, in like scales.

    Args:
        images: ``[n, height, width, channels]``, uint8.

    Example:
        >>> appearance(np.zeros((1, 8, 8, 3), np.uint8)).round(2).tolist()
        [[0.0, -2.41, -5.0, -2.41]]
    """
    of = {name: values.astype(np.float64) for name, values in image_traits(images).items()}
    contrast, colour = (np.log10(of[name] + _EVEN) for name in ("contrast", "colourfulness"))
    return np.stack([of["brightness"], contrast, of["sharpness"], colour], axis=1)


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

    def distances(
        self, images: NDArray[np.uint8], of: Appearance = appearance
    ) -> NDArray[np.float32]:
        """Return how far images look from the nearest training images, ``[n]``.

        Args:
            images: ``[n, height, width, channels]``, uint8.
            of: what computes their appearance.
        """
        points = (of(images) - self.mean) @ self.scale
        place = min(NEIGHBOURS, len(self.points))
        apart, _ = self._tree.query(points, [place])
        return np.asarray(apart[:, 0], np.float32)

    @cached_property
    def _tree(self) -> KDTree:
        # Deferred: a report is made of files, and needs no search.
        from scipy.spatial import KDTree

        return KDTree(self.points)


def look_of(images: NDArray[np.uint8], of: Appearance = appearance) -> Look:
    """Return what training images look like.

    Args:
        images: ``[n, height, width, channels]``, uint8, one or more.
        of: what computes their appearance.

    Example:
        >>> random = np.random.default_rng(0)
        >>> learned = look_of(random.integers(100, 150, (50, 8, 8, 1), dtype=np.uint8))
        >>> noise = random.integers(0, 256, (1, 8, 8, 1), dtype=np.uint8)
        >>> bool(learned.distances(noise) > 3)
        True
    """
    traits = of(images)
    mean = traits.mean(axis=0)
    apart = traits - mean
    covariance = apart.T @ apart / len(apart) + _LEAST * np.eye(traits.shape[1])
    scale = np.linalg.cholesky(np.linalg.inv(covariance))
    # In float32, as they are kept.
    return Look(
        *(part.astype(np.float32).astype(np.float64) for part in (mean, scale, apart @ scale))
    )


def signs(
    look: Look,
    images: NDArray[np.uint8],
    logits: NDArray[np.floating],
    of: Appearance = appearance,
) -> NDArray[np.float32]:
    """Return the signs of unlikeness, ``[n, 2]``, in the order of `SIGNS`: higher is more unlike.

    Args:
        look: of the training images.
        images: ``[n, height, width, channels]``, uint8.
        logits: ``[n, classes]``, what the network says of them.
        of: what computes the images' appearance.

    References:
        Hendrycks, D., et al. (2022). Scaling out-of-distribution detection for real-world settings.
        ICML: the highest logit, here less the mean of them, which no softmax depends on.
    """
    doubt = logits.mean(axis=1) - logits.max(axis=1)
    return np.stack([look.distances(images, of), doubt], axis=1).astype(np.float32)


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
    return np.asarray(_below(signs, of_others).max(axis=1) / len(of_others))


def unlikeness(signs: NDArray[np.floating], of_others: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the share of the others that look less unlike, ``[n]``, in ``[0, 1]``.

    Each image is ranked among the others and the new one together, itself left out, so that a
    new image like the others is treated just as they are.

    Args:
        signs: ``[n, signs]``, as `unusual` takes them.
        of_others: ``[m, signs]``, likewise.

    Example:
        >>> others = np.arange(10.0)[:, None]
        >>> unlikeness(np.array([[-1.0], [4.5], [20.0]]), others).tolist()
        [0.0, 0.5, 1.0]
    """
    below = _below(of_others, of_others)  # an image has not less than itself
    most, ranks = below.max(axis=1), _below(signs, of_others).max(axis=1)
    shares = np.empty(len(signs))
    for place, (own, rank) in enumerate(zip(signs, ranks, strict=True)):
        # The new image itself counts for those that have more of a sign: these get as unusual.
        near = most == rank - 1
        as_unusual = (below[near] == rank - 1) & (of_others[near] > own)
        less = np.count_nonzero(most < rank) - np.count_nonzero(as_unusual.any(axis=1))
        shares[place] = less / len(of_others)
    return shares


def _below(signs: NDArray[np.floating], of_others: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return how many of the others have less of each sign, ``[n, signs]``."""
    ranks = [
        np.searchsorted(np.sort(others), own)
        for own, others in zip(signs.T, of_others.T, strict=True)
    ]
    return np.stack(ranks, axis=1)


def is_unlike(unlikeness: NDArray[np.floating], others: int) -> NDArray[np.bool_] | None:
    """Return which images are unlike anything that was learned, ``[n]``; None with few others.

    They are those whose conformal p-value is at most one in a hundred: so large a share, at most,
    of images like the others is called so, however many others there are.

    Args:
        unlikeness: ``[n]``, as `unlikeness` returns it.
        others: how many images they were compared with. With fewer than `FEWEST` nobody can say.

    References:
        Bates, S., et al. (2023). Testing for outliers with conformal p-values. The Annals of
        Statistics, 51(1), 149-178.

    Example:
        >>> is_unlike(np.array([0.5, 0.99, 1.0]), 1000).tolist()
        [False, False, True]
        >>> is_unlike(np.array([1.0]), 50) is None
        True
    """
    if others < FEWEST:
        return None
    as_unlike = np.rint(others * (1 - np.asarray(unlikeness)))
    # The p-value is (1 + as_unlike) / (1 + others).
    return np.asarray(ONE_IN * (1 + as_unlike) <= 1 + others)
