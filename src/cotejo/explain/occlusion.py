"""Which parts of an image speak for a class: how much its probability falls when they are hidden.

This needs only predictions and no gradients, so it works the same on every backend and network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.train import predict_logits

__all__ = ["occlusion_maps"]

_STEPS = 4
"""The patch moves by a quarter of its side, so that 16 of its positions hide each pixel."""
_BATCH_SIZE = 128
"""The number of images predicted at a time; it does not change the maps."""
_SMALLEST = float(np.finfo(np.float32).tiny)
"""float32's smallest number: it replaces a probability of 0, whose logarithm is infinite."""


def occlusion_maps(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    patch: float = 0.25,
) -> NDArray[np.float32]:
    """Return how much each part of each image speaks for the given classes.

    A square patch of the image's mean colour moves over the image and beyond its edges. At each
    position the log-odds of the class, ``log(p / (1 - p))``, are measured. The value of a pixel
    is how much they fall, in nats, averaged over the patches that hide the pixel. It is above 0
    where hiding the pixel makes the class less likely, and below 0 where it makes it more likely.
    Unlike the probability, log-odds still show differences where the network is almost certain.
    Neighbouring pixels share the same patches, so the map shows nothing smaller than a patch.

    Args:
        network: from pixels in ``[0, 255]`` to probabilities.
        images: ``[m, height, width, channels]``, uint8.
        classes: ``[m, k]``, the classes to explain for each image.
        patch: the side of the patch, as a share of the image's shorter side, in ``(0, 1]``.

    Returns:
        ``[m, k, height, width]``, float32, in nats.

    Raises:
        ValueError: ``patch`` is out of its range, or ``classes`` has not one row per image.

    Example:
        >>> from types import SimpleNamespace
        >>> def light_at_the_left(batch):
        ...     light = batch[:, :, :4].mean(axis=(1, 2, 3)) / 256
        ...     return np.stack([light, 1 - light], axis=1)
        >>> image = np.zeros((1, 8, 8, 1), np.uint8)
        >>> image[:, :, :4] = 255
        >>> network = SimpleNamespace(predict_on_batch=light_at_the_left)
        >>> (heat,) = occlusion_maps(network, image, np.array([[0]]))[0]
        >>> bool((heat[:, :3] > 0).all()), bool((heat[:, 5:] == 0).all())
        (True, True)

    References:
        Zeiler, M. D. and Fergus, R. (2014). Visualizing and understanding convolutional
        networks. arXiv 1311.2901. In log-odds: Zintgraf, L. M. et al. (2017). Visualizing deep
        neural network decisions: prediction difference analysis. arXiv 1702.04595.
    """
    if not 0 < patch <= 1:
        raise ValueError(f"`patch` must be in (0, 1]; received {patch}")
    if classes.ndim != 2 or len(classes) != len(images):
        raise ValueError(
            f"`classes` must be [{len(images)}, k], one row per image; "
            f"received {list(classes.shape)}"
        )
    height, width = images.shape[1:3]
    masks = _masks(height, width, max(round(patch * min(height, width)), 1))
    maps = np.zeros((*classes.shape, height, width), np.float32)
    for image, of_image, image_maps in zip(images, classes, maps, strict=True):
        image_maps[:] = _maps_of_image(network, image, of_image, masks)
    return maps


def _maps_of_image(
    network: keras.Model,
    image: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    masks: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the maps ``[k, height, width]`` of one image.

    Args:
        network: as in `occlusion_maps`.
        image: ``[height, width, channels]``, uint8.
        classes: ``[k]``.
        masks: ``[positions, height, width]``, the pixels that the patch hides at each position.
    """
    colour = image.mean(axis=(0, 1)).round().astype(np.uint8)
    hidden = np.where(masks[..., None], colour, image)
    # The last image of the batch is the original.
    batch = np.concatenate([hidden, image[None]])
    odds = _log_odds(predict_logits(network, batch, _BATCH_SIZE))[:, classes]
    falls = odds[-1] - odds[:-1]
    total = np.tensordot(falls, masks, axes=(0, 0))
    means: NDArray[np.float64] = total / masks.sum(axis=0)
    return means


def _masks(height: int, width: int, side: int) -> NDArray[np.bool_]:
    """Return the pixels that a patch of ``side`` pixels hides, ``[positions, height, width]``."""
    step = max(side // _STEPS, 1)

    def positions(length: int) -> NDArray[np.bool_]:
        starts = np.arange(step - side, length, step)[:, None]
        pixels = np.arange(length)
        return (starts <= pixels) & (pixels < starts + side)

    rows, columns = positions(height), positions(width)
    masks: NDArray[np.bool_] = rows[:, None, :, None] & columns[None, :, None, :]
    return masks.reshape(-1, height, width)


def _log_odds(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return ``log(p / (1 - p))``; 1 - p is the sum of the other classes, which is more exact."""
    values = chances.astype(np.float64)
    others = values @ (1 - np.eye(values.shape[1]))
    odds: NDArray[np.float64] = np.log(
        np.maximum(values, _SMALLEST) / np.maximum(others, _SMALLEST)
    )
    return odds
