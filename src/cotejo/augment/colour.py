"""Parts that change an image's colours, all of it alike.

Each is a blend of the image with a duller one: black, its mean grey, or itself in grey. This is
how Pillow's `ImageEnhance` and torchvision's `ColorJitter` define them.
"""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops

__all__ = ["blended", "brightness", "colour", "contrast", "grey", "mean_grey"]

_LUMA = (0.299, 0.587, 0.114)
"""How bright red, green and blue look, by ITU-R BT.601, as Pillow has it."""


def brightness(images: Any, seed: keras.random.SeedGenerator, strength: float) -> Any:
    """Multiply each image by a number from ``1 - strength`` to ``1 + strength``.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        seed: where the draws come from.
        strength: from 0 to 1.
    """
    return blended(images, ops.zeros_like(images), _factors(images, seed, strength))


def contrast(images: Any, seed: keras.random.SeedGenerator, strength: float) -> Any:
    """Move each image's pixels away from its mean grey, or towards it.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        seed: where the draws come from.
        strength: by how much the distance changes at most, from 0 to 1.
    """
    return blended(images, mean_grey(images), _factors(images, seed, strength))


def colour(images: Any, seed: keras.random.SeedGenerator, strength: float) -> Any:
    """Make each image's colours stronger or weaker; an image without colours stays as it is.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        seed: where the draws come from.
        strength: by how much the distance from grey changes at most, from 0 to 1.
    """
    return blended(images, grey(images), _factors(images, seed, strength))


def _factors(images: Any, seed: keras.random.SeedGenerator, strength: float) -> Any:
    draws = keras.random.uniform((ops.shape(images)[0],), -1.0, 1.0, seed=seed)
    return 1.0 + draws * strength


def blended(images: Any, dull: Any, factors: Any) -> Any:
    """Return ``dull + factor * (image - dull)`` of each image, cut off at 0 and 255.

    Args:
        images: ``[batch, height, width, channels]``, in ``[0, 255]``.
        dull: of the same shape, or of one that broadcasts to it.
        factors: ``[batch]``: 0 gives the dull image, 1 the image, more an exaggerated one.
    """
    factors = ops.reshape(factors, (-1, 1, 1, 1))
    return ops.clip(images * factors + dull * (1.0 - factors), 0.0, 255.0)


def grey(images: Any) -> Any:
    """Return how bright each pixel looks, ``[batch, height, width, 1]``."""
    channels = images.shape[-1]
    if channels != len(_LUMA):
        return ops.mean(images, axis=-1, keepdims=True)
    return ops.sum(images * ops.convert_to_tensor(_LUMA, images.dtype), axis=-1, keepdims=True)


def mean_grey(images: Any) -> Any:
    """Return how bright each image looks, ``[batch, 1, 1, 1]``."""
    return ops.mean(grey(images), axis=(1, 2), keepdims=True)
