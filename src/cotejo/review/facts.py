"""What each training of a notebook is made of, so that trainings can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cotejo.review.names import AUGMENTING_LAYERS
from cotejo.review.trace import Training
from cotejo.review.trainings import USUAL_RATES
from cotejo.review.values import Collection, Constant, Construct, Layer, Model, Tensor, Value

__all__ = [
    "TrainingFacts",
    "facts_of",
    "inputs_of",
    "is_pretrained",
    "layers_of",
    "rests_on",
    "signature",
]

_DEEPEST = 5
"""Lists within each other that are told apart."""

_HE = ("he_normal", "he_uniform", "HeNormal", "HeUniform")
_GLOROT = ("glorot_uniform", "glorot_normal", "GlorotUniform", "GlorotNormal")


@dataclass(frozen=True)
class TrainingFacts:
    """What a training is made of; None where it can't be told.

    Attributes:
        values: the value of each topic, by its name, such as ``"dropout"``: true or false, a
            name, or a number.
    """

    values: dict[str, object] = field(default_factory=dict)


def facts_of(training: Training) -> TrainingFacts:
    """Return what a training is made of."""
    model, optimizer = training.model, training.optimizer
    layers = list(layers_of(model))
    known = model.known and all(layer.model is None or layer.model.known for layer in layers)
    pretrained = is_pretrained(model)
    kinds = {layer.kind for layer in layers}
    rate = None if optimizer is None else optimizer.learning_rate
    if optimizer is not None and rate is None and optimizer.exact:
        rate = USUAL_RATES.get(optimizer.name, 0.001)
    augmented = bool(training.data and training.data.augmenter) or bool(kinds & AUGMENTING_LAYERS)
    data_known = training.data is not None
    values: dict[str, object] = {
        "optimizer": None if optimizer is None else optimizer.name,
        "learning_rate": rate,
        "batch_size": training.batch_size,
        "early_stopping": training.patience is not None if training.exact else None,
        "augmentation": True if augmented else (False if known and data_known else None),
        "kernel_size": _kernels(layers) if known else None,
        "pretrained": True if pretrained else (False if known and not model.foreign else None),
    }
    for topic, wanted in (("dropout", "Dropout"), ("batch_norm", "BatchNormalization")):
        there = any(wanted in kind for kind in kinds)
        values[topic] = True if there else (False if known else None)
    for topic, names in (("he", _HE), ("glorot", _GLOROT)):
        there = any(_initializer(layer) in names for layer in layers)
        if topic == "glorot":
            # Keras's own, where a layer is given none.
            weighted = [layer for layer in layers if layer.kind.startswith(("Conv", "Dense"))]
            there = there or any(_initializer(layer) is None for layer in weighted)
        values[topic] = True if there else (False if known else None)
    regular = any("regularizer" in name for layer in layers for name in layer.keywords)
    values["l2"] = True if regular else (False if known else None)
    return TrainingFacts(values)


def is_pretrained(model: Model) -> bool:
    """Return whether a network has weights from elsewhere, or another one in it that has."""
    return model.pretrained or any(
        layer.model is not None and layer.model.pretrained for layer in layers_of(model)
    )


def layers_of(model: Model) -> Iterator[Layer]:
    """Yield the layers of a network, and those of each network within it once."""
    waiting, seen = [model], set[int]()
    while waiting:
        inner = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        for layer in [*inner.layers, *_behind(inner.outputs)]:
            yield layer
            if layer.model is not None:
                waiting.append(layer.model)


def inputs_of(output: Tensor) -> list[Tensor]:
    """Return the inputs that a result rests on."""
    return [tensor for tensor in rests_on(output) if tensor.layer is None]


def _behind(output: Tensor | None) -> list[Layer]:
    results = [] if output is None else rests_on(output)
    return [tensor.layer for tensor in results if tensor.layer is not None]


def rests_on(output: Tensor) -> list[Tensor]:
    """Return a result and all that it rests on, each once."""
    waiting, found = [output], dict[int, Tensor]()
    while waiting:
        tensor = waiting.pop()
        if id(tensor) not in found:
            found[id(tensor)] = tensor
            waiting += tensor.inputs
    return list(found.values())


def _kernels(layers: list[Layer]) -> str:
    sizes = {
        _plain(layer.keywords.get("kernel_size", (*layer.arguments, None, None)[1]))
        for layer in layers
        if layer.kind.startswith(("Conv", "SeparableConv"))
    }
    return " ".join(sorted(sizes))


def _initializer(layer: Layer) -> str | None:
    given = layer.keywords.get("kernel_initializer")
    if isinstance(given, Construct):
        return given.path.rpartition(".")[2]
    return str(given.value) if isinstance(given, Constant) else None


def _plain(value: Value | None, depth: int = 0) -> str:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Constant):
        return repr(value.value)
    if isinstance(value, Collection):
        inner = {_plain(item, depth + 1) for item in value.items[:20]}
        return inner.pop() if len(inner) == 1 else "×".join(sorted(inner))
    if isinstance(value, Construct):
        given = [_plain(each, depth + 1) for each in value.arguments]
        given += [f"{name}={_plain(each, depth + 1)}" for name, each in value.keywords]
        return f"{value.path}({', '.join(given)})"
    return "?"


def signature(training: Training) -> str:
    """Return a text that two trainings have in common if they repeat each other."""
    optimizer = training.optimizer
    layers = [
        f"{layer.kind}({', '.join(map(_plain, layer.arguments))}"
        f"{sorted((name, _plain(value)) for name, value in layer.keywords.items())})"
        for layer in layers_of(training.model)
    ]
    settings = (training.epochs, training.batch_size, training.patience, training.data)
    return f"{layers} {optimizer} {settings} {training.earlier is not None}"
