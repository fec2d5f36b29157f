"""What a network costs: the operations of one image through it."""

from __future__ import annotations

import math

from cotejo.backend import keras
from cotejo.models.observing import layers_of

__all__ = ["operations_per_image"]


def operations_per_image(network: keras.Model) -> int:
    """Return the floating-point operations of one image's prediction, two a multiply-add.

    Convolutions and dense layers are counted; what normalises and activates is a few percent of
    them. Training costs about three times as much: forward, and the gradients of the inputs and
    of the weights.

    Args:
        network: for images of a known size.

    Example:
        >>> from cotejo.models import build_model
        >>> operations_per_image(build_model("mlp", (32, 32, 3), 10))
        3412992
    """
    multiply_adds = 0
    for layer, shape in layers_of(network):
        if isinstance(layer, keras.layers.SeparableConv2D):
            kernels = [layer.depthwise_kernel, layer.pointwise_kernel]
        elif isinstance(
            layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D | keras.layers.Dense
        ):
            kernels = [layer.kernel]
        else:
            continue
        positions = math.prod(shape[:-1])
        multiply_adds += positions * sum(math.prod(kernel.shape) for kernel in kernels)
    return 2 * multiply_adds
