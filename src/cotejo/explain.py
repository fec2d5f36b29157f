"""Which parts of an image speak for a class: what happens to it when they are hidden.

It needs predictions only, no gradients, and so works alike on every backend and every network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.train import predict_logits

__all__ = ["occlusion_maps"]

_STEPS = 4
"""Steps in which a patch moves by its own length: each pixel is hidden by 16 of its places."""
_AT_ONCE = 128
"""Images predicted at a time; their number does not change the maps."""
_SMALLEST = float(np.finfo(np.float32).tiny)
"""Taken for a probability of 0, whose logarithm would be infinite."""


def occlusion_maps(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    patch: float = 0.25,
) -> NDArray[np.float32]:
    """Return how much each part of each image speaks for each of some classes.

    A square patch of the image's mean colour is moved over it, beyond its edges too, and the
    class's log-odds, ``log(p / (1 - p))``, are measured at each place. A pixel's value is how
    much they fall, in nats, as a mean over the patches that hide it: above 0 where hiding it
    makes the class less likely, below 0 where more. Log-odds, unlike the probability, still tell
    parts apart where the network is all but certain. Values of neighbouring pixels rest on the
    same patches: nothing smaller than a patch is told.

    Args:
        network: from pixels in ``[0, 255]`` to probabilities.
        images: ``[m, height, width, channels]``, uint8.
        classes: ``[m, k]``, the classes to explain of each image.
        patch: the patch's side, as a share of the image's shorter side, in ``(0, 1]``.

    Returns:
        ``[m, k, height, width]``, float32, in nats.

    Raises:
        ValueError: ``patch`` is out of its range, or ``classes`` are not a row an image.

    Example:
        >>> from types import SimpleNamespace
        >>> def light_at_the_left(batch):
        ...     light = batch[:, :, :4].mean(axis=(1, 2, 3)) / 256
        ...     return np.stack([light, 1 - light], axis=1)
        >>> image = np.zeros((1, 8, 8, 1), np.uint8)
        >>> image[:, :, :4] = 255
        >>> network = SimpleNamespace(predict_on_batch=light_at_the_left)
        >>> (found,) = occlusion_maps(network, image, np.array([[0]]))[0]
        >>> bool((found[:, :3] > 0).all()), bool((found[:, 5:] == 0).all())
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
            f"`classes` must be [{len(images)}, k], a row an image; received {list(classes.shape)}"
        )
    height, width = images.shape[1:3]
    masks = _masks(height, width, max(round(patch * min(height, width)), 1))
    maps = np.zeros((*classes.shape, height, width), np.float32)
    for image, of_image, found in zip(images, classes, maps, strict=True):
        found[:] = _of_one(network, image, of_image, masks)
    return maps


def _of_one(
    network: keras.Model,
    image: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    masks: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return one image's maps ``[k, height, width]``; ``masks`` say what each patch hides."""
    colour = image.mean(axis=(0, 1)).round().astype(np.uint8)
    hidden = np.where(masks[..., None], colour, image)
    # The image as it is stands last.
    batch = np.concatenate([hidden, image[None]])
    odds = _log_odds(predict_logits(network, batch, _AT_ONCE))[:, classes]
    falls = odds[-1] - odds[:-1]
    total = np.tensordot(falls, masks, axes=(0, 0))
    means: NDArray[np.float64] = total / masks.sum(axis=0)
    return means


def _masks(height: int, width: int, side: int) -> NDArray[np.bool_]:
    """Return what a patch of ``side`` pixels hides at each of its places, ``[places, h, w]``."""
    step = max(side // _STEPS, 1)

    def places(length: int) -> NDArray[np.bool_]:
        starts = np.arange(step - side, length, step)[:, None]
        pixels = np.arange(length)
        return (starts <= pixels) & (pixels < starts + side)

    rows, columns = places(height), places(width)
    masks: NDArray[np.bool_] = rows[:, None, :, None] & columns[None, :, None, :]
    return masks.reshape(-1, height, width)


def _log_odds(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return ``log(p / (1 - p))``, with 1 - p summed from the others, where it is not rounded."""
    values = chances.astype(np.float64)
    others = values @ (1 - np.eye(values.shape[1]))
    odds: NDArray[np.float64] = np.log(
        np.maximum(values, _SMALLEST) / np.maximum(others, _SMALLEST)
    )
    return odds
