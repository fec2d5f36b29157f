"""Integrated gradients: how much each pixel adds to the logit of a class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import gradient, keras
from cotejo.explain.logits import (
    above_mean,
    batch_size,
    check_classes,
    logit_of,
    mean_logits,
    without_softmax,
)
from cotejo.explain.views import summed_over_views

__all__ = ["integrated_gradients_maps"]

_STEPS = (32, 128, 512, 2048)
"""On how many points of the way the gradient is looked at: more, until the sum is right."""
_TOLERANCE = 0.01
"""How far the sum may be from the difference of the logits, as a share of that."""


def integrated_gradients_maps(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    *,
    tta: str = "none",
    baselines: Sequence[float] = (0, 255),
) -> NDArray[np.float32]:
    """Return how much each pixel adds to the logits of the given classes.

    On the straight way from an empty image to the image, the gradients of the class's logit, above
    the mean of all classes' logits, are averaged, and multiplied by how far each pixel has come. A
    pixel's value is the sum over its channels, and the mean over a black and a white empty image:
    by one of them alone, pixels of its colour would count for nothing.

    The values of a map add up to this logit for the image minus its mean for the empty ones
    (completeness). The gradient is looked at on 32 points of the way, and on up to 2,048 until
    the sum is within 1% of that difference.

    Args:
        network: from pixels in ``[0, 255]`` to logits or probabilities.
        images: ``[m, height, width, channels]``, uint8.
        classes: ``[m, k]``, the classes to explain for each image.
        tta: a name of `cotejo.config.views.VIEWS`: the logits are the means over these views, as
            in the prediction, and so is what a pixel adds to them.
        baselines: the grey values of the empty images, in ``[0, 255]``.

    Returns:
        ``[m, k, height, width]``, float32, in logits; below 0 where a pixel speaks against.

    Raises:
        ConfigError: ``classes`` has not one row per image.

    Example:
        >>> pixels = keras.Input((2, 2, 1))
        >>> flat = keras.layers.Flatten()(pixels)
        >>> network = keras.Model(pixels, keras.layers.Dense(2, use_bias=False)(flat))
        >>> network.set_weights([np.array([[2.0, 0.0], [0.0, 0.0], [4.0, 0.0], [0.0, 0.0]])])
        >>> image = np.array([10, 10, 10, 10], np.uint8).reshape(1, 2, 2, 1)
        >>> integrated_gradients_maps(network, image, np.array([[0]]), baselines=[0])[0, 0].tolist()
        [[10.0, 0.0], [20.0, 0.0]]

    References:
        Sundararajan, M., Taly, A. and Yan, Q. (2017). Axiomatic attribution for deep networks.
        ICML. arXiv 1703.01365. Several baselines: Sturmfels, P., Lundberg, S. and Lee, S.-I.
        (2020). Visualizing the impact of feature attribution baselines. Distill.
        doi 10.23915/distill.00022.
    """
    check_classes(images, classes)
    network = without_softmax(network)
    height, width = images.shape[1:3]
    if not classes.size:
        return np.zeros((*classes.shape, height, width), np.float32)
    wanted, near = _differences(network, images, classes, tta, baselines)
    # One pair of an image and a class after the other, so that no map depends on the others.
    pairs, labels = np.repeat(np.arange(len(images)), classes.shape[1]), classes.reshape(-1, 1)
    maps = np.zeros((len(pairs), height, width), np.float32)
    again = np.arange(len(pairs))
    for steps in _STEPS:
        of_view = partial(_maps, network, classes=labels[again], baselines=baselines, steps=steps)
        found = summed_over_views(images[pairs[again]], tta, of_view, additive=True)
        maps[again] = found[:, 0]
        again = again[np.abs(found.sum(axis=(1, 2, 3)) - wanted[again]) > near[again]]
        if not len(again):
            break
    return maps.reshape(*classes.shape, height, width)


def _differences(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    tta: str,
    baselines: Sequence[float],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what each map has to add up to, and how near is near enough, ``[m * k]`` each."""
    shape = (1, *images.shape[1:])
    empty = np.concatenate([np.full(shape, grey, np.float32) for grey in baselines])
    given = np.concatenate([images.astype(np.float32), empty])
    logits = above_mean(mean_logits(network, given, tta))
    answers, nothing = logits[: len(images)], logits[len(images) :].mean(axis=0)
    differences = np.take_along_axis(answers - nothing, classes, axis=1)
    # Where a logit hardly changes, its share says nothing: the spread of the logits does.
    spread = answers.std(axis=1, keepdims=True)
    near = _TOLERANCE * np.maximum(np.abs(differences), spread)
    return differences.ravel(), near.ravel()


def _maps(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    baselines: Sequence[float],
    steps: int,
) -> NDArray[np.float64]:
    """Return the maps ``[m, k, height, width]`` of images in one view."""
    maps = np.zeros((*classes.shape, *images.shape[1:3]))
    for image, of_image, image_maps in zip(images, classes, maps, strict=True):
        for grey in baselines:
            start = np.full(image.shape, grey, np.float32)
            way = image.astype(np.float32) - start
            for place, label in enumerate(of_image):
                slopes = _mean_gradient(network, start, way, int(label), steps)
                image_maps[place] += (way * slopes).sum(axis=-1) / len(baselines)
    return maps


def _mean_gradient(
    network: keras.Model,
    start: NDArray[np.float32],
    way: NDArray[np.float32],
    label: int,
    steps: int,
) -> NDArray[np.float64]:
    """Return the mean of the gradients in the middles of ``steps`` equal parts of the way."""
    shares = ((np.arange(steps) + 0.5) / steps).astype(np.float32)
    size = batch_size(start[np.newaxis])
    total = np.zeros(start.shape)
    for first in range(0, steps, size):
        points = start + shares[first : first + size, None, None, None] * way
        wanted = np.full(len(points), label)
        slopes = gradient(partial(_logit, network, wanted), points)
        total += slopes.sum(axis=0, dtype=np.float64)
    return total / steps


def _logit(network: keras.Model, wanted: NDArray[np.integer[Any]], pixels: Any) -> Any:
    return logit_of(network, pixels, wanted)
