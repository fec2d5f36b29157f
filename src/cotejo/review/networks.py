"""The networks of a notebook, written as functions that a study can build them with."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from cotejo.review.facts import is_pretrained
from cotejo.review.names import LAYERS
from cotejo.review.values import (
    UNKNOWN,
    Collection,
    Constant,
    Construct,
    Layer,
    Model,
    Tensor,
    Value,
)

__all__ = ["LeftOutError", "function_name", "network_source"]

_MODULES = ("keras.initializers", "keras.regularizers", "keras.constraints")
_SHAPES = frozenset(
    ["input_shape", "input_dim", "batch_input_shape", "batch_shape", "name", "dtype", "weights"]
)
_OLD_NAMES = {
    "MaxPool2D": "MaxPooling2D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "Convolution2D": "Conv2D",
}
_MERGING = frozenset(["Add", "Average", "Concatenate", "Dot", "Maximum", "Multiply", "Subtract"])
_MOST_LAYERS = 500
_DEEPEST = 3
"""Networks within each other that are written."""


class LeftOutError(Exception):
    """A network can't be written; `key` and `what` say why.

    Args:
        key: why, as the catalogues' sentences about it end.
        what: the layer or the part that it is about.
    """

    def __init__(self, key: str, what: str = "") -> None:
        super().__init__(key, what)
        self.key = key
        self.what = what


def function_name(name: str, taken: Iterable[str]) -> str:
    """Return a name for a network's function that is one in Python and is not taken.

    Example:
        >>> function_name("model", ["model"]), function_name("class", [])
        ('model_2', 'class_')
    """
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_")[:40] or "network"
    plain = f"n{plain}" if plain[0].isdigit() else plain
    plain = f"{plain}_" if keyword.iskeyword(plain) or plain == "keras" else plain
    used, number, free = set(taken), 2, plain
    while free in used:
        free, number = f"{plain}_{number}", number + 1
    return free


def network_source(model: Model, name: str, classes: int | None = None) -> str:
    """Return the source of a function that builds a network.

    Args:
        model: the network.
        name: what the function is called.
        classes: how many classes the data has, where it is known.

    Returns:
        A function of ``image_shape``, (height, width, channels), and ``num_classes``. It is made
        of layers that Keras ships, numbers and texts alone.

    Raises:
        LeftOutError: the network could not be read, or holds anything else.
    """
    if is_pretrained(model):
        raise LeftOutError("pretrained")
    if not model.known:
        raise LeftOutError("unread")
    writer = _Writer(classes, _last_dense(model))
    if model.outputs is not None:
        result = writer.tensor(model.outputs, model.inputs)
        lines = [*writer.lines, f"return keras.Model(inputs, {result})"]
    else:
        lines = writer.sequential(model)
    body = "\n".join(f"    {line}" for line in lines)
    return f"def {name}(image_shape, num_classes):\n{body}\n"


def _last_dense(model: Model) -> Layer:
    """Return the layer that gives one number for each class."""
    layer = _last_layer(model)
    if layer is None or layer.kind != "Dense":
        raise LeftOutError("no_classes")
    return layer


def _last_layer(model: Model) -> Layer | None:
    if model.outputs is not None:
        tensor: Tensor | None = model.outputs
        while tensor is not None and tensor.layer is not None:
            if tensor.layer.kind not in ("Activation", "Softmax"):
                return tensor.layer
            tensor = tensor.inputs[0] if tensor.inputs else None
        return None
    layers = [each for each in model.layers if each.kind not in ("Activation", "Softmax")]
    return layers[-1] if layers else None


@dataclass
class _Writer:
    """Writes a network's layers.

    Attributes:
        classes: how many classes the data has; None if that is not known.
        last: the layer that gives one number for each class.
        depth: in how many networks within each other the writer is.
        lines: what was written so far.
        names: the variables of results, by the result.
    """

    classes: int | None
    last: Layer
    depth: int = 0
    lines: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    def sequential(self, model: Model) -> list[str]:
        """Return the lines that build a `Sequential`."""
        layers = [layer for layer in model.layers if layer.kind not in ("Input", "InputLayer")]
        if not layers or len(layers) > _MOST_LAYERS:
            raise LeftOutError("unread")
        written = ["keras.Input(image_shape)", *self._reshaping(_first_shape(model))]
        written += [self.layer(layer) for layer in layers]
        inner = [f"        {each}," for each in written]
        return ["return keras.Sequential(", "    [", *inner, "    ]", ")"]

    def tensor(self, output: Tensor, inputs: Tensor | None) -> str:
        """Write the lines that compute a result, and return its variable."""
        order = _in_order(output)
        if inputs is None or inputs.layer is not None or len(order) > _MOST_LAYERS:
            raise LeftOutError("unread")
        self.lines.append("inputs = keras.Input(image_shape)")
        self.names[id(inputs)] = "inputs"
        for line in self._reshaping(inputs.shape):
            self.lines.append(f"x = {line}(inputs)")
            self.names[id(inputs)] = "x"
        for number, tensor in enumerate(order, 1):
            if tensor.layer is None:
                if tensor is not inputs:
                    raise LeftOutError("unread")
                continue
            given = [self.names[id(each)] for each in tensor.inputs]
            merging = tensor.layer.kind in _MERGING
            if len(given) != 1 and not merging:
                raise LeftOutError("unread")
            shown = f"[{', '.join(given)}]" if merging else given[0]
            self.lines.append(f"x{number} = {self.layer(tensor.layer)}({shown})")
            self.names[id(tensor)] = f"x{number}"
        return self.names[id(output)]

    def layer(self, layer: Layer) -> str:
        """Return a layer as it is written."""
        if layer.model is not None:
            return self._inner(layer.model)
        if layer.kind not in LAYERS:
            raise LeftOutError("layer", layer.kind)
        given = list(layer.arguments)
        named = {name: value for name, value in layer.keywords.items() if name not in _SHAPES}
        written: list[str] = []
        if layer is self.last:
            self._check_classes(given.pop(0) if given else named.pop("units", UNKNOWN))
            written.append("num_classes")
        written += [self.value(value, layer) for value in given]
        written += [f"{name}={self.value(value, layer)}" for name, value in named.items()]
        return f"keras.layers.{_OLD_NAMES.get(layer.kind, layer.kind)}({', '.join(written)})"

    def _inner(self, model: Model) -> str:
        """Return a network that is a layer of another, such as one of augmentation."""
        layers = [layer for layer in model.layers if layer.kind not in ("Input", "InputLayer")]
        self.depth += 1
        readable = model.known and model.outputs is None and 0 < len(layers) <= _MOST_LAYERS
        if not readable or self.depth > _DEEPEST:
            raise LeftOutError("unread")
        written = ", ".join(self.layer(layer) for layer in layers)
        self.depth -= 1
        return f"keras.Sequential([{written}])"

    def _check_classes(self, units: Value) -> None:
        """Look whether the last layer has an output for each class; a name may stand for it."""
        if not isinstance(units, Constant):
            return
        count = units.value
        if type(count) is not int or count < 2 or (self.classes or count) != count:
            raise LeftOutError("classes", str(count)[:20])

    def _reshaping(self, shape: Value) -> list[str]:
        """Return the layer that a network needs which takes rows, or images without channels."""
        sizes = shape.items if isinstance(shape, Collection) else None
        if sizes is None or len(sizes) > 2:
            return []
        return [
            "keras.layers.Flatten()" if len(sizes) == 1 else "keras.layers.Reshape(image_shape[:2])"
        ]

    def value(self, value: Value, layer: Layer) -> str:
        """Return an argument as it is written.

        Raises:
            LeftOutError: it is no number, text, list of them, or part of Keras.
        """
        if isinstance(value, Constant):
            return _literal(value.value, layer)
        if isinstance(value, Collection) and value.keys is None and value.literal:
            inner = [self.value(item, layer) for item in value.items[:20]]
            return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
        if isinstance(value, Construct) and value.path.rpartition(".")[0] in _MODULES:
            given = [self.value(item, layer) for item in value.arguments]
            given += [f"{name}={self.value(item, layer)}" for name, item in value.keywords]
            return f"{value.path}({', '.join(given)})"
        raise LeftOutError("argument", layer.kind)


def _literal(value: Any, layer: Layer) -> str:
    if type(value) is float and isfinite(value):
        return repr(value)
    if type(value) is int and abs(value) < 10**9:
        return repr(value)
    if value is None or type(value) is bool or (type(value) is str and len(value) < 100):
        return repr(value)
    raise LeftOutError("argument", layer.kind)


def _first_shape(model: Model) -> Value:
    first = model.layers[0]
    if first.kind == "Input":
        return first.arguments[0]
    keywords: Mapping[str, Value] = first.keywords
    if "input_dim" in keywords:
        return Collection([keywords["input_dim"]])
    return keywords.get("input_shape", keywords.get("shape", Constant(None)))


def _in_order(output: Tensor) -> list[Tensor]:
    """Return the results that an output rests on, each after those that it rests on itself."""
    order: list[Tensor] = []
    waiting: list[tuple[Tensor, bool]] = [(output, False)]
    seen: set[int] = set()
    while waiting:
        tensor, done = waiting.pop()
        if done:
            order.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            waiting.append((tensor, True))
            waiting += [(each, False) for each in reversed(tensor.inputs)]
    return order
