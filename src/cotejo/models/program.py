"""A network as the program that somebody would write to build it in Keras.

The program is read, copied into a notebook, and changed there. It says of each layer only what
differs from Keras's defaults. A network that holds anything but Keras's own layers and operations
has none: its own code says what it is.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cotejo.backend import keras
from cotejo.models.convolution import Convolution
from cotejo.models.layers import Dirac
from cotejo.models.normalization import BatchNormalization

__all__ = ["program"]

_KERAS_OWN: dict[type, type] = {
    BatchNormalization: keras.layers.BatchNormalization,
    Convolution: keras.layers.Conv2D,
}

_MOST = 400
"""Of how many layers a program is written at most: a longer one is read by nobody."""

_WIDTH = 92

_SAME = ("Cast", "ConvertToTensor")
"""Operations that Keras itself puts in, and that change nothing of what float32 computes."""

_SIGNS = {"Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/"}
"""Operations that a program writes with a sign."""

_UNSAID = {"name", "dtype", "batch_input_shape", "build_config"}
"""What a layer's configuration has besides its arguments, or a program says in its own way."""

_OF_SIDES = {"kernel_size", "strides", "pool_size", "dilation_rate", "size"}
"""Arguments that may be one number for all sides."""

_SAID_BY_NAME = ("initializers", "regularizers", "constraints")
"""The modules of Keras's whose objects a layer's arguments can be."""

_DIRAC = '''

def dirac(shape, dtype=None):
    """Filters that pass their inputs on; those beyond, and dense weights, are uniform."""
    limit = float(np.prod(shape[:-1])) ** -0.5
    kernel = keras.random.uniform(shape, -limit, limit, dtype=dtype or "float32")
    if len(shape) < 4:
        return kernel
    height, width, inputs, outputs = shape
    passed = min(inputs, outputs)
    identity = np.zeros((height, width, inputs, passed), "float32")
    identity[height // 2, width // 2, range(passed), range(passed)] = 1
    return keras.ops.concatenate([identity, kernel[..., passed:]], axis=-1)
'''


class _Unsayable(Exception):  # noqa: N818
    """Something of a network that no program of Keras's own layers says."""


@dataclass
class _Call:
    """One call of a layer or an operation.

    Attributes:
        operation: what is called.
        node: Keras's record of the call.
        name: the variable that its result is given.
    """

    operation: Any
    node: Any
    name: str = "x"


@dataclass
class _Graph:
    """The calls of a network in the order of a program.

    Attributes:
        source: the network's input.
        output: its output.
        calls: all others, each after those that it needs.
        same: the tensor for which another stands that is the same, by the other's id.
        names: the variable of each tensor, by the tensor's id.
    """

    source: Any
    output: Any
    calls: list[_Call]
    same: dict[int, Any] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def sources(self, call: _Call) -> list[int]:
        """Return the ids of the tensors that are called with."""
        return [id(self.resolved(tensor)) for tensor in call.node.input_tensors]

    def resolved(self, tensor: Any) -> Any:
        """Return the tensor for which another stands."""
        while id(tensor) in self.same:
            tensor = self.same[id(tensor)]
        return tensor

    def name(self, tensor: Any, name: str) -> None:
        """Give a tensor, and those that are the same, its variable."""
        self.names[id(tensor)] = name
        for other in self.same:
            if self.resolved(self.same[other]) is tensor:
                self.names[other] = name


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
        graph = _graph(network)
        body = _sequential(network, graph) or _functional(network, graph)
    except (_Unsayable, AttributeError, KeyError, NotImplementedError, TypeError, ValueError):
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
        helper = _DIRAC
    return "\n".join(imports) + "\n" + helper + "\n\n" + text + "\n"


