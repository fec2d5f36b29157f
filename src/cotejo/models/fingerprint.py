"""What a network is, whatever code built it, as one hash: for the models that users register.

The key of a run has to hold what determines its result. Of the models that ship, a name and the
options say it; of a user's own, whose function may be written anew under the same name, only what
the function returns does.
"""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from cotejo.backend import keras, use_precision

__all__ = ["fingerprint"]

_LEFT_OUT = {"build_config", "compile_config", "module", "registered_name", "shared_object_id"}
"""What Keras writes beside a configuration: where a class lay, what was built when."""

_KNOWN = {"cotejo", "jax", "jaxlib", "keras", "ml_dtypes", "numpy", "tensorflow", "torch"}
"""The packages whose code is no part of a fingerprint: their versions stand in a run's record."""

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_MANY = (tuple, list, set, frozenset, dict)


def fingerprint(build: Callable[[], keras.Model]) -> str:
    """Return the hash of the network that ``build`` returns.

    Two networks have the same where they have the same layers, in the same order, connected in the
    same way, with the same configuration, initialisers included, whatever the layers are called;
    where the code of the user's own layers and functions compiles to the same, and takes the same
    plain values, containers of them and arrays from outside of itself; and where the weights that
    no chance gave them, such as pretrained ones, are the same.

    Args:
        build: called twice, with different seeds, which are set for all of Keras.

    Example:
        >>> from cotejo.models import build_model
        >>> small, large = (
        ...     fingerprint(lambda: build_model("cnn", (32, 32, 3), 10, convolutions=count))
        ...     for count in (1, 2)
        ... )
        >>> small == large
        False
    """
    networks = []
    with use_precision("float32"):
        for seed in (1, 2):
            keras.utils.set_random_seed(seed)
            networks.append(build())
    first, second = networks
    content = [_description(first), list(_code_of(first)), list(_fixed_weights(first, second))]
    text = json.dumps(content, sort_keys=True, default=lambda value: type(value).__name__)
    return hashlib.sha256(text.encode()).hexdigest()


def _description(network: keras.Model) -> Any:
    with warnings.catch_warnings():
        # That a lambda is unsafe to load: nothing is loaded from this.
        warnings.simplefilter("ignore")
        try:
            return _described(network)
        except Exception:  # a layer that does not say how it was made raises what it likes
            # Those inside a network before it: it says what they do.
            for part in reversed([*_parts(network)][1:]):
                _make_speak(part)
        try:
            return _described(network)
        except Exception:  # a model written as a class
            return [[type(part).__name__, _seen_of(part)] for part in network.layers]


def _described(network: keras.Model) -> Any:
    if any(map(_says_nothing, _parts(network))):
        raise NotImplementedError
    config = network.get_config()
    return _normal(config, {network.name, *_layer_names(config)}, {})


def _says_nothing(part: Any) -> bool:
    """Whether this is a network written as a class, of whose layers its configuration is silent.

    Keras 3.8 writes one for it that has none of its arguments; later versions raise an error.
    """
    return isinstance(part, keras.Model) and set(part.get_config()) <= {
        "name",
        "trainable",
        "dtype",
    }


def _make_speak(part: Any) -> None:
    """Let a layer whose configuration can't be had say what can be seen of it instead."""
    try:
        keras.saving.serialize_keras_object(part)
        silent = _says_nothing(part)
    except Exception:
        silent = True
    if silent:
        seen = _seen_of(part)
        part.get_config = lambda: {"name": part.name, "seen": seen}


def _seen_of(part: Any) -> list[Any]:
    """Return the shapes of a layer's weights, and its configuration, or else its plain values.

    Of a network that is written as a class, also what its layers are.
    """
    shapes: list[Any] = [list(weight.shape) for weight in getattr(part, "weights", ())]
    if isinstance(part, keras.Model):
        shapes.append([[type(inner).__name__, _seen_of(inner)] for inner in part.layers])
    try:
        config = part.get_config()
        return [shapes, _normal(config, {part.name, *_layer_names(config)}, {})]
    except Exception:
        values = {
            name: repr(value)
            for name, value in sorted(vars(part).items())
            if isinstance(value, _PLAIN) and not name.startswith("_") and name != "name"
        }
        return [shapes, values]


def _layer_names(config: Any) -> Iterator[str]:
    if isinstance(config, list | tuple):
        for part in config:
            yield from _layer_names(part)
    elif isinstance(config, dict):
        inner = config.get("config")
        # The name of a policy, float32, is no layer's.
        if isinstance(inner, dict) and "Policy" not in str(config.get("class_name")):
            yield str(inner.get("name"))
        for part in config.values():
            yield from _layer_names(part)


def _parts(network: keras.Model) -> Iterator[Any]:
    """Yield a network's layers and operations, and those of the networks inside it."""
    yield network
    for part in getattr(network, "operations", network.layers):
        if isinstance(part, keras.Model):
            yield from _parts(part)
        else:
            yield part


