"""A network's logits and probabilities on many images, in batches of one shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras

__all__ = ["predict_logits", "softmax"]


def predict_logits(
    network: keras.Model, images: NDArray[np.uint8], batch_size: int = 500
) -> NDArray[np.float32]:
    """Return the network's logits.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: ``[n, height, width, channels]``, uint8.
        batch_size: how many at a time; it does not change the result.

    Returns:
        ``[n, classes]``, float32, unnormalised.
    """
    outputs = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        missing = min(batch_size, len(images)) - len(batch)
        if missing:  # the last batch is filled up, so that nothing is compiled for its size
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