def _graph(network: keras.Model) -> _Graph:
    """Return a network's calls.

    Raises:
        _Unsayable: it is no graph of calls, has several ends, or is too long.
    """
    try:
        (source,), (output,) = network.inputs, network.outputs
    except (AttributeError, TypeError, ValueError) as error:
        raise _Unsayable from error
    graph = _Graph(source, output, [])
    done, waiting = {id(source)}, [output]
    while waiting:
        tensor = waiting[-1]
        if id(tensor) in done:
            waiting.pop()
            continue
        history = tensor._keras_history
        node = history.operation._inbound_nodes[history.node_index]
        missing = [each for each in node.input_tensors if id(each) not in done]
        if missing:
            # The first argument's way comes first.
            waiting.extend(reversed(missing))
            continue
        if len(node.output_tensors) != 1 or not node.input_tensors or len(graph.calls) == _MOST:
            raise _Unsayable
        done.add(id(tensor))
        if type(history.operation).__name__ in _SAME:
            graph.same[id(tensor)] = node.input_tensors[0]
        else:
            graph.calls.append(_Call(history.operation, node))
    graph.output = graph.resolved(output)
    return graph


def _sequential(network: keras.Model, graph: _Graph) -> list[str] | None:
    """Return the lines of a `Sequential`; None where the network is no chain of layers."""
    before = graph.source
    for call in graph.calls:
        if not isinstance(call.operation, keras.layers.Layer):
            return None
        graph.name(before, "x")
        if graph.sources(call) != [id(before)] or _arguments(call, graph.names) != "x":
            return None
        before = call.node.output_tensors[0]
    if len({id(call.operation) for call in graph.calls}) < len(graph.calls):
        return None
    last = _last_learning(graph)
    lines = ["    return keras.Sequential(", "        [", f"            {_input(graph.source)},"]
    for call in graph.calls:
        lines += _wrapped(12, _layer(call.operation, is_last=call is last), ",")
    named = _name(network)
    return [*lines, "        ],", *([f"        name={named},"] if named else []), "    )"]


def _functional(network: keras.Model, graph: _Graph) -> list[str]:
    """Return the lines of a functional network."""
    _name_tensors(graph)
    last = _last_learning(graph)
    lines = [f"    {graph.names[id(graph.source)]} = {_input(graph.source)}"]
    used = [id(call.operation) for call in graph.calls]
    shared: dict[int, str] = {}
    for call in graph.calls:
        if not isinstance(call.operation, keras.layers.Layer):
            lines.append(f"    {call.name} = {_operation(call, graph.names)}")
            continue
        made = _layer(call.operation, is_last=call is last)
        key = id(call.operation)
        if used.count(key) > 1:
            # A layer that is used twice learns once.
            if key not in shared:
                shared[key] = f"shared_{len(shared) + 1}"
                lines += _wrapped(4, _prefixed(f"{shared[key]} = ", made))
            made = (shared[key], [])
        called = f"({_arguments(call, graph.names)})"
        lines += _wrapped(4, _prefixed(f"{call.name} = ", made), called)
    named = _name(network)
    ends = f"{graph.names[id(graph.source)]}, {graph.names[id(graph.output)]}"
    return [*lines, f"    return keras.Model({ends}{f', name={named}' if named else ''})"]


def _name_tensors(graph: _Graph) -> None:
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


def _fixed(graph: _Graph) -> list[str]:
    """Return the lines that keep single weights of layers from learning."""
    lines = []
    for call in graph.calls:
        for name in ("kernel", "bias", "gamma", "beta"):
            weight = getattr(call.operation, name, None)
            if getattr(weight, "trainable", True) or not call.operation.trainable:
                continue
            layer = f"network.get_layer({_text(call.operation.name)})"
            if _is_usual(call.operation):  # another network's would be called otherwise
                raise _Unsayable
            lines.append(f"    {layer}.{name}.trainable = False")
    return lines


def _last_learning(graph: _Graph) -> _Call | None:
    """Return the call of the layer whose units are the classes; None where that is none."""
    for call in reversed(graph.calls):
        if getattr(call.operation, "weights", None):
            units = getattr(call.operation, "units", getattr(call.operation, "filters", None))
            return call if units == graph.output.shape[-1] else None
    return None


