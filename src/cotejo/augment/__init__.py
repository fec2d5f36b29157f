"""Augmentation: batched functions of `keras.ops`, run inside the compiled step.

A part takes pixels ``[batch, height, width, channels]``, float, in ``[0, 255]``, and a seed
generator, and returns as many of the same shape and range. Each image draws its own change.
`cotejo.config.augmentation_parts` declares the parts; `compose` puts them together.
"""

from cotejo.augment.composition import Policy, compose
from cotejo.augment.mixing import soft_labels

__all__ = ["Policy", "compose", "soft_labels"]
