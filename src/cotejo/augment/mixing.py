"""Parts that mix each image with another one of its batch, and their labels likewise.

The other image is the one before it in the batch, whose order is a new shuffle in each epoch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv

from cotejo.augment.cutout import inside
from cotejo.backend import keras, ops

__all__ = ["cutmix", "mix", "mixup", "partners", "soft_labels"]

_QUANTILES = 4096
"""In how many equally likely pieces the Beta distribution is drawn from."""


def mixup(images: Any, seed: keras.random.SeedGenerator, alpha: float) -> tuple[Any, Any]:
    """Replace each image by a weighted mean of itself and its partner.

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
        alpha: the weights are drawn from a Beta distribution with this parameter, twice.

    Returns:
        The images, and the weight of each image's own label, ``[batch]``, in ``[0, 1]``.

    References:
        Zhang et al. 2017, "mixup" (arXiv 1710.09412).
    """
    weights = _beta(ops.shape(images)[0], seed, alpha)
    own = ops.reshape(weights, (-1, 1, 1, 1))
    return images * own + partners(images) * (1.0 - own), weights


def cutmix(images: Any, seed: keras.random.SeedGenerator, alpha: float) -> tuple[Any, Any]:
    """Replace a rectangle of each image by the same place of its partner.

    Args:
        images: ``[batch, height, width, channels]``.
        seed: where the draws come from.
        alpha: the share that stays is drawn from a Beta distribution with this parameter, twice;
            a rectangle that reaches over the border replaces less.

    Returns:
        The images, and the weight of each image's own label, ``[batch]``: the share of its own
        pixels.

    References:
        Yun et al. 2019, "CutMix" (arXiv 1905.04899).
    """
    count, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    half_side = ops.sqrt(1.0 - _beta(count, seed, alpha))[:, None] / 2
    centres = keras.random.uniform((2, count), 0.0, 1.0, seed=seed)
    replaced = inside(
        images, centres[0] * height, centres[1] * width, half_side * height, half_side * width
    )
    weights = 1.0 - ops.mean(ops.cast(replaced, "float32"), axis=(1, 2, 3))
    return ops.where(replaced, partners(images), images), weights


def mix(
    images: Any, seed: keras.random.SeedGenerator, mixup_alpha: float, cutmix_alpha: float
) -> tuple[Any, Any]:
    """Mix each image in one of the two ways, or the only one whose alpha is not 0.

    Where both have one, each image draws between them, as in timm.

    Returns:
        The images, and the weight of each image's own label, ``[batch]``.
    """
    if not cutmix_alpha:
        return mixup(images, seed, mixup_alpha)
    if not mixup_alpha:
        return cutmix(images, seed, cutmix_alpha)
    mean, mean_weights = mixup(images, seed, mixup_alpha)
    patched, patched_weights = cutmix(images, seed, cutmix_alpha)
    draws = keras.random.uniform((ops.shape(images)[0],), 0.0, 1.0, seed=seed)
    first = draws < 0.5
    mixed = ops.where(ops.reshape(first, (-1, 1, 1, 1)), mean, patched)
    return mixed, ops.where(first, mean_weights, patched_weights)


def partners(batch: Any) -> Any:
    """Return, for each row of a batch, the row that it is mixed with."""
    return ops.roll(batch, 1, axis=0)


def soft_labels(labels: Any, weights: Any, num_classes: int) -> Any:
    """Return the labels of mixed images.

    Args:
        labels: ``[batch]``, int32.
        weights: ``[batch]``, of each image's own label.
        num_classes: how many classes there are.

    Returns:
        ``[batch, classes]``, float32, each row of sum 1.
    """
    own = ops.one_hot(labels, num_classes, dtype="float32")
    weights = ops.cast(weights, "float32")[:, None]
    return own * weights + partners(own) * (1.0 - weights)


def _beta(count: Any, seed: keras.random.SeedGenerator, alpha: float) -> Any:
    """Draw from a Beta distribution with both parameters ``alpha``, ``[count]``.

    By its quantiles: Keras's own draw is a ratio of two Gamma draws, which underflow to 0 / 0
    where alpha is small.
    """
    table = betaincinv(alpha, alpha, np.linspace(0, 1, _QUANTILES + 1)).astype("float32")
    places = keras.random.uniform((count,), 0.0, float(_QUANTILES), seed=seed)
    lower = ops.clip(ops.cast(ops.floor(places), "int32"), 0, _QUANTILES - 1)
    above = places - ops.cast(lower, places.dtype)
    quantiles = ops.convert_to_tensor(table)
    low, high = ops.take(quantiles, lower), ops.take(quantiles, lower + 1)
    return low + above * (high - low)
