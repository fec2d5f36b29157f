"""What the functions and classes of libraries give: networks, layers, data, scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cotejo.review.augmenting import generator_augmenter
from cotejo.review.calls import Call, escape_arguments
from cotejo.review.choices import look_at_sorted
from cotejo.review.facts import rests_on
from cotejo.review.from_data import FROM_DATA, first_data, passes_data
from cotejo.review.names import CALLBACKS, LAYERS, OPTIMIZERS
from cotejo.review.values import (
    UNKNOWN,
    Callback,
    Collection,
    Constant,
    Construct,
    Generator,
    Layer,
    Model,
    Optimizer,
    Predictions,
    Score,
    Splitter,
    Tensor,
    Value,
)
from cotejo.review.words import words

__all__ = ["call_library", "tensors_in"]

_PASSING = words("round float abs mean average array asarray squeeze item int nanmean")
_BEST = words("max min sorted argmax argmin nanargmax nanmax amax argsort")
_METRICS = frozenset(["accuracy_score", "balanced_accuracy_score", "f1_score", "recall_score"])
_SPLITTERS = words(
    "KFold StratifiedKFold RepeatedKFold RepeatedStratifiedKFold GroupKFold "
    "ShuffleSplit StratifiedShuffleSplit StratifiedGroupKFold"
)
_REPEATING = frozenset(["cross_val_score", "cross_validate", "GridSearchCV", "RandomizedSearchCV"])
_MOST_LAYERS = 1000
"""Layers of a network that are kept."""

_SEEDS = frozenset(["set_random_seed", "set_seed", "seed", "default_rng", "manual_seed"])


def call_library(call: Call) -> Value:
    """Return what a call of a library's function gives."""
    if call.root == "keras":
        return _keras(call)
    if call.name in _SEEDS:
        call.machine.trace.seeded = True
        return UNKNOWN
    if call.name in _SPLITTERS:
        return Splitter()
    if call.name in _REPEATING:
        call.machine.trace.repeated = True
    given = FROM_DATA.get(call.name)
    if given is not None:
        return given(call)
    if call.root == "builtins":
        return _builtin(call)
    if call.name in _METRICS:
        predicted = [value for value in call.arguments if isinstance(value, Predictions)]
        return Score(predicted[0].split, predicted[0].model) if predicted else UNKNOWN
    return _numeric(call)


def _numeric(call: Call) -> Value:
    """Return what a function of numpy, tensorflow or another library gives."""
    first = call.arguments[0] if call.arguments else UNKNOWN
    if isinstance(first, Predictions):
        # `np.mean(predicted == labels)` is an accuracy.
        return Score(first.split, first.model) if call.name in ("mean", "average") else first
    if call.name in _BEST:
        return look_at_sorted(call.machine, call.node, call.arguments)
    if isinstance(first, Score) and call.name in _PASSING:
        return first
    if passes_data(call):
        return first_data(call.arguments) or UNKNOWN
    escape_arguments(call)
    return UNKNOWN


def _builtin(call: Call) -> Value:
    first = call.arguments[0] if call.arguments else UNKNOWN
    if call.name in _BEST:
        return look_at_sorted(call.machine, call.node, call.arguments)
    if call.name in ("list", "tuple", "set") and isinstance(first, Collection):
        return first
    if call.name == "dict" and call.keywords and not call.arguments:
        names: list[Value] = [Constant(name) for name in call.keywords]
        return Collection(list(call.keywords.values()), names)
    if call.name == "enumerate":
        if isinstance(first, Collection):
            items = first.keys if first.keys is not None else first.items
            pairs: list[Value] = [
                Collection([Constant(position), item]) for position, item in enumerate(items)
            ]
            return Collection(pairs, literal=first.literal)
        return first if isinstance(first, Splitter) else UNKNOWN
    if call.name == "zip" and all(isinstance(each, Collection) for each in call.arguments):
        lists = [each.items for each in call.arguments if isinstance(each, Collection)]
        return Collection([Collection(list(row)) for row in zip(*lists, strict=False)])
    if call.name in _PASSING and isinstance(first, Score | Constant):
        return first
    if call.name in ("exec", "eval", "globals", "__import__"):
        call.machine.opaque = True
    escape_arguments(call)
    return UNKNOWN


def _keras(call: Call) -> Value:
    if call.name in LAYERS and ".datasets." not in call.path:
        return _layer(call)
    made = _KERAS.get(call.name) or FROM_DATA.get(call.name)
    if made is not None:
        return made(call)
    if call.name.lower() in OPTIMIZERS:
        return _optimizer(call)
    if call.name in CALLBACKS:
        return _callback(call)
    if ".applications." in call.path and call.name[:1].isupper():
        return _application(call)
    if call.name in _SEEDS:
        call.machine.trace.seeded = True
        return UNKNOWN
    if passes_data(call):
        return first_data(call.arguments) or UNKNOWN
    escape_arguments(call)
    return Construct(call.path, call.arguments, tuple(call.keywords.items()))


