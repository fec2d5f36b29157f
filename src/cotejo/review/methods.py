"""What the methods of networks, data and collections do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cotejo.review.augmenting import augmenter_of_function, is_augmenting
from cotejo.review.calls import Call, escape_arguments
from cotejo.review.choices import look_at_sorted
from cotejo.review.from_data import first_data, flowed
from cotejo.review.libraries import add_layer, tensors_in
from cotejo.review.trace import Evaluation
from cotejo.review.trainings import compile_model, fit_model
from cotejo.review.values import (
    UNKNOWN,
    Collection,
    Constant,
    Data,
    Generator,
    Layer,
    Model,
    Predictions,
    Score,
    Splitter,
    Tensor,
    Value,
)

__all__ = ["call_method", "call_value"]

_TRAINING_WORDS = frozenset(
    ["epochs", "validation_data", "validation_split", "callbacks", "steps_per_epoch"]
)
_UNKNOWN_CHANGES = ("search", "train_on_batch", "train_step", "set_weights", "load_weights")


def call_method(call: Call) -> Value:
    """Return what a call of a method gives."""
    receiver = call.receiver
    for kind, follow in _RECEIVERS.items():
        if isinstance(receiver, kind):
            return follow(call)
    unknown_fit = call.name in ("fit", "fit_generator") and _TRAINING_WORDS & set(call.keywords)
    if unknown_fit or call.name in _UNKNOWN_CHANGES:
        # Which network it trains or changes can't be told, so nothing is said of any.
        for model in call.machine.trace.models:
            model.foreign = True
            model.compiled = None
    escape_arguments(call)
    data = first_data(call.arguments[:1])
    transforming = call.name in ("transform", "fit_transform", "inverse_transform")
    return data if data is not None and transforming else UNKNOWN


def call_value(call: Call, called: Value) -> Value:
    """Return what a call of a layer, a network or an unknown value gives."""
    first = call.arguments[0] if call.arguments else UNKNOWN
    layer = called if isinstance(called, Layer) else None
    if isinstance(called, Model):
        if isinstance(first, Data):
            if is_augmenting(called):
                return replace(first, augmenter=augmenter_of_function(call.machine, called))
            return _looked_at(call, called, first)
        layer = Layer("Model", call.place, touched=True, model=called)
        called.compiled = None
    if layer is None:
        escape_arguments(call)
        return UNKNOWN
    if isinstance(first, Data) and is_augmenting(layer):
        return replace(first, augmenter=augmenter_of_function(call.machine, layer))
    inputs = tuple(tensors_in(first)) or (Tensor(None, touched=True),)
    tensor = Tensor(layer, inputs, place=call.place)
    call.machine.trace.tensors.append(tensor)
    return tensor


def _of_model(call: Call) -> Value:
    model = call.receiver
    if not isinstance(model, Model):
        return UNKNOWN
    if call.name in ("fit", "fit_generator"):
        return fit_model(call, model)
    follow = _OF_MODEL.get(call.name)
    return UNKNOWN if follow is None else follow(call, model)


def _compile(call: Call, model: Model) -> Value:
    compile_model(call, model)
    return UNKNOWN


def _add(call: Call, model: Model) -> Value:
    add_layer(model, call.given(0, "layer") or UNKNOWN, call)
    return UNKNOWN


def _pop(call: Call, model: Model) -> Value:
    del call
    model.known = False
    return UNKNOWN


def _weights(call: Call, model: Model) -> Value:
    del call
    model.renewed = True
    model.foreign = model.foreign or not model.trainings
    return UNKNOWN


def _train_on_batch(call: Call, model: Model) -> Value:
    del call
    model.foreign = True
    model.compiled = None
    return UNKNOWN


def _evaluate(call: Call, model: Model) -> Value:
    data = first_data([*call.arguments[:1], *call.keywords.values()]) or Data()
    _looked_at(call, model, data)
    loss, accuracy = Score(data.split, model, loss=True), Score(data.split, model)
    if call.keywords.get("return_dict") == Constant(True):
        return Collection([loss, accuracy], [Constant("loss"), Constant("accuracy")])
    return Collection([loss, accuracy])


def _predict(call: Call, model: Model) -> Value:
    data = first_data([*call.arguments[:1], *call.keywords.values()]) or Data()
    return _looked_at(call, model, data)


def _looked_at(call: Call, model: Model, data: Data) -> Value:
    trace = call.machine.trace
    trace.evaluations.append(Evaluation(call.place, model, data))
    if data.augmenter and data.split in ("valid", "test"):
        trace.augmented.append(call.place)
    if model.trainings:
        # Compiled once more for its figures alone.
        model.compiled = None
    return Predictions(data.split, model)


_OF_MODEL: dict[str, Callable[[Call, Model], Value]] = {
    "compile": _compile,
    "add": _add,
    "pop": _pop,
    "evaluate": _evaluate,
    "evaluate_generator": _evaluate,
    "predict": _predict,
    "predict_generator": _predict,
    "load_weights": _weights,
    "set_weights": _weights,
    "train_on_batch": _train_on_batch,
}


def _of_data(call: Call) -> Value:
    data = call.receiver
    if not isinstance(data, Data):
        return UNKNOWN
    if call.name == "map":
        augmenter = augmenter_of_function(call.machine, call.given(0, "map_func") or UNKNOWN)
        return replace(data, augmenter=augmenter) if augmenter else data
    if call.name == "batch":
        return replace(data, batch_size=call.whole(0, "batch_size"))
    if call.name in ("take", "skip", "shard"):
        value = call.given(0, "count")
        shown = value.value if isinstance(value, Constant) else "…"
        return replace(data, part=f"{data.part}.{call.name}({shown})")
    if call.name in ("max", "min", "mean", "sum", "std", "argmax", "items", "keys"):
        return UNKNOWN
    return data


def _of_generator(call: Call) -> Value:
    generator = call.receiver
    if isinstance(generator, Generator) and call.name.startswith("flow"):
        return flowed(call, generator)
    return UNKNOWN


def _of_collection(call: Call) -> Value:
    held = call.receiver
    if not isinstance(held, Collection):
        return UNKNOWN
    first = call.arguments[0] if call.arguments else UNKNOWN
    if call.name == "append" and len(held.items) < 1000:
        held.items.append(first)
        held.literal = False
    elif call.name == "items" and held.keys is not None:
        pairs: list[Value] = [
            Collection([key, item]) for key, item in zip(held.keys, held.items, strict=False)
        ]
        return Collection(pairs, literal=held.literal)
    elif call.name == "values":
        return Collection(held.items, literal=held.literal)
    elif call.name == "keys" and held.keys is not None:
        return Collection(held.keys, literal=held.literal)
    elif call.name == "index":
        return UNKNOWN
    elif call.name == "sort":
        return look_at_sorted(call.machine, call.node, held.items)
    elif call.name in ("extend", "update", "insert", "pop", "clear", "remove"):
        held.literal = False
    return UNKNOWN


def _of_score(call: Call) -> Value:
    receiver = call.receiver
    if isinstance(receiver, Predictions) and call.name == "mean":
        return Score(receiver.split, receiver.model)
    return receiver


def _of_splitter(call: Call) -> Value:
    return call.receiver if call.name == "split" else UNKNOWN


_RECEIVERS: dict[type[Value], Callable[[Call], Value]] = {
    Model: _of_model,
    Data: _of_data,
    Generator: _of_generator,
    Collection: _of_collection,
    Score: _of_score,
    Predictions: _of_score,
    Splitter: _of_splitter,
}
