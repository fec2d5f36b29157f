"""What was given in Python as the text of a file that makes it again.

The text holds all that the thing rests on: the functions, classes and plain values of a notebook
that it names, and the imports. So a run's key changes with each of them, and the file that is kept
beside the run can be read, and run again.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from types import ModuleType
from typing import Any

import numpy as np

from cotejo.backend import keras
from cotejo.config.sources import GIVEN
from cotejo.errors import ConfigError
from cotejo.models.own.finding import Written, find_written

__all__ = ["text_of"]

_LARGEST_ARRAY = 10_000
"""The most numbers of an array that are written out; more belong in a file."""


def text_of(thing: Any, name: str) -> str:
    r"""Return the text of a file that defines a thing under a name.

    Args:
        thing: a function, a class, or an object of Keras's such as a loss.
        name: what it is called there.

    Raises:
        ConfigError: it rests on something that can't be written down, such as an open file.

    Example:
        >>> print(text_of(keras.losses.poisson, "loss").partition("\n")[2])
        import keras
        loss = keras.losses.poisson
        <BLANKLINE>
    """
    file = _File(name)
    file.define(name, thing)
    return GIVEN + "".join(file.parts.values())


class _File:
    """A file that is being written: each name is defined before what names it.

    Args:
        whole: the name of the thing that it is written for, for errors.
    """

    def __init__(self, whole: str) -> None:
        self.parts: dict[str, str] = {}
        self._whole = whole
        self._values: dict[str, Any] = {}
        self._gathered: dict[str, Any] = {}

    def define(self, name: str, value: Any) -> None:
        """Add the definition of a name, and of all that it names in turn.

        Raises:
            ConfigError: the value can't be written, or the name stands for two things.
        """
        if name in self._values:
            if self._values[name] is not value:
                raise self._refusal("given_two_meanings", name, value)
            return
        if self._gathered.get(name, value) is not value:
            raise self._refusal("given_two_meanings", name, value)
        self._values[name] = value
        # In this order: what it needs is defined while its text is made.
        self.parts[name] = self._definition(name, value)

    def _definition(self, name: str, value: Any) -> str:
        if isinstance(value, ModuleType):
            return self._module(name, value)
        if (public := _public(value)) is not None:
            self._need(public.partition(".")[0])
            return f"{name} = {public}\n"
        if inspect.isroutine(value) or isinstance(value, type):
            return self._code(name, value)
        return f"{name} = {self._expression(name, value)}\n"

    def _module(self, name: str, module: ModuleType) -> str:
        if not _is_installed(module.__name__):
            raise self._refusal("given_module", name, module)
        called = module.__name__.replace("keras.api.", "keras.")
        return f"import {called}\n" if called == name else f"import {called} as {name}\n"

    def _code(self, name: str, value: Any) -> str:
        """Return the definition of a function or a class of the user's own, or its import."""
        module = getattr(value, "__module__", None) or ""
        qualified = getattr(value, "__qualname__", "")
        if _is_installed(module) and "<" not in qualified:
            self._need(module)
            return f"{name} = {module}.{qualified}\n"
        written = find_written(value)
        if written is None:
            raise self._refusal("given_without_text", name, value)
        self._define_used(written, name, value)
        if written.name is None:
            return f"{name} = {written.text}\n"
        # What it calls itself, where it is known by another name.
        also = "" if written.name == name else f"{name} = {written.name}\n"
        return f"\n\n{written.text}\n\n{also}"

    def _define_used(self, written: Written, own_name: str, own: Any) -> None:
        """Add what a definition uses, but itself: it may call itself."""
        for name, value in written.used.items():
            if name == own_name or value is own:
                continue
            if name in written.gathered:
                self._gather(name, value)
            else:
                self.define(name, value)

    def _gather(self, name: str, value: Any) -> None:
        """Add an empty list, dict or set: what is gathered there is no part of what a thing does.

        If something else reads it, `define` writes what it holds.
        """
        if self._gathered.setdefault(name, value) is not value or (
            self._values.get(name, value) is not value
        ):
            raise self._refusal("given_two_meanings", name, value)
        self.parts.setdefault(name, f"{name} = {type(value)()!r}\n")

    def _expression(self, name: str, value: Any) -> str:
        """Return Python that gives a value.

        Raises:
            ConfigError: there is none that is short and certain.
        """
        if value is None or isinstance(value, bool | int | str | bytes):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if np.isfinite(value) else f'float("{value}")'
        if type(value) in (list, tuple, set, frozenset, dict):
            return self._collection(name, value)
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufU":
            return self._array(name, value)
        if isinstance(value, functools.partial):
            self._need("functools")
            given = [value.func, *value.args]
            parts = [self._expression(name, each) for each in given]
            parts += [
                f"{key}={self._expression(name, each)}" for key, each in value.keywords.items()
            ]
            return f"functools.partial({', '.join(parts)})"
        if inspect.isroutine(value) or isinstance(value, type):
            return self._called(value)
        if _is_of_keras(type(value)) and hasattr(value, "get_config"):
            return self._configured(name, value)
        return self._instance(name, value)

    def _called(self, value: Any) -> str:
        """Return the name of a function or a class, which is defined or imported before."""
        if (public := _public(value)) is not None:
            self._need(public.partition(".")[0])
            return public
        name = str(getattr(value, "__name__", ""))
        name = name if name.isidentifier() else f"_{len(self._values)}"
        self.define(name, value)
        return name

    def _collection(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            pairs = (
                f"{self._expression(name, key)}: {self._expression(name, each)}"
                for key, each in value.items()
            )
            return f"{{{', '.join(pairs)}}}"
        parts = [self._expression(name, each) for each in value]
        if isinstance(value, set | frozenset):
            return f"{type(value).__name__}([{', '.join(sorted(parts))}])"
        inner = ", ".join(parts)
        if isinstance(value, tuple):
            return f"({inner},)" if len(parts) == 1 else f"({inner})"
        return f"[{inner}]"

    def _array(self, name: str, value: Any) -> str:
        if value.size > _LARGEST_ARRAY:
            raise self._refusal("given_value", name, value)
        self._need("numpy")
        return f'numpy.array({self._expression(name, value.tolist())}, dtype="{value.dtype}")'

    def _configured(self, name: str, value: Any) -> str:
        """Return Python that makes an object of Keras's from its configuration."""
        if isinstance(value, keras.layers.Layer | keras.Model):  # its weights are no configuration
            raise self._refusal("given_value", name, value)
        self._need("keras")
        config = keras.saving.serialize_keras_object(value)
        try:
            ast.literal_eval(repr(config))
        except (ValueError, SyntaxError):  # a function of the user's own in it
            raise self._refusal("given_value", name, value) from None
        return f"keras.saving.deserialize_keras_object({self._expression(name, config)})"

    def _instance(self, name: str, value: Any) -> str:
        """Return Python that makes an object of the user's class from what it holds."""
        kinds = (
            keras.callbacks.Callback,
            keras.losses.Loss,
            keras.optimizers.schedules.LearningRateSchedule,
        )
        is_plain = isinstance(value, kinds) or find_written(type(value)) is not None
        if not is_plain or isinstance(value, keras.Variable | keras.optimizers.Optimizer):
            raise self._refusal("given_value", name, value)
        held = self._expression(name, dict(vars(value)))
        made = self._expression(name, type(value))
        self.parts.setdefault("_made", _MADE)
        return f"_made({made}, {held})"

    def _need(self, module: str) -> None:
        """Import a module under its own name."""
        self.parts.setdefault(f"import {module}", f"import {module}\n")

    def _refusal(self, key: str, name: str, value: Any) -> ConfigError:
        return ConfigError(key, thing=self._whole, name=name, type=type(value).__name__)


_MADE = """

def _made(kind, held):
    made = object.__new__(kind)
    made.__dict__.update(held)
    return made


"""


def _public(value: Any) -> str | None:
    """Return where Keras or NumPy has a function or a class for all to use; None for others."""
    name = getattr(value, "__name__", None)
    if not isinstance(name, str) or isinstance(value, ModuleType):
        return None
    places = (
        "losses", "optimizers", "optimizers.schedules", "callbacks", "metrics", "activations",
        "ops", "layers", "initializers", "regularizers", "random", "dtype_policies",
    )  # fmt: skip
    if value is keras.Model or value is keras.Sequential:
        return f"keras.{name}"
    for place in places:
        holder: Any = functools.reduce(getattr, place.split("."), keras)
        if getattr(holder, name, None) is value:
            return f"keras.{place}.{name}"
    return f"numpy.{name}" if getattr(np, name, None) is value else None


def _is_of_keras(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "keras"


@functools.cache
def _is_installed(module: str) -> bool:
    """Whether a module is installed, or comes with Python; what lies beside a notebook is not."""
    top = module.partition(".")[0]
    if top == "__main__":  # the notebook, or the program that is running
        return False
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return True
    loaded = sys.modules.get(top)
    paths = [getattr(loaded, "__file__", None) or "", *getattr(loaded, "__path__", ())]
    folders = {part for path in paths for part in path.replace("\\", "/").split("/")}
    return top == "cotejo" or not folders.isdisjoint(("site-packages", "dist-packages"))
