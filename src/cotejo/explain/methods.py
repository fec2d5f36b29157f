"""The methods that explain an answer, by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.errors import ConfigError
from cotejo.explain.grad_cam import grad_cam_maps
from cotejo.explain.integrated_gradients import integrated_gradients_maps
from cotejo.explain.logits import check_classes, mean_logits, without_softmax
from cotejo.explain.occlusion import occlusion_maps
from cotejo.messages import did_you_mean
from cotejo.train import softmax

__all__ = ["METHODS", "check_method", "maps_by"]

METHODS = ("grad-cam", "occlusion", "integrated-gradients")
"""Grad-CAM is the quickest, and needs a network of convolutions; the others take any network."""


def check_method(name: str) -> str:
    """Return the name of a method, checked.

    Raises:
        ConfigError: there is none of this name.

    Example:
        >>> check_method("grad-cam")
        'grad-cam'
    """
    if name not in METHODS:
        raise ConfigError(
            "unknown_explanation",
            method=name,
            methods=", ".join(METHODS),
            hint=did_you_mean(str(name), METHODS),
        )
    return name


def maps_by(
    method: str,
    network: keras.Model,
    images: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]],
    *,
    tta: str = "none",
    temperature: float = 1.0,
) -> NDArray[np.float32]:
    """Return which parts of images speak for classes, by a method of `METHODS`.

    Args:
        method: its name.
        network: from pixels in ``[0, 255]`` to logits or probabilities.
        images: ``[m, height, width, channels]``, uint8.
        classes: ``[m, k]``, the classes to explain for each image.
        tta: from which sides an image is looked at (`cotejo.config.views.VIEWS`). The answer that
            is explained is the mean over these views, as in the prediction.
        temperature: that the logits are divided by, where probabilities are explained (occlusion).

    Returns:
        ``[m, k, height, width]``, float32: above 0 where the image speaks for the class; where a
        method tells it, below 0 where it speaks against. Of one image, maps by one method share
        their scale.

    Raises:
        ConfigError: there is no such method, it does not suit the network, or ``classes`` has
            not one row per image.
    """
    check_method(method)
    check_classes(images, classes)
    if method == "grad-cam":
        return grad_cam_maps(network, images, classes, tta=tta)
    if method == "integrated-gradients":
        return integrated_gradients_maps(network, images, classes, tta=tta)
    return occlusion_maps(_Answers(without_softmax(network), tta, temperature), images, classes)


class _Answers:
    """A network as its prediction is made: from images to probabilities, over all views."""

    def __init__(self, network: keras.Model, tta: str, temperature: float) -> None:
        self.network = network
        self.tta = tta
        self.temperature = temperature

    def predict_on_batch(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return softmax(mean_logits(self.network, images, self.tta) / self.temperature)
