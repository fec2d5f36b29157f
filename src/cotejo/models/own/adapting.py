"""A network as somebody wrote it becomes one that Cotejo trains: pixels in, logits out.

What is changed on the way has a name (`CHANGES`), so that a report can say it. Nothing is changed
of what the network computes, but for where its pixels and its probabilities are scaled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras, ops
from cotejo.errors import ConfigError
from cotejo.models.observing import Seen, observed
from cotejo.models.own.compiled import compiled_settings

__all__ = ["CHANGES", "TWO_CLASSES", "adapted", "changes_of", "is_adapted", "settings_of"]

CHANGES = (
    "scaled", "softmax", "sigmoid", "one_output", "log", "train_step", "compiled_optimizer",
    "compiled_details", "compiled_loss", "compiled",
)  # fmt: skip
"""What can be changed: pixels are scaled to [0, 1] before the first layer; a softmax, or a sigmoid,
at the end is left out; one output becomes two; the logarithm of probabilities is taken, where what
makes them could not be left out; a training step of the network's own is not used, nor is the
optimizer, or the loss, that it was compiled with."""

_CHANGES = "cotejo_changes"
"""The attribute of a network that says what was changed of it."""

_USED = "cotejo_used"
"""The attribute of a network whose layers are in another one now."""

_SETTINGS = "cotejo_settings"
"""The attribute that says which settings it was compiled with."""

TWO_CLASSES = "two_classes"
"""The name of the layer that makes two outputs of one."""

_SCALED = "scaled_pixels"
"""The name of the layer that scales pixels where the network does not."""

_LARGEST_SCALED = 20.0
"""The largest value, of pixels up to 255, that counts as scaled."""

_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)
_NORMALISING = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
)


def adapted(
    network: Any,
    image_shape: tuple[int, int, int],
    num_classes: int,
    name: str,
    *,
    scaled: bool | None = None,
) -> keras.Model:
    """Return a network from pixels in ``[0, 255]`` to logits, with the layers of the one given.

    Args:
        network: a `keras.Model` of any kind, with one input and one output; it is used up.
        image_shape: ``(height, width, channels)``.
        num_classes: how many classes.
        name: what errors, and the network, are called.
        scaled: whether pixels are scaled before it; None looks whether the network does.

    Raises:
        ConfigError: it is no network for such images and classes.

    Example:
        >>> layers = [keras.layers.Flatten(), keras.layers.Dense(3, activation="softmax")]
        >>> network = adapted(keras.Sequential(layers), (4, 4, 1), 3, "mine")
        >>> changes_of(network)
        ('scaled', 'softmax')
        >>> [layer.name for layer in network.layers][:2]
        ['pixels', 'scaled_pixels']
    """
    if not isinstance(network, keras.Model):
        if network is None:
            raise ConfigError("own_returns_nothing", model=name, where="")
        received = type(network).__name__
        raise ConfigError("not_a_network", model=name, where="", received=received)
    if hasattr(network, _USED):
        raise ConfigError("own_used_twice", model=name, where="")
    own_step = type(network).train_step is not keras.Model.train_step
    built = _on(network, image_shape, name, scaled=False)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (4, *image_shape)).astype("float32")
    calls, answers = observed(built, images)
    _check_answers(answers.shape[1:], num_classes, name)
    changes = []
    if scaled if scaled is not None else _takes_raw_pixels(calls):
        changes.append("scaled")
        _fit_ranges(calls)
        built = _on(network, image_shape, name, scaled=True)
        calls, answers = observed(built, images)
    outputs, change = _logits(built, images, calls, answers)
    if change:
        changes.append(change)
    if answers.shape[1] == 1:
        changes.append("one_output")
        outputs = _of_two_classes(outputs)
    if outputs.dtype != "float32":
        outputs = keras.layers.Activation("linear", dtype="float32", name="float32_logits")(outputs)
    if own_step:
        changes.append("train_step")
    result = built
    if outputs is not built.outputs[0]:
        result = keras.Model(built.inputs[0], outputs, name=_valid_name(name))
    asked, not_followed = compiled_settings(network)
    if asked:
        changes.append("compiled")
    setattr(network, _USED, True)
    setattr(result, _CHANGES, (*changes, *not_followed))
    setattr(result, _SETTINGS, asked)
    return result


def changes_of(network: keras.Model) -> tuple[str, ...]:
    """Return what was changed of a network, by the names in `CHANGES`; nothing of one of ours."""
    return tuple(getattr(network, _CHANGES, ()))


def settings_of(network: keras.Model) -> dict[str, Any]:
    """Return the settings that a network was compiled with, by name; nothing of one of ours."""
    return dict(getattr(network, _SETTINGS, {}))


def is_adapted(network: keras.Model) -> bool:
    """Return whether `adapted` has seen a network, changed or not: it is the user's own."""
    return hasattr(network, _CHANGES)