def _input(source: Any) -> str:
    named = f", name={_text(source.name)}" if _is_own(source.name) else ""
    dtype = "" if source.dtype == "float32" else f", dtype={_text(source.dtype)}"
    return f"keras.Input(image_shape{named}{dtype})"


def _is_own(name: str) -> bool:
    """Whether somebody gave an input its name, and not Keras."""
    return not re.fullmatch(r"(keras_tensor|input_layer|input|keras_tensor_CLONE)(_\d+)?", name)


def _name(network: keras.Model) -> str:
    """Return a network's name as a text of a program; empty if Keras gave it."""
    given = not re.fullmatch(r"(functional|sequential)(_\d+)?", network.name)
    return _text(network.name) if given else ""


def _layer(layer: Any, *, is_last: bool) -> tuple[str, list[str]]:
    """Return what makes a layer: the class, and its arguments.

    Raises:
        _Unsayable: it is none of Keras's own, or has an argument that can't be written.
    """
    kind: Any = _KERAS_OWN.get(type(layer), type(layer))
    public: Any = getattr(keras.layers, kind.__name__, None)
    if public != kind or kind is keras.layers.Lambda:
        raise _Unsayable
    config = layer.get_config()
    required, optional = _parameters(kind)
    arguments = []
    for name in required:
        if name not in config:
            raise _Unsayable
        is_classes = is_last and name in ("units", "filters")
        arguments.append("num_classes" if is_classes else _value(name, config[name]))
    usual = kind(**{name: config[name] for name in required}).get_config()
    for name in [*optional, *(key for key in config if key not in (*required, *optional))]:
        if name in _UNSAID or name not in config:
            continue
        if _plain(config[name]) != _plain(usual.get(name)):
            arguments.append(f"{name}={_value(name, config[name])}")
    if not _is_usual(layer):
        arguments.append(f"name={_text(layer.name)}")
    return f"layers.{kind.__name__}", arguments


def _is_usual(layer: Any) -> bool:
    """Whether Keras gave a layer its name."""
    return bool(re.fullmatch(rf"{_snake(type(layer).__name__)}(_\d+)?", layer.name))


def _parameters(kind: Any) -> tuple[list[str], list[str]]:
    """Return the names of the parameters of a class without a default, and of those with one."""
    various = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = {
        name: parameter.default
        for name, parameter in list(inspect.signature(kind.__init__).parameters.items())[1:]
        if parameter.kind not in various
    }
    required = [name for name, default in named.items() if default is inspect.Parameter.empty]
    return required, [name for name in named if name not in required]


def _snake(name: str) -> str:
    """Return the name that Keras gives to the layers of a class.

    Example:
        >>> _snake("Conv2D"), _snake("GlobalAveragePooling2D")
        ('conv2d', 'global_average_pooling2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _plain(value: Any) -> Any:
    """Return a part of a configuration for a comparison: a list is a tuple, and no seed counts."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items() if key != "seed"}
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value


