"""Images with little to learn from: blank, dark, bright, or with little information in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.pool import Pool
from cotejo.data.audit.threads import mapped
from cotejo.data.luminance import luminance

__all__ = ["THRESHOLDS", "poor_images", "quality_scores"]

THRESHOLDS = {"blank": 0.97, "dark": 0.65, "bright": 0.8, "low-information": 0.75}
"""The score from which an image is called blank, dark, bright or low in information."""

_LEVELS = 64
_AT_ONCE = 100


def quality_scores(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
    """Return how blank, dark, bright and empty images are, each ``[n]`` in ``[0, 1]``.

    All scores are computed from the luminance of an image, in ``[0, 1]``:

    - ``blank`` is 1 minus the difference between the largest and the smallest luminance;
    - ``dark`` is 1 minus the 99th percentile;
    - ``bright`` is the 5th percentile;
    - ``low-information`` is 1 minus the entropy of 64 levels, divided by its maximum of 6 bits.

    Args:
        images: ``[n, height, width, channels]``, uint8.

    Example:
        >>> scores = quality_scores(np.zeros((1, 4, 4, 3), np.uint8))
        >>> {kind: score.tolist() for kind, score in scores.items()}
        {'blank': [1.0], 'dark': [1.0], 'bright': [0.0], 'low-information': [1.0]}
    """
    levels = luminance(images).round().astype(np.uint8).reshape(len(images), -1)
    pixels = levels.shape[1]
    counts = _counts(levels)
    up_to = counts.cumsum(axis=1)

    def percentile(share: float) -> NDArray[np.float64]:
        darker = up_to <= round(share * (pixels - 1))
        return np.asarray(darker.sum(axis=1) / 255)

    return {
        "blank": 1 - (percentile(1) - percentile(0)),
        "dark": 1 - percentile(0.99),
        "bright": percentile(0.05),
        "low-information": 1 - _entropy(counts) / np.log2(_LEVELS),
    }


def poor_images(pool: Pool) -> dict[str, list[tuple[int, float]]]:
    """Return the images of each kind, ``(running number, score)``, the highest score first.

    A blank image is only called blank: it is not counted as dark or low in information as well.
    """
    images: dict[str, list[tuple[int, float]]] = {kind: [] for kind in THRESHOLDS}
    blocks = pool.blocks(_AT_ONCE)
    scored_blocks = mapped(lambda block: quality_scores(pool.take(block)), blocks)
    for block, scores in zip(blocks, scored_blocks, strict=True):
        blank = scores["blank"] >= THRESHOLDS["blank"]
        for kind, threshold in THRESHOLDS.items():
            chosen = scores[kind] >= threshold
            if kind != "blank":
                chosen &= ~blank
            images[kind] += zip(block[chosen].tolist(), scores[kind][chosen].tolist(), strict=True)
    return {kind: sorted(scored, key=lambda image: -image[1]) for kind, scored in images.items()}


def _counts(levels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many pixels of each image have each of 256 levels, ``[n, 256]``."""
    shifted = levels + np.arange(0, 256 * len(levels), 256)[:, np.newaxis]
    return np.bincount(shifted.ravel(), minlength=256 * len(levels)).reshape(-1, 256)


def _entropy(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the entropy of each image's levels, reduced to 64 levels, in bits."""
    reduced = counts.reshape(len(counts), _LEVELS, -1).sum(axis=2)
    shares = reduced / counts.sum(axis=1, keepdims=True)
    return np.asarray(-(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1) + 0.0)
