"""Whitening: a first convolution that decorrelates patches, taken from the training images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops

__all__ = ["WHITENING", "whiten", "whitening_filters"]

WHITENING = "whitening"
"""The name of the layer that `whiten` fills: a convolution that is not trained."""


def whitening_filters(
    pixels: NDArray[np.floating], size: int = 2, epsilon: float = 5e-4
) -> NDArray[np.float32]:
    """Return the filters that whiten patches of ``size × size`` pixels, and their negatives.

    Args:
        pixels: ``[n, height, width, channels]``, as the layer sees them, about zero mean.
        size: the patches' height and width.
        epsilon: added to each variance, so that faint directions are not blown up.

    Returns:
        ``[size, size, channels, 2 * size * size * channels]``, float32: a kernel whose outputs on
        such patches are uncorrelated and of about unit variance.

    References:
        Page 2019, "How to train your ResNet"; airbench94 (Jordan 2024, arXiv 2404.00498).

    Example:
        >>> pixels = np.random.default_rng(0).normal(size=(50, 8, 8, 3))
        >>> whitening_filters(pixels).shape
        (2, 2, 3, 24)
    """
    channels = pixels.shape[-1]
    # Added up in parts: all patches at once are half a gigabyte.
    products, count = np.zeros((size * size * channels,) * 2), 0
    for start in range(0, len(pixels), 500):
        patches = _patches(pixels[start : start + 500], size)
        products += patches.T @ patches
        count += len(patches)
    variances, directions = np.linalg.eigh(products / count)
    scaled = directions / np.sqrt(variances + epsilon)
    kernel = scaled.reshape(size, size, channels, -1)
    return np.concatenate([kernel, -kernel], axis=-1).astype(np.float32)


def _patches(pixels: NDArray[np.floating], size: int) -> NDArray[np.float64]:
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (size, size), axis=(1, 2))
    # [n, rows, columns, channels, size, size] to a patch a row, in the kernel's order.
    in_order = windows.transpose(0, 1, 2, 4, 5, 3).astype(np.float64)
    return in_order.reshape(-1, size * size * pixels.shape[-1])


def whiten(network: keras.Model, images: NDArray[np.uint8], most: int = 5000) -> None:
    """Fill the network's whitening layer, where it has one, from training images.

    Args:
        network: its layers up to the whitening are applied to the images first.
        images: ``[n, height, width, channels]``, uint8.
        most: how many are used, from the first.
    """
    layer = next((each for each in network.layers if each.name == WHITENING), None)
    if layer is None:
        return
    before = keras.Model(network.inputs[0], layer.input)
    seen = ops.convert_to_numpy(before(images[:most].astype("float32")))
    layer.kernel.assign(whitening_filters(seen))
