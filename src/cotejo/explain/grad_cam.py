"""Grad-CAM: where the last feature map of a network holds what speaks for a class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import gradient, keras, ops
from cotejo.errors import ConfigError
from cotejo.explain.logits import batch_size, check_classes, logit_of, without_softmax
from cotejo.explain.views import summed_over_views
from cotejo.models.observing import Seen, observed

__all__ = ["FeatureMap", "grad_cam_maps", "last_feature_map"]


@dataclass(frozen=True)
class FeatureMap:
    """Where in a network its last feature map is.

    Attributes:
        layer: the layer that gives it.
        call: which call of this layer, from 0; a layer can be used several times.
        shape: ``(height, width, channels)``.
    """

    layer: Any
    call: int
    shape: tuple[int, int, int]


def grad_cam_maps(
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    *,
    tta: str = "none",
) -> NDArray[np.float32]:
    """Return where the last feature map holds what speaks for the given classes.

    Each channel of the map counts by the gradient of the class's logit above the mean of all
    classes' logits, averaged over the map's positions; the weighted sum of the channels is cut off
    below 0 and enlarged to the image, bilinearly. It is as coarse as the map is: 3 by 3 positions
    in the network that ships.

    Args:
        network: from pixels in ``[0, 255]`` to logits or probabilities. Networks inside it are
            looked into.
        images: ``[m, height, width, channels]``, uint8.
        classes: ``[m, k]``, the classes to explain for each image.
        tta: a name of `cotejo.config.views.VIEWS`. The map is the mean of the maps of these views,
            each put back where its pixels come from, weighted as in the prediction.

    Returns:
        ``[m, k, height, width]``, float32, 0 or more. The maps of one image can be compared.

    Raises:
        ConfigError: the network has no feature map, as a fully connected one, or ``classes`` has
            not one row per image.

    Example:
        >>> pixels = keras.Input((8, 8, 1))
        >>> x = keras.layers.Conv2D(2, 1, use_bias=False)(pixels)
        >>> scores = keras.layers.Dense(2, use_bias=False)(keras.layers.Flatten()(x))
        >>> network = keras.Model(pixels, scores)
        >>> left = np.zeros((8, 8, 2, 2), np.float32)
        >>> left[:, :4] = 1
        >>> network.set_weights([np.ones((1, 1, 1, 2)), left.reshape(-1, 2)])
        >>> image = np.full((1, 8, 8, 1), 10, np.uint8)
        >>> grad_cam_maps(network, image, np.array([[0]])).shape
        (1, 1, 8, 8)

    References:
        Selvaraju, R. R. et al. (2017). Grad-CAM: visual explanations from deep networks via
        gradient-based localization. ICCV. arXiv 1610.02391.
    """
    check_classes(images, classes)
    network = without_softmax(network)
    if not len(images):
        return np.zeros((*classes.shape, *images.shape[1:3]), np.float32)
    target = last_feature_map(network)
    size = batch_size(images)

    def of_view(seen: NDArray[np.uint8]) -> NDArray[np.float32]:
        parts = [
            _maps(network, target, seen[start : start + size], classes[start : start + size])
            for start in range(0, len(seen), size)
        ]
        return np.concatenate(parts)

    return summed_over_views(images, tta, of_view, additive=False)


def last_feature_map(network: keras.Model) -> FeatureMap:
    """Return where the last feature map of a network is.

    It is what the last layer with a kernel gives that has positions, 2 or more, after what follows
    without a change of their number: activation, normalisation, the sum with a shortcut.

    Raises:
        ConfigError: there is none.
    """
    blank = np.zeros((1, *network.inputs[0].shape[1:]), np.float32)
    calls, _ = observed(network, blank)
    places = [number for number, call in enumerate(calls) if _positions(call) is not None]
    kernels = [number for number in places if _has_kernel(calls[number].layer)]
    if not kernels:
        raise ConfigError("no_feature_map", name=network.name)
    wanted = _positions(calls[kernels[-1]])
    last = max(
        number for number in places if number >= kernels[-1] and _positions(calls[number]) == wanted
    )
    layer = calls[last].layer
    earlier = sum(call.layer is layer for call in calls[:last])
    height, width, channels = calls[last].outputs.shape[1:]
    return FeatureMap(layer, earlier, (int(height), int(width), int(channels)))


def _positions(call: Seen) -> tuple[int, int] | None:
    """Return the height and width of what a layer gave, if it is a map of several positions."""
    shape: Any = getattr(call.outputs, "shape", ())
    if len(shape) != 4 or shape[1] * shape[2] < 2:
        return None
    return int(shape[1]), int(shape[2])


def _has_kernel(layer: Any) -> bool:
    return any(len(weight.shape) > 1 for weight in layer.weights)


def _maps(
    network: keras.Model,
    target: FeatureMap,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
) -> NDArray[np.float32]:
    """Return the maps ``[n, k, height, width]`` of images in one view."""
    pixels = images.astype(np.float32)
    calls, _ = observed(network, pixels, only=target.layer)
    features = ops.convert_to_numpy(ops.cast(calls[target.call].outputs, "float32"))
    nothing = np.zeros((len(images), *target.shape), np.float32)
    maps = np.zeros((*classes.shape, *images.shape[1:3]), np.float32)
    for place in range(classes.shape[1]):

        def logits(added: Any, wanted: NDArray[np.integer[Any]] = classes[:, place]) -> Any:
            with _added_to(target, added):
                return logit_of(network, ops.convert_to_tensor(pixels), wanted)

        weights = gradient(logits, nothing).mean(axis=(1, 2))  # [n, channels]
        coarse = np.maximum(np.einsum("nhwc,nc->nhw", features, weights), 0)
        maps[:, place] = [_enlarged(each, images.shape[1:3]) for each in coarse]
    return maps


@contextmanager
def _added_to(target: FeatureMap, added: Any) -> Iterator[None]:
    """Add a tensor to a feature map in this block: the gradient at 0 is that of the map."""
    layer, calls = target.layer, 0
    call = layer.call

    def with_added(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        outputs = call(*arguments, **named)
        calls += 1
        return outputs + ops.cast(added, outputs.dtype) if calls == target.call + 1 else outputs

    layer.call = with_added
    try:
        yield
    finally:
        del layer.call


def _enlarged(coarse: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.float32]:
    from PIL import Image

    height, width = size
    picture = Image.fromarray(coarse.astype(np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR), np.float32)