def _check_answers(shape: tuple[int, ...], num_classes: int, name: str) -> None:
    """Refuse answers that are not one number per class, or one number for two classes.

    Args:
        shape: of the answer for one image.
        num_classes: how many classes.
        name: what the network is called in an error.
    """
    if shape == (num_classes,) or (shape == (1,) and num_classes == 2):
        return
    key = "own_output_count" if len(shape) == 1 else "own_output_shape"
    received = _by_sides(shape)
    raise ConfigError(key, model=name, where="", expected=num_classes, received=received)


def _by_sides(shape: tuple[int | None, ...]) -> str:
    """Return a shape without the batch in words: ``32 × 32 × 3``."""
    return " × ".join("?" if side is None else str(side) for side in shape)


def _valid_name(name: str) -> str:
    """Return a name that backends take for a scope."""
    return "".join(letter if letter.isalnum() else "_" for letter in name).strip("_") or "own"


def _on(
    network: keras.Model, image_shape: tuple[int, int, int], name: str, scaled: bool
) -> keras.Model:
    """Return the network on an input of images; its layers are not copied."""
    for ends in (getattr(network, "inputs", None), getattr(network, "outputs", None)):
        if isinstance(ends, list | tuple) and len(ends) > 1:
            received = f"{network.input_shape} → {network.output_shape}"
            raise ConfigError("own_many_ends", model=name, received=received, where="")
    asked = getattr(network, "input_shape", None)
    if isinstance(asked, tuple) and not _suits(asked, (None, *image_shape)):
        received, expected = _by_sides(asked[1:]), _by_sides(image_shape)
        raise ConfigError(
            "own_input_shape", model=name, where="", expected=expected, received=received
        )
    if not scaled and _is_ready(network, (None, *image_shape)):
        return network
    pixels = keras.Input(image_shape, name="pixels")
    x: Any = pixels
    if scaled:
        x = keras.layers.Rescaling(1 / 255, name=_SCALED)(x)
    if _is_of_layers(network):
        if not network.built:  # a `Sequential` without an input
            network(x)
        # Laid out flat, so that its layers can be seen.
        outputs = network.call(x)
    else:
        outputs = network(x)
    if isinstance(outputs, dict | list | tuple):
        if len(outputs) != 1:
            raise ConfigError("own_many_ends", model=name, received=str(len(outputs)), where="")
        (outputs,) = outputs.values() if isinstance(outputs, dict) else outputs
    return keras.Model(pixels, outputs, name=_valid_name(name))


def _is_ready(network: keras.Model, shape: tuple[Any, ...]) -> bool:
    """Whether a network is a plain graph of layers on such images already."""
    if type(network).__name__ != "Functional" or network.input_shape != shape:
        return False
    return network.inputs[0].dtype == "float32" and not isinstance(network.output, dict)


def _suits(asked: tuple[Any, ...], shape: tuple[Any, ...]) -> bool:
    pairs = zip(asked, shape, strict=False)
    return len(asked) == len(shape) and all(one in (None, other) for one, other in pairs)


