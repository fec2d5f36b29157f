"""The lines of a network's program: its imports, and the function that builds the network."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

from cotejo.backend import keras
from cotejo.models.layers import dirac
from cotejo.models.program.calls import arguments_of, has_usual_name, layer_call, operation_call
from cotejo.models.program.graph import Call, Graph, Unsayable, graph_of
from cotejo.models.program.values import text_of

__all__ = ["program"]

_WIDTH = 92


def program(network: keras.Model) -> str | None:
    """Return a Python program that builds a network with the layers of this one.

    It defines ``build(image_shape, num_classes)``, whose defaults are those of this network. Called
    with them it returns a network with the same parameters in the same order, which computes in
    float32 and gives the same outputs: for a network that Cotejo trains, from pixels in
    ``[0, 255]`` to logits.

    Args:
        network: with one input and one output.

    Returns:
        The program; None where the network has layers of somebody's own, lambdas, networks inside,
        or more than 400 layers.

    Example:
        >>> layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
        >>> print(program(keras.Sequential(layers, name="tiny")))
        import keras
        from keras import layers
        <BLANKLINE>
        <BLANKLINE>
        def build(image_shape=(8, 8, 1), num_classes=10):
            \"\"\"Return the network: pixels from 0 to 255 in, one logit per class out.\"\"\"
            return keras.Sequential(
                [
                    keras.Input(image_shape),
                    layers.Flatten(),
                    layers.Dense(num_classes),
                ],
                name="tiny",
            )
        <BLANKLINE>
    """
    try:
        graph = graph_of(network)
        body = _sequential(network, graph) or _functional(network, graph)
    except (Unsayable, AttributeError, KeyError, NotImplementedError, TypeError, ValueError):
        # Whatever a layer does not tell: a training is not lost for a program that nobody has.
        return None
    shape, classes = tuple(graph.source.shape[1:]), graph.output.shape[-1]
    head = [
        f"def build(image_shape={shape!r}, num_classes={classes}):",
        '    """Return the network: pixels from 0 to 255 in, one logit per class out."""',
    ]
    fixed = _fixed(graph)
    if fixed:
        body = [line.replace("    return keras", "    network = keras") for line in body]
        body += [*fixed, "    return network"]
    text = "\n".join([*head, *body])
    imports = ["import keras", "from keras import layers"]
    helper = ""
    if "=dirac" in text:
        imports[:1] = ["import keras", "import numpy as np"]
        helper = f"\n\n{_without_types(dirac)}\n"
    return "\n".join(imports) + "\n" + helper + "\n\n" + text + "\n"


def _without_types(function: Any) -> str:
    """Return the text of a function without comments and annotations."""
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)


def _sequential(network: keras.Model, graph: Graph) -> list[str] | None:
    """Return the lines of a `Sequential`; None where the network is no chain of layers."""
    before = graph.source
    for call in graph.calls:
        if not isinstance(call.operation, keras.layers.Layer):
            return None
        graph.name(before, "x")
        if graph.sources(call) != [id(before)] or arguments_of(call, graph.names) != "x":
            return None
        before = call.node.output_tensors[0]
    if len({id(call.operation) for call in graph.calls}) < len(graph.calls):
        return None
    last = _last_learning(graph)
    lines = ["    return keras.Sequential(", "        [", f"            {_input(graph.source)},"]
    for call in graph.calls:
        lines += _wrapped(12, layer_call(call.operation, is_last=call is last), ",")
    named = _name(network)
    return [*lines, "        ],", *([f"        name={named},"] if named else []), "    )"]


def _functional(network: keras.Model, graph: Graph) -> list[str]:
    """Return the lines of a functional network."""
    _name_tensors(graph)
    last = _last_learning(graph)
    lines = [f"    {graph.names[id(graph.source)]} = {_input(graph.source)}"]
    used = [id(call.operation) for call in graph.calls]
    shared: dict[int, str] = {}
    for call in graph.calls:
        if not isinstance(call.operation, keras.layers.Layer):
            lines.append(f"    {call.name} = {operation_call(call, graph.names)}")
            continue
        made = layer_call(call.operation, is_last=call is last)
        key = id(call.operation)
        if used.count(key) > 1:
            # A layer that is used twice learns once.
            if key not in shared:
                shared[key] = f"shared_{len(shared) + 1}"
                lines += _wrapped(4, _prefixed(f"{shared[key]} = ", made))
            made = (shared[key], [])
        called = f"({arguments_of(call, graph.names)})"
        lines += _wrapped(4, _prefixed(f"{call.name} = ", made), called)
    named = _name(network)
    ends = f"{graph.names[id(graph.source)]}, {graph.names[id(graph.output)]}"
    return [*lines, f"    return keras.Model({ends}{f', name={named}' if named else ''})"]


def _name_tensors(graph: Graph) -> None:
    """Give each tensor its variable: ``x`` to those that the next line takes, and it alone."""
    source = graph.source.name
    graph.names.clear()
    graph.name(graph.source, source if source.isidentifier() and _is_own(source) else "inputs")
    last_use: dict[int, int] = {id(graph.output): len(graph.calls)}
    for position, call in enumerate(graph.calls):
        for tensor_id in graph.sources(call):
            last_use[tensor_id] = max(position, last_use.get(tensor_id, 0))
    count = 0
    for position, call in enumerate(graph.calls):
        tensor = call.node.output_tensors[0]
        if last_use[id(tensor)] > position + 1:
            count += 1
            call.name = f"x_{count}"
        graph.name(tensor, call.name)


def _fixed(graph: Graph) -> list[str]:
    """Return the lines that keep single weights of layers from learning."""
    lines = []
    for call in graph.calls:
        for name in ("kernel", "bias", "gamma", "beta"):
            weight = getattr(call.operation, name, None)
            if getattr(weight, "trainable", True) or not call.operation.trainable:
                continue
            layer = f"network.get_layer({text_of(call.operation.name)})"
            if has_usual_name(call.operation):  # another network's would be called otherwise
                raise Unsayable
            lines.append(f"    {layer}.{name}.trainable = False")
    return lines


def _last_learning(graph: Graph) -> Call | None:
    """Return the call of the layer whose units are the classes; None where that is none."""
    for call in reversed(graph.calls):
        if getattr(call.operation, "weights", None):
            units = getattr(call.operation, "units", getattr(call.operation, "filters", None))
            return call if units == graph.output.shape[-1] else None
    return None


def _input(source: Any) -> str:
    named = f", name={text_of(source.name)}" if _is_own(source.name) else ""
    dtype = "" if source.dtype == "float32" else f", dtype={text_of(source.dtype)}"
    return f"keras.Input(image_shape{named}{dtype})"


def _is_own(name: str) -> bool:
    """Whether somebody gave an input its name, and not Keras."""
    return not re.fullmatch(r"(keras_tensor|input_layer|input|keras_tensor_CLONE)(_\d+)?", name)


def _name(network: keras.Model) -> str:
    """Return a network's name as a text of a program; empty if Keras gave it."""
    given = not re.fullmatch(r"(functional|sequential)(_\d+)?", network.name)
    return text_of(network.name) if given else ""


def _prefixed(before: str, made: tuple[str, list[str]]) -> tuple[str, list[str] | None]:
    name, arguments = made
    return before + name, arguments if name.startswith("layers.") else None


def _wrapped(indent: int, made: tuple[str, list[str] | None], after: str = "") -> Iterator[str]:
    """Yield the lines of a call: one, or one for each argument where it is too wide."""
    name, arguments = made
    space = " " * indent
    if arguments is None:
        yield f"{space}{name}{after}"
        return
    line = f"{space}{name}({', '.join(arguments)}){after}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"{space}{name}("
    together = f"{space}    {', '.join(arguments)}"
    if len(together) <= _WIDTH:
        yield together
        arguments = []
    for argument in arguments:
        yield f"{space}    {argument},"
    yield f"{space}){after}"
