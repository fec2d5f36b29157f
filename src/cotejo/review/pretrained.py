"""Networks on one of `keras.applications`, as a study has them: ``model = "keras:NAME"``."""

from __future__ import annotations

from dataclasses import dataclass

from cotejo.review.facts import layers_of
from cotejo.review.values import Constant, Layer, Model

__all__ = ["ReadBackbone", "read_backbone"]

_PLAIN = {
    "Activation", "Dropout", "Flatten", "GlobalAveragePooling2D", "GlobalAvgPool2D", "Input",
    "InputLayer", "Rescaling", "Resizing", "Softmax",
}  # fmt: skip
"""Layers around a backbone that a study's model has too, or does otherwise."""


@dataclass(frozen=True)
class ReadBackbone:
    """A network on one of `keras.applications`.

    Attributes:
        name: the application's, such as ``"MobileNetV2"``.
        dropout: the rate before the last layer.
        others: the classes of layers that a study's model does not have.
    """

    name: str
    dropout: float
    others: tuple[str, ...]

    @property
    def settings(self) -> dict[str, object]:
        """The settings of a study that are nearest to it."""
        return {"model": f"keras:{self.name}", "dropout": self.dropout}


def read_backbone(model: Model) -> ReadBackbone | None:
    """Return a network with one application in it; None if it is another kind of network.

    Args:
        model: a network whose weights come from elsewhere.
    """
    layers = list(layers_of(model))
    names = {layer.model.application for layer in layers if layer.model is not None} - {""}
    others = [layer for layer in layers if layer.model is None]
    if len(names) != 1 or not any(layer.kind == "Dense" for layer in others):
        return None
    dense = [layer.kind for layer in others if layer.kind == "Dense"][1:]
    strange = [layer.kind for layer in others if layer.kind not in _PLAIN | {"Dense"}]
    return ReadBackbone(names.pop(), _dropout(others), tuple(dict.fromkeys([*dense, *strange])))


def _dropout(layers: list[Layer]) -> float:
    """Return the highest rate of the layers `Dropout`; 0 without one that can be read."""
    rates = [0.0]
    for layer in layers:
        given = layer.arguments[0] if layer.arguments else layer.keywords.get("rate")
        if layer.kind == "Dropout" and isinstance(given, Constant):
            rate = given.value
            if type(rate) in (int, float) and 0 <= rate < 1:
                rates.append(float(rate))
    return max(rates)
