"""The learner: the training images on the device, changed and learned from in one compiled step."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.augment import ALTERNATING, POLICIES
from cotejo.backend import keras, ops
from cotejo.data.dataset import Split
from cotejo.train.stages import resized

__all__ = ["Learner", "alternating", "device_images", "training_order"]


@lru_cache(maxsize=2)
def device_images(split: Split, scale: float = 1.0) -> keras.Variable:
    """Return the images of ``split`` on the device, ``[n, height, width, channels]``, uint8.

    Their sides are ``scale`` of what they were (`resized`).

    The last split's are kept for the next run of a study, small and whole: moving them again would
    cost time, and TensorFlow holds on to what a compiled step has captured.
    """
    images = resized(split, scale).images
    return keras.Variable(images, dtype="uint8", trainable=False, name="images")


class Learner(keras.Model):
    """A network and all of its training images, fed with indices.

    The images stay on the device as bytes; each step gathers its own, augments them and trains,
    so that no image ever waits for a host pipeline.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: those to gather from (`device_images`); labels come with the indices.
        augment: the name of a policy of `cotejo.augment`.
        draws: where the augmentation's come from.
        scale: the images' sides, as a share of those that they came with.
        losses: ``[n]``, where each image's loss is kept when it is seen; None keeps none.
    """

    def __init__(
        self,
        network: keras.Model,
        images: keras.Variable,
        augment: str,
        draws: keras.random.SeedGenerator,
        scale: float = 1.0,
        losses: keras.Variable | None = None,
    ) -> None:
        super().__init__(name="learner")
        self.network = network
        self.scale = scale
        self.seen_losses = losses
        self.policy = POLICIES[augment]
        self.alternates = augment in ALTERNATING
        self.draws = draws
        self.images = images

    def call(self, indices: Any, training: bool = False) -> Any:
        """Return the logits ``[batch, classes]`` of the images at ``indices`` ``[batch]``.

        Numbers from the count of the images on stand for the same images, mirrored.
        """
        count = self.images.shape[0]
        pixels = ops.take(self.images, indices % count, axis=0)
        if self.alternates:
            mirrored = ops.reshape(indices >= count, (-1, 1, 1, 1))
            pixels = ops.where(mirrored, ops.flip(pixels, axis=2), pixels)
        # TensorFlow's bilinear resampling and everything after it wants floats.
        pixels = ops.cast(pixels, "float32")
        if training and self.policy is not None:
            pixels = self.policy(pixels, self.draws)
        return self.network(pixels, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean loss of a batch, and keep each image's cross-entropy if asked to."""
        if self.seen_losses is not None and training:
            classes = ops.cast(ops.reshape(y, (-1,)), "int32")
            each = keras.losses.sparse_categorical_crossentropy(classes, y_pred, from_logits=True)
            places = ops.expand_dims(x % self.images.shape[0], 1)
            self.seen_losses.assign(ops.scatter_update(self.seen_losses, places, each))
        return super().compute_loss(x, y, y_pred, sample_weight, training)


def training_order(
    count: int, batch_size: int, epochs: int, seed: int | tuple[int, ...]
) -> NDArray[np.int32]:
    """Return the images of every step of a training: each epoch a new shuffle of all.

    The last images of a shuffle that fill no batch are left out of that epoch: every step has one
    shape, and batch normalisation never sees a batch of a few.

    Returns:
        int32 ``[epochs * steps, batch_size]``, where ``steps`` is ``count // batch_size``.

    Example:
        >>> training_order(10, 4, 3, seed=0).shape
        (6, 4)
    """
    random = np.random.default_rng(seed)
    steps = count // batch_size
    shuffles = (random.permutation(count)[: steps * batch_size] for _ in range(epochs))
    return np.concatenate([s.astype(np.int32) for s in shuffles]).reshape(-1, batch_size)


def alternating(
    order: NDArray[np.int32], images: int, first_epoch: int, epochs: int, seed: int
) -> NDArray[np.int32]:
    """Return an order in which each image is mirrored in every second epoch.

    Args:
        order: ``[epochs * steps, batch_size]``, of `training_order`.
        images: how many there are to index; a mirrored one's number is higher by as many.
        first_epoch: of the order, from 0.
        epochs: that the order is of.
        seed: of which half is mirrored in the first epoch.

    Example:
        >>> alternating(np.array([[0, 1], [1, 0]], np.int32), 2, 0, 2, seed=0).tolist()
        [[2, 3], [1, 0]]
    """
    # A stage's order is drawn from (seed, its first epoch): a third number keeps this apart.
    at_first = np.random.default_rng((seed, 0, 1)).random(images) < 0.5
    epoch = first_epoch + np.arange(len(order)) // (len(order) // epochs)
    mirrored = at_first[order] ^ (epoch % 2 == 1)[:, None]
    return np.where(mirrored, order + images, order).astype(np.int32)
