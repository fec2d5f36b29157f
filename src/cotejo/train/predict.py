"""A network's logits and probabilities on many images, in batches of one shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config.views import VIEWS

__all__ = ["UNSURE", "fitting_batch", "predict_logits", "softmax", "view"]

_PIXELS = 500 * 64 * 64
"""The most pixels that a layer's output may have, over all images of a batch."""

UNSURE = 0.25
"""The share of the images that get all views: those whose two highest logits are closest."""


def predict_logits(
    network: keras.Model,
    images: NDArray[Any],
    batch_size: int | None = None,
    *,
    tta: str = "none",
    unsure: float = UNSURE,
) -> NDArray[np.float32]:
    """Return the network's logits.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: ``[n, height, width, channels]``, uint8; or, of a head, features ``[n, features]``.
        batch_size: the number of images at a time; it does not change the result. By default as
            many as the network's largest layer leaves memory for, at most 500.
        tta: a name of `VIEWS`. Only the least certain images get all views, and their logits are
            the weighted means; the other images would hardly ever change their class.
        unsure: the share of the least certain images, in ``(0, 1]``.

    Returns:
        ``[n, classes]``, float32, unnormalised.
    """
    batch_size = batch_size or fitting_batch(network)
    logits = _plain_logits(network, images, batch_size)
    views = VIEWS[tta]
    if len(views) == 1:
        return logits
    first, second = np.sort(logits, axis=1)[:, :-3:-1].T
    again = np.argsort(first - second, kind="stable")[: int(np.ceil(unsure * len(images)))]
    unsure_images = images[again]
    means = np.zeros_like(logits[again])
    for (shift, mirrored), weight in views.items():
        of_view = logits[again]
        if shift or mirrored:
            of_view = _plain_logits(network, view(unsure_images, shift, mirrored), batch_size)
        means += np.float32(weight) * of_view
    logits[again] = means
    return logits


def fitting_batch(network: keras.Model) -> int:
    """Return how many images are looked at at a time: fewer if a layer's output is large."""
    largest = 1
    for layer in network.layers:
        # A layer of a network that is written as a class has no output of its own.
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):
            continue
        if len(shape) == 4:
            largest = max(largest, (shape[1] or 1) * (shape[2] or 1))
    return max(8, min(500, _PIXELS // largest))


def view(images: NDArray[np.uint8], shift: int, mirrored: bool) -> NDArray[np.uint8]:
    """Return images shifted along the diagonal, and flipped left to right if ``mirrored``.

    The border is filled with the mirror image of what is next to it.

    Example:
        >>> view(np.arange(9, dtype=np.uint8).reshape(1, 3, 3, 1), 1, False)[0, ..., 0].tolist()
        [[4, 5, 4], [7, 8, 7], [4, 5, 4]]
    """
    height, width = images.shape[1:3]
    size = abs(shift)
    padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)), mode="reflect")
    start = size + shift
    shifted = padded[:, start : start + height, start : start + width]
    return shifted[:, :, ::-1] if mirrored else shifted


def _plain_logits(
    network: keras.Model, images: NDArray[np.uint8], batch_size: int
) -> NDArray[np.float32]:
    outputs = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        missing = min(batch_size, len(images)) - len(batch)
        if missing:  # fill the last batch, so that nothing is compiled for its size
            batch = np.concatenate([batch, images[:missing]])
        # Not `predict`: its data pipeline takes seconds to close (docs/decisions/0002).
        outputs.append(network.predict_on_batch(batch)[: batch_size - missing])
    return np.concatenate(outputs).astype(np.float32, copy=False)


def softmax(logits: NDArray[Any]) -> NDArray[np.float32]:
    """Return probabilities ``[n, classes]``, float32, each row summing to 1.

    Example:
        >>> softmax(np.zeros((1, 2))).tolist()
        [[0.5, 0.5]]
    """
    logits = logits.astype(np.float64)
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float32] = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32)