def _application(call: Call) -> Value:
    top, weights = call.given(0, "include_top"), call.given(-1, "weights")
    headless = isinstance(top, Constant) and top.value is False
    of_imagenet = weights is None or (isinstance(weights, Constant) and weights.value == "imagenet")
    name = call.name if headless and of_imagenet else ""
    model = Model(call.place, known=False, foreign=True, pretrained=True, application=name)
    return _made(call, model)


def _layer(call: Call) -> Value:
    layer = Layer(call.name, call.place, call.arguments, dict(call.keywords))
    call.machine.trace.layers.append(layer)
    return layer


def _made(call: Call, model: Model) -> Model:
    model.made_in = tuple(loop.number for loop in call.machine.loops)
    call.machine.trace.models.append(model)
    return model


def _input(call: Call) -> Value:
    return Tensor(None, shape=call.given(0, "shape") or UNKNOWN, place=call.place, touched=True)


def _sequential(call: Call) -> Value:
    model = _made(call, Model(call.place))
    listed = call.given(0, "layers")
    if isinstance(listed, Collection):
        model.known = listed.literal
        for item in listed.items:
            add_layer(model, item, call)
    elif listed is not None and listed != Constant(None):
        model.known = False
    return model


def add_layer(model: Model, value: Value, call: Call) -> None:
    """Add what a `Sequential` is given to its layers."""
    if len(model.layers) >= _MOST_LAYERS:
        model.known = False
    elif isinstance(value, Layer):
        value.touched = True
        model.layers.append(value)
    elif isinstance(value, Model):
        if value.foreign:
            model.foreign = True
        value.compiled = None
        model.layers.append(Layer("Model", call.place, touched=True, model=value))
    elif isinstance(value, Tensor) and value.layer is None:
        model.layers.append(Layer("Input", call.place, (value.shape,), touched=True))
    else:
        model.known = False


def _functional(call: Call) -> Value:
    model = _made(call, Model(call.place))
    inputs, outputs = call.given(0, "inputs"), call.given(1, "outputs")
    inner = tensors_in(inputs), tensors_in(outputs)
    if len(inner[0]) == len(inner[1]) == 1:
        model.inputs, model.outputs = inner[0][0], inner[1][0]
        model.foreign = _has_foreign(model.outputs)
    else:
        model.known = False
        model.foreign = any(_has_foreign(each) for each in inner[1])
    return model


def _has_foreign(output: Tensor) -> bool:
    return any(
        tensor.place is None
        if tensor.layer is None
        else tensor.layer.model is not None and tensor.layer.model.foreign
        for tensor in rests_on(output)
    )


def tensors_in(value: Value | None) -> list[Tensor]:
    """Return the results of layers in a value: itself, or those in a list or dict."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Collection):
        return [item for item in value.items[:100] if isinstance(item, Tensor)]
    return []


def _loaded(call: Call) -> Value:
    return _made(call, Model(call.place, known=False, foreign=True, pretrained=True))


def _cloned(call: Call) -> Value:
    source = call.given(0, "model")
    if not isinstance(source, Model):
        return _made(call, Model(call.place, known=False))
    clone = replace(
        source,
        place=call.place,
        name="",
        compiled=None,
        optimizer=UNKNOWN,
        trainings=[],
        renewed=False,
    )
    return _made(call, clone)


def _optimizer(call: Call) -> Value:
    rate = call.number(0, "learning_rate")
    rate = call.number(-1, "lr") if rate is None else rate
    name = call.name.lower()
    given = call.given(0, "learning_rate") or call.keywords.get("lr")
    momentum = call.number(1 if name == "sgd" else -1, "momentum")
    known = {"learning_rate", "lr", "momentum", "weight_decay", "name", "nesterov"}
    exact = set(call.keywords) <= known and (given is None or rate is not None)
    exact = exact and len(call.arguments) <= (2 if name == "sgd" else 1)
    decay = call.number(-1, "weight_decay")
    return Optimizer(name, rate, momentum, decay, exact)


def _callback(call: Call) -> Value:
    monitor = call.text(0 if call.name != "ModelCheckpoint" else 1, "monitor") or "val_loss"
    patience = call.whole(-1, "patience")
    acts = call.name in ("EarlyStopping", "ReduceLROnPlateau")
    if call.name == "ModelCheckpoint":
        acts = call.keywords.get("save_best_only") == Constant(True)
    if call.name == "EarlyStopping" and patience is None:
        patience = 0 if "patience" not in call.keywords else None
    return Callback(call.name, monitor, patience, acts)


def _generator(call: Call) -> Value:
    holds_back = "validation_split" in call.keywords
    return Generator(generator_augmenter(call.keywords), holds_back)


_KERAS: dict[str, Callable[[Call], Value]] = {
    "Input": _input,
    "Sequential": _sequential,
    "Model": _functional,
    "Functional": _functional,
    "load_model": _loaded,
    "model_from_json": _loaded,
    "clone_model": _cloned,
    "ImageDataGenerator": _generator,
}