def _is_of_layers(network: keras.Model) -> bool:
    """Whether a network is a graph of layers, whose own class changes nothing of it."""
    return type(network).call.__qualname__ in ("Functional.call", "Sequential.call")


def _takes_raw_pixels(calls: list[Seen]) -> bool:
    """Return whether the first layer that learns gets pixels as they are, from 0 to 255.

    A layer that scales, or normalises, is the author's choice; and values below 0 or all small
    show that somebody has prepared them.
    """
    for call in calls:
        if isinstance(call.layer, _SCALING):
            return False
        if call.layer.weights:
            if isinstance(call.layer, _NORMALISING):
                return False
            values = ops.convert_to_numpy(ops.cast(call.inputs, "float32"))
            return bool(values.max() > _LARGEST_SCALED and values.min() >= 0)
    return False


def _fit_ranges(calls: list[Seen]) -> None:
    """Tell layers of augmentation that pixels go to 1 now, where they believed 255."""
    for call in calls:
        if call.layer.weights:
            return
        for layer in call.layer._flatten_layers():
            limits = getattr(layer, "value_range", None)
            if limits is not None and tuple(limits) == (0, 255):
                layer.value_range = (0, 1)


def _logits(
    built: keras.Model,
    images: NDArray[np.float32],
    calls: list[Seen],
    answers: NDArray[np.float32],
) -> tuple[Any, str]:
    """Return the network's logits, and what was left out to get them: a name, or nothing.

    What is left out is put back where the network then says something else: a layer can stand in
    two places, and a class can go on computing after its last layer.
    """
    outputs = built.outputs[0]
    history = outputs._keras_history
    last: Any = calls[-1].layer if calls else None
    for name, function in _ENDS.items():
        if _is_activation(history.operation, name):
            node = history.operation._inbound_nodes[history.node_index]
            return node.input_tensors[0], name
        activation = getattr(last, "activation", None)
        if activation in (getattr(keras.activations, name), getattr(ops, name)):
            last.activation = keras.activations.linear
            _, without = observed(built, images)
            if np.allclose(function(without), answers, atol=_CLOSE):
                return outputs, name
            last.activation = activation
    if answers.shape[1] > 1:
        are_chances = (answers >= 0).all() and np.allclose(answers.sum(axis=1), 1, atol=_CLOSE)
        return (ops.log(ops.maximum(outputs, 1e-7)), "log") if are_chances else (outputs, "")
    # A sigmoid that is no layer: the answers are those of the last layer, through it.
    before = ops.convert_to_numpy(ops.cast(calls[-1].outputs, "float32")) if calls else answers
    is_chance = before.shape == answers.shape and np.allclose(_sigmoid(before), answers, atol=1e-4)
    return (_logit(outputs), "log") if is_chance else (outputs, "")


def _softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    exponents = np.exp(values - values.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = exponents / exponents.sum(axis=1, keepdims=True)
    return shares


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 + 0.5 * np.tanh(values / 2), np.float32)


_ENDS: Mapping[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "softmax": _softmax,
    "sigmoid": _sigmoid,
}

_CLOSE = 2e-2
"""How far probabilities computed in bfloat16 can be from those in float32."""


def _is_activation(operation: Any, name: str) -> bool:
    """Whether this is nothing but a softmax, or a sigmoid: a layer, or an operation."""
    return type(operation).__name__.lower() == name and not getattr(operation, "weights", ())


def _logit(chance: Any) -> Any:
    chance = ops.clip(chance, 1e-7, 1 - 1e-7)
    return ops.log(chance) - ops.log(1 - chance)


def _of_two_classes(logit: Any) -> Any:
    """Return the logits of two classes, 0 and ``logit``, whose softmax is the sigmoid."""
    layer = keras.layers.Dense(
        2, use_bias=False, trainable=False, name=TWO_CLASSES, dtype="float32"
    )
    outputs = layer(logit)
    layer.set_weights([np.array([[0.0, 1.0]], "float32")])
    return outputs
