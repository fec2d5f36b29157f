"""How a notebook changes its images at random, in the terms of a study's parts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cotejo.review.names import AUGMENTING_LAYERS
from cotejo.review.values import Augmenter, Constant, Function, Layer, Model, Value
from cotejo.review.words import words

if TYPE_CHECKING:
    from cotejo.review.machine import Machine

__all__ = ["augmenter_of_function", "augmenter_of_layers", "generator_augmenter", "is_augmenting"]

_NOT_AUGMENTING = words(
    "rescale validation_split preprocessing_function data_format dtype fill_mode cval "
    "featurewise_center samplewise_center featurewise_std_normalization "
    "samplewise_std_normalization zca_whitening zca_epsilon interpolation_order"
)


def generator_augmenter(keywords: Mapping[str, Value]) -> Augmenter:
    """Return what an `ImageDataGenerator` with these arguments does to images.

    Example:
        >>> generator_augmenter({"horizontal_flip": Constant(True)}).parts
        (('flip', None),)
    """
    given = {
        name: value.value if isinstance(value, Constant) else "…"
        for name, value in keywords.items()
        if name not in _NOT_AUGMENTING
    }
    given = {name: value for name, value in given.items() if value not in (None, False, 0)}
    parts: list[tuple[str, float | None]] = []
    if given.pop("horizontal_flip", None) is True:
        parts.append(("flip", None))
    rotation = _number(given.get("rotation_range"), 180)
    if rotation is not None:
        parts.append(("rotate", rotation))
        del given["rotation_range"]
    zoom = _number(given.get("zoom_range"), 0.9)
    if zoom is not None:
        parts.append(("zoom", zoom))
        del given["zoom_range"]
    sides = {given.get("width_shift_range"), given.get("height_shift_range")}
    shift = _number(next(iter(sides)), 0.5) if len(sides) == 1 else None
    if shift is not None:
        parts.append(("shift", shift))
        del given["width_shift_range"], given["height_shift_range"]
    return Augmenter(tuple(parts), tuple(f"{name}={value}" for name, value in given.items()))


def _number(value: object, most: float) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return value if usable and 0 < value <= most else None  # type: ignore[operator,return-value]


def is_augmenting(value: Value) -> bool:
    """Return whether a value is a layer, or a network of layers, that only changes images."""
    if isinstance(value, Layer):
        return value.kind in AUGMENTING_LAYERS
    return (
        isinstance(value, Model)
        and value.known
        and any(layer.kind in AUGMENTING_LAYERS for layer in value.layers)
        and all(
            layer.kind in AUGMENTING_LAYERS | {"Rescaling", "Resizing", "Input", "InputLayer"}
            for layer in value.layers
        )
    )


def augmenter_of_layers(layers: Iterable[Layer]) -> Augmenter:
    """Return what layers such as `RandomFlip` do to images."""
    parts: list[tuple[str, float | None]] = []
    others: list[str] = []
    for layer in layers:
        if layer.kind not in AUGMENTING_LAYERS:
            continue
        part = _part(layer)
        if part is None:
            others.append(layer.kind)
        else:
            parts.append(part)
    names = [name for name, _ in parts]
    twice = {name for name in names if names.count(name) > 1}
    return Augmenter(
        tuple(part for part in parts if part[0] not in twice), (*others, *sorted(twice))
    )


def _part(layer: Layer) -> tuple[str, float | None] | None:
    given = [value.value for value in layer.arguments if isinstance(value, Constant)]
    named = {
        name: value.value for name, value in layer.keywords.items() if isinstance(value, Constant)
    }
    first = given[0] if given else named.get("mode", named.get("factor"))
    if layer.kind == "RandomFlip":
        return ("flip", None) if first == "horizontal" else None
    if layer.kind == "RandomRotation":
        turn = _number(first, 0.5)
        return None if turn is None else ("rotate", max(round(360 * turn, 3), 0.001))
    if layer.kind in ("RandomZoom", "RandomContrast", "RandomBrightness"):
        amount = _number(first if first is not None else named.get("height_factor"), 0.9)
        name = {"Zoom": "zoom", "Contrast": "contrast", "Brightness": "brightness"}
        return None if amount is None else (name[layer.kind.removeprefix("Random")], amount)
    if layer.kind == "RandomTranslation":
        height = given[0] if given else named.get("height_factor")
        width = given[1] if len(given) > 1 else named.get("width_factor")
        amount = _number(height, 0.5) if height == width else None
        return None if amount is None else ("shift", amount)
    return None


def augmenter_of_function(machine: Machine, value: Value, depth: int = 0) -> Augmenter:
    """Return what a function that data is mapped through does to images at random."""
    if is_augmenting(value):
        layers = value.layers if isinstance(value, Model) else [value]
        return augmenter_of_layers(layer for layer in layers if isinstance(layer, Layer))
    if not isinstance(value, Function) or depth > 3:
        return Augmenter()
    for node in ast.walk(value.node):
        machine.tick()
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and "random_" in node.func.attr:
            return Augmenter(others=(f"tf.image.{node.func.attr}",))
        if isinstance(node.func, ast.Name):
            called = machine.scopes[0].get(node.func.id)
            found = augmenter_of_function(machine, called, depth + 1) if called else None
            if found:
                return found
    return Augmenter()