def _normal(value: Any, names: set[str], numbers: dict[str, int], key: str = "") -> Any:
    """Return a configuration with numbers for the names of layers, which Keras counts on."""
    if isinstance(value, dict):
        if value.get("class_name") == "__lambda__":
            return "__lambda__"  # bytecode with the file that it lay in; `_code_of` has the rest
        return {
            inner: _normal(part, names, numbers, inner)
            for inner, part in value.items()
            if part is not None and inner not in _LEFT_OUT
        }
    if isinstance(value, list | tuple):
        return [_normal(part, names, numbers, key) for part in value]
    if key in ("name", "keras_history", "input_layers", "output_layers") and value in names:
        return numbers.setdefault(value, len(numbers))
    return value


def _fixed_weights(first: keras.Model, second: keras.Model) -> Iterator[str]:
    """Yield a hash of each weight that two seeds give alike; of a drawn one, only that it is."""
    for one, other in zip(first.get_weights(), second.get_weights(), strict=False):
        drawn = one.shape != other.shape or (one != other).any()
        yield "drawn" if drawn else hashlib.sha256(one.tobytes()).hexdigest()


def _code_of(network: keras.Model) -> Iterator[str]:
    """Yield what the user's own classes and functions in a network compile to."""
    seen: set[Any] = set()
    for part in _parts(network):
        own = _is_foreign(type(part)) and not isinstance(part, keras.Model)
        for name, thing in (("", part), *vars(part).items()):
            yield from _code(thing if callable(thing) else type(thing), seen)
            yield from _code(type(thing), seen)
            # Plain values of a layer stand in its configuration.
            if callable(thing) or (own and isinstance(thing, _MANY) and not name.startswith("_")):
                yield from _data(thing, seen)


def _code(thing: Any, seen: set[Any]) -> Iterator[str]:
    thing = inspect.unwrap(thing) if callable(thing) else thing
    thing = getattr(thing, "__func__", thing)
    if not isinstance(thing, type | FunctionType) or thing in seen or not _is_foreign(thing):
        return
    seen.add(thing)
    if isinstance(thing, FunctionType):
        yield from _function(thing, seen)
        return
    for kind in thing.__mro__:
        yield from _code(kind, seen)
    for name, value in sorted(vars(thing).items()):
        if not name.startswith("__"):
            yield from (f"{name}={text}" for text in _data(value, seen))
        for function in (value, *(getattr(value, part, None) for part in ("fget", "__func__"))):
            if isinstance(function, FunctionType):
                yield name
                yield from _code(function, seen)


def _function(function: FunctionType, seen: set[Any]) -> Iterator[str]:
    """Yield a function's instructions, and what it takes from outside of itself."""
    yield from _instructions(function.__code__)
    cells = map(_content, function.__closure__ or ())
    names = sorted(_names(function.__code__))
    used = [function.__globals__[name] for name in names if name in function.__globals__]
    for value in (*(function.__defaults__ or ()), *cells, *used):
        yield from _outside(value, seen)
    for name, value in sorted((function.__kwdefaults__ or {}).items()):
        yield name
        yield from _outside(value, seen)


def _outside(value: Any, seen: set[Any], around: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield what a value is that code takes from outside of itself: data, code, or both."""
    yield from _data(value, seen, around)
    yield from _code(value, seen)


def _data(value: Any, seen: set[Any], around: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield a value as text, if it is plain, an array, or made of such.

    Args:
        value: what code can take from outside of itself.
        seen: the functions and classes whose code was looked at.
        around: the identities of what holds the value, which can hold itself.
    """
    if isinstance(value, _PLAIN):
        yield repr(value)
        return
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        yield f"{value.dtype} {value.shape} {digest}"
        return
    parts = None if id(value) in around else _inside(value)
    if parts is None:
        return
    yield f"{type(value).__name__}("
    texts = ["\n".join(_outside(part, seen, around | {id(value)})) for part in parts]
    # The order of a set is chance.
    yield from sorted(texts) if isinstance(value, set | frozenset) else texts
    yield ")"


def _inside(value: Any) -> list[Any] | None:
    """Return what a value is made of; None where it is nothing that counts, or code alone."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, _MANY):
        return list(value)
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if isinstance(value, partial):
        return [value.func, value.args, value.keywords]
    if isinstance(value, MethodType):
        return _attributes(value.__self__)
    if callable(value) or dataclasses.is_dataclass(value):
        return _attributes(value)
    return None


def _attributes(value: Any) -> list[Any] | None:
    """Return the class and the attributes of an instance of the user's own class.

    Those of Keras's layers and the like stand in the network's configuration, and some of them
    change from one time to the next.
    """
    kinds = type(value).__mro__
    own = not isinstance(value, type | FunctionType) and _is_foreign(kinds[0])
    if not own or any(_root(kind) in _KNOWN for kind in kinds):
        return None
    return [kinds[0], *sorted(getattr(value, "__dict__", {}).items())]


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # empty: what would fill it has not run
        return None


def _instructions(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield " ".join(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _instructions(constant)
        elif isinstance(constant, frozenset):  # whose order is chance
            yield repr(sorted(map(repr, constant)))
        else:
            yield repr(constant)


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _is_foreign(thing: Any) -> bool:
    return _root(thing) not in _KNOWN and _root(thing) not in sys.stdlib_module_names


def _root(thing: Any) -> str:
    return str(getattr(thing, "__module__", None)).partition(".")[0]
