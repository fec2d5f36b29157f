"""A classifier as one network: from pictures of 8 bits to probabilities, all of it in Keras.

Every form of an export is made of this one: its pictures are fitted to the size of the network, it
is looked at from all views, and the logits are averaged, divided by the temperature and made
probabilities. It computes in float32, whatever the network was trained in, and it holds layers and
operations of Keras's alone, so that it loads where there is no Cotejo.
"""

from __future__ import annotations

import inspect
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.config.views import VIEWS
from cotejo.export.resampling import resampled
from cotejo.export.whole_numbers import resampled_in_whole_numbers
from cotejo.models.observing import layers_of
from cotejo.models.portable import portable
from cotejo.train.predict import view

if TYPE_CHECKING:
    from cotejo.inference import Classifier

__all__ = ["INPUT", "OUTPUT", "Size", "foreign_layers", "in_float32", "whole"]

Size = Literal["any", "fixed"]
"""Whether pictures of any size are taken, or only those of the network's own."""

INPUT, OUTPUT = "pictures", "probabilities"
"""The names of what goes in and of what comes out."""


def whole(
    classifier: Classifier,
    network: keras.Model,
    size: Size = "any",
    *,
    in_whole_numbers: bool = False,
) -> keras.Model:
    """Return a network from pictures to probabilities.

    Args:
        classifier: that is exported.
        network: its network, in float32.
        size: ``"any"`` takes pictures ``[n, height, width, channels]`` of any height and width;
            ``"fixed"`` those of the network's own alone, and has no resampling in it.
        in_whole_numbers: whether to resample without float64, which not every device has
            (`cotejo.export.whole_numbers` says of which networks that is possible).

    Returns:
        From `INPUT`, uint8, to `OUTPUT`, float32 ``[n, classes]``.
    """
    image_shape = classifier.image_shape
    sides = image_shape[:2] if size == "fixed" else (None, None)
    pictures = keras.Input((*sides, image_shape[2]), dtype="uint8", name=INPUT)
    pixels = ops.cast(pictures, "float32")
    if size == "any":
        resample = resampled_in_whole_numbers if in_whole_numbers else resampled
        pixels = resample(pictures, image_shape, classifier.fit)
    views = VIEWS[classifier.views]
    logits = _of_all_views(network, pixels, image_shape, views, classifier.margin)
    scaled = keras.layers.Rescaling(1 / classifier.temperature, name="temperature")(logits)
    outputs = keras.layers.Softmax(name=OUTPUT)(scaled)
    return keras.Model(pictures, outputs, name="classifier")


def in_float32(network: keras.Model) -> keras.Model:
    """Return a network that computes in float32 and has none of Cotejo's layers.

    It is the network itself where that is so already, as in what is read from a file; else a copy.
    """
    for layer, _ in layers_of(network):
        if str(layer.compute_dtype) == "bfloat16" or type(layer).__module__.startswith("cotejo."):
            return portable(network)
    return network


def foreign_layers(network: keras.Model) -> list[str]:
    """Return the names of the classes of layers that are not Keras's own."""
    kinds = {type(layer) for layer, _ in layers_of(network)}
    return sorted(kind.__name__ for kind in kinds if kind.__module__.partition(".")[0] != "keras")


def _asked(network: keras.Model, pixels: Any) -> Any:
    """Return the network's logits, as of one that is not being trained.

    That has to be said: a layer that fits images to a size would have it be trained.
    """
    takes_it = "training" in inspect.signature(network.call).parameters
    return network(pixels, training=False) if takes_it else network(pixels)


def _of_all_views(
    network: keras.Model,
    pixels: Any,
    image_shape: tuple[int, int, int],
    views: dict[tuple[int, bool], float],
    margin: float,
) -> Any:
    """Return the means of the logits over the views; those of one view where it is sure enough."""
    plain = (0, False)
    if len(views) == 1:
        return _asked(network, pixels)
    others = [each for each in views if each != plain]
    seen = [pixels, *(_seen(pixels, image_shape, *each) for each in others)]
    # All views in one batch: the file holds the network once.
    together = _asked(network, ops.concatenate(seen, axis=0))
    logits = ops.reshape(together, (len(seen), -1, together.shape[-1]))
    means = logits[0] * views[plain]
    for place, each in enumerate(others, 1):
        means = means + logits[place] * views[each]
    if not isfinite(margin):
        return means
    highest = ops.top_k(logits[0], 2)[0]
    is_unsure = highest[:, :1] - highest[:, 1:] < margin
    return ops.where(is_unsure, means, logits[0])


def _seen(pixels: Any, image_shape: tuple[int, int, int], shift: int, mirrored: bool) -> Any:
    """Return images from another view, by the numbers of the rows and columns that it takes."""
    rows, columns, _ = image_shape
    taken_rows = view(_numbers(rows, 0), shift, False)[0, :, 0, 0]
    taken_columns = view(_numbers(columns, 1), shift, mirrored)[0, 0, :, 0]
    if shift:
        pixels = ops.take(pixels, taken_rows.astype("int32"), axis=1)
    return ops.take(pixels, taken_columns.astype("int32"), axis=2)


def _numbers(length: int, axis: int) -> NDArray[Any]:
    """Return an image ``[1, height, width, 1]`` whose pixels are their row's or column's number."""
    grid = np.indices((length, length))[axis]
    return np.asarray(grid[None, :, :, None])
