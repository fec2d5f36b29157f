"""What goes into and comes out of the layers of a network, seen while images pass through it.

Of networks inside networks, and of those written as a class, nothing else says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras

__all__ = ["Seen", "layers_of", "leaves", "observed"]


@dataclass(frozen=True)
class Seen:
    """One call of a layer.

    Attributes:
        layer: the layer.
        inputs: its first argument, as it came.
        outputs: what it returned.
    """

    layer: Any
    inputs: Any
    outputs: Any


def layers_of(network: keras.Model) -> list[tuple[Any, tuple[int, ...]]]:
    """Return the layers of a network with the shapes of their outputs, without the batch.

    A network inside it is told by its layers. A layer that is used twice comes twice.

    Args:
        network: for images of a known size.

    Example:
        >>> pixels = keras.Input((4, 4, 1))
        >>> inner = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])
        >>> network = keras.Model(pixels, inner(pixels))
        >>> [(type(layer).__name__, shape) for layer, shape in layers_of(network)]
        [('InputLayer', (4, 4, 1)), ('Flatten', (16,)), ('Dense', (2,))]
    """
    known = [_known_shape(layer) for layer in network.layers]
    nodes = (node for depth in getattr(network, "_nodes_by_depth", {}).values() for node in depth)
    uses = Counter(id(node.operation) for node in nodes)
    if None not in known and max(uses.values(), default=1) == 1:
        return list(zip(network.layers, known, strict=True))  # type: ignore[arg-type]
    shape = network.inputs[0].shape[1:]
    calls, _ = observed(network, np.zeros((1, *shape), "float32"))
    inputs = [(layer, tuple(shape)) for layer in network.layers[:1] if _is_input(layer)]
    plain = [call for call in calls if _is_plain(call.layer)]
    return [*inputs, *((call.layer, _shape_of(call.outputs)) for call in plain)]


def _known_shape(layer: Any) -> tuple[int, ...] | None:
    """Return the shape of a layer's output; None of a network, or where it is not fixed."""
    if isinstance(layer, keras.Model) or not _is_plain(layer):
        return None
    try:
        shape = tuple(layer.output.shape[1:])
    except (AttributeError, ValueError):
        return None
    return None if None in shape else shape


def _is_input(layer: Any) -> bool:
    return isinstance(layer, keras.layers.InputLayer)


def _is_plain(layer: Any) -> bool:
    """Whether a layer is one of Keras's, or has no layers inside."""
    of_keras = type(layer).__module__.partition(".")[0] == "keras"
    return of_keras or len(layer._flatten_layers(include_self=False)) == 0


def _shape_of(outputs: Any) -> tuple[int, ...]:
    first = outputs[0] if isinstance(outputs, list | tuple) else outputs
    first = next(iter(first.values())) if isinstance(first, dict) else first
    return tuple(getattr(first, "shape", (None,))[1:])


def leaves(network: keras.Model) -> list[Any]:
    """Return all layers of a network that are no networks themselves, in its order."""
    parts = network._flatten_layers(include_self=False)
    return [part for part in parts if not isinstance(part, keras.Model)]


def observed(
    network: keras.Model, images: NDArray[Any], only: Any = None
) -> tuple[list[Seen], NDArray[np.float32]]:
    """Return every call of a layer while images pass through a network, and what it answers.

    Args:
        network: built, not in training.
        images: ``[n, height, width, channels]``.
        only: the one layer whose calls are kept; None keeps those of all.

    Example:
        >>> pixels = keras.Input((4, 4, 1))
        >>> network = keras.Model(pixels, keras.layers.Flatten()(pixels))
        >>> calls, answers = observed(network, np.zeros((2, 4, 4, 1), "float32"))
        >>> [call.outputs.shape[1] for call in calls], answers.shape
        ([16], (2, 16))
    """
    calls: list[Seen] = []
    with _told_of_calls(network if only is None else only, calls.append):
        answers = network(keras.ops.convert_to_tensor(images, dtype="float32"), training=False)
    return calls, keras.ops.convert_to_numpy(keras.ops.cast(answers, "float32"))


@contextmanager
def _told_of_calls(watched: Any, tell: Callable[[Seen], None]) -> Iterator[None]:
    """Tell of each call of the layers of a network, or of one layer, in this block."""
    changed = []
    try:
        for layer in leaves(watched) if isinstance(watched, keras.Model) else [watched]:
            if _is_input(layer) or "call" in vars(layer):
                continue
            layer.call = _telling(layer, layer.call, tell)
            changed.append(layer)
        yield
    finally:
        for layer in changed:
            del layer.call


def _telling(layer: Any, call: Callable[..., Any], tell: Callable[[Seen], None]) -> Any:
    def told(*arguments: Any, **named: Any) -> Any:
        outputs = call(*arguments, **named)
        first = arguments[0] if arguments else next(iter(named.values()), None)
        tell(Seen(layer, first, outputs))
        return outputs

    return told
