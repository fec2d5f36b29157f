"""Batch normalisation by the backend's fused kernel, where it has one."""

from __future__ import annotations

from typing import Any

from cotejo.backend import keras, ops
from cotejo.models.kernels import batch_normalized

__all__ = ["BatchNormalization"]


class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalisation over the last axis, computed in one pass in the layer's type.

    Keras's own casts to float32 and takes the moments apart from the rest, which on a processor
    costs as much as a small convolution. Same weights, same results but for the rounding of
    bfloat16. A saved network has Keras's own in its place (`cotejo.models.portable`).

    Example:
        >>> tuple(BatchNormalization()(keras.ops.ones((2, 4, 4, 3))).shape)
        (2, 4, 4, 3)
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the inputs normalised, ``[batch, height, width, channels]``."""
        if not (training and self.trainable) or mask is not None:
            return super().call(inputs, training=training, mask=mask)
        gamma = self.gamma if self.scale else ops.ones(self.beta.shape)
        outputs, mean, variance = batch_normalized(inputs, gamma, self.beta, self.epsilon)
        for kept, seen in ((self.moving_mean, mean), (self.moving_variance, variance)):
            kept.assign(kept * self.momentum + seen * (1.0 - self.momentum))
        return outputs