def _value(name: str, value: Any) -> str:
    """Return an argument as a program writes it.

    Raises:
        _Unsayable: it is an object that has no plain words.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool | int) or value is None:
        return repr(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list | tuple):
        if name in _OF_SIDES and len(set(value)) == 1:
            return _value(name, value[0])
        parts = ", ".join(_value("", part) for part in value)
        if isinstance(value, list):
            return f"[{parts}]"
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if isinstance(value, Mapping):
        return _described(value)
    raise _Unsayable


def _described(value: Mapping[str, Any]) -> str:
    """Return an initialiser, a regulariser or a constraint as a program writes it."""
    name, config = str(value.get("class_name")), value.get("config")
    if value.get("registered_name") == f"cotejo>{Dirac.__name__}":
        return "dirac"
    package, _, module = str(value.get("module")).partition(".")
    kind = getattr(getattr(keras, module, None), name, None)
    if package != "keras" or module not in _SAID_BY_NAME or not isinstance(config, dict):
        raise _Unsayable
    if kind is None:
        raise _Unsayable
    required, optional = _parameters(kind)
    usual = {} if required else kind().get_config()
    given = [
        f"{key}={_value(key, config[key])}"
        for key in (*required, *optional)
        if key in config and not isinstance(config[key], Mapping)
        if key in required or _differs(config[key], usual.get(key))
    ]
    if not given and module == "initializers":
        return _text(_snake(name))
    return f"keras.{module}.{name}({', '.join(given)})"


def _differs(value: Any, usual: Any) -> bool:
    return bool(_plain(value) != _plain(usual))


def _text(value: str) -> str:
    quoted = repr(value)
    return f'"{value}"' if quoted == f"'{value}'" and '"' not in value else quoted


def _float(value: float) -> str:
    """Return a number as somebody would write it.

    Example:
        >>> _float(1 / 255), _float(0.25), _float(1e-5)
        ('1 / 255', '0.25', '1e-05')
    """
    if value and len(repr(value)) > 10:
        whole = round(1 / value)
        if abs(whole) > 1 and 1 / whole == value:
            return f"1 / {whole}"
        if float(f"{value:.6g}") == value:
            return f"{value:.6g}"
    return repr(value)


def _operation(call: _Call, names: Mapping[int, str]) -> str:
    """Return the call of an operation of `keras.ops`.

    Raises:
        _Unsayable: it is none that has a function of its name, or an argument has no plain words.
    """
    kind = type(call.operation).__name__
    given = call.node.arguments.args
    if kind == "GetItem" and len(given) == 2:
        return f"{_argument(given[0], names)}[{_key(given[1])}]"
    if kind in _SIGNS and len(given) == 2:
        return f" {_SIGNS[kind]} ".join(_argument(each, names) for each in given)
    function = getattr(keras.ops, _snake(kind), None)
    if function is None or type(call.operation).__module__.partition(".")[0] != "keras":
        raise _Unsayable
    parameters = [
        name for name in inspect.signature(function).parameters if name not in ("args", "kwargs")
    ]
    positional, named = list(given), dict(call.node.arguments.kwargs)
    written = []
    for position, name in enumerate(parameters):
        default = inspect.signature(function).parameters[name].default
        if positional:
            written.append(_argument(positional.pop(0), names))
            continue
        value = named.get(name, getattr(call.operation, name, default))
        if value is inspect.Parameter.empty:
            raise _Unsayable
        if value is not default and value != default:
            words = _argument(value, names)
            written.append(f"{name}={words}" if position else words)
    return f"keras.ops.{_snake(kind)}({', '.join(written)})"


def _key(key: Any) -> str:
    """Return what stands between the brackets that take a part of a tensor."""
    if isinstance(key, tuple):
        return ", ".join(map(_key, key))
    if key is Ellipsis:
        return "..."
    if not isinstance(key, slice):
        return _value("", key)
    bounds = [key.start, key.stop, *([key.step] if key.step is not None else [])]
    return ":".join("" if bound is None else _value("", bound) for bound in bounds)


def _arguments(call: _Call, names: Mapping[int, str]) -> str:
    """Return what a layer is called with."""
    given = [_argument(value, names) for value in call.node.arguments.args]
    for name, value in call.node.arguments.kwargs.items():
        # Keras says itself whether a network is being trained.
        if value is not None and not (name == "training" and value is False):
            given.append(f"{name}={_argument(value, names)}")
    return ", ".join(given)


def _argument(value: Any, names: Mapping[int, str]) -> str:
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, list | tuple) and any(id(each) in names for each in value):
        return f"[{', '.join(_argument(each, names) for each in value)}]"
    return _value("", value)


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
